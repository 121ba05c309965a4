"""The numbers there are, in groups, and what each of them means."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.metrics.dimension import TIME_UNITS, WHO, Dimension, dimension_name
from bot.crm.metrics.metric import WITH_CUSTOM_FIELDS, Audience, Kind, Metric, Unit
from bot.crm.metrics.registry import GROUPS
from bot.crm.user import Role

HEAD = "可以问的指标："
NONE = "你的角色看不到业务数字。"
ASK_ON = "想知道怎么算，发「什么是{name}」；直接问数字，例如「本月{name}」。"
_UNITS: Mapping[Unit, str] = {
    Unit.COUNT: "个数",
    Unit.MONEY: "金额（公司的币种）",
    Unit.PERCENT: "百分比",
    Unit.MINUTES: "工作分钟",
    Unit.DAYS: "天",
    Unit.MARK: "分（1到5）",
    Unit.RATIO: "倍数",
}
_OF_TIME: Mapping[Kind, str] = {
    Kind.FLOW: "数这段时间里发生的，不说时间按本月",
    Kind.RATE: "按这段时间里发生的算，不说时间按本月",
    Kind.COHORT: "看这段时间里开始的那一批，到现在怎么样了；不说时间按本月",
    Kind.SNAPSHOT: "只看现在，没有过去的时间段",
}
_MAY_SEE: Mapping[Audience, str] = {
    Audience.SALES: "负责人和总监看全公司，经理看自己大区，销售看自己；市场只看合计",
    Audience.OPEN: "所有销售和管理者都能看，销售只看自己能领的公海；市场只看合计",
    Audience.MARKETING: "负责人、总监、市场；经理和销售看不到",
}
_SHOWN = (*WHO, *(one for one in Dimension if one not in TIME_UNITS and one not in WHO))


def listed(role: Role) -> str:
    """Every number that this role may ask for, a line for each group."""
    lines = []
    for label, metrics in GROUPS:
        names = [one.name for one in metrics if one.open_to(role)]
        if names:
            lines.append(f"· {label}：{'、'.join(names)}")
    if not lines:
        return NONE
    first = next(one.name for _, metrics in GROUPS for one in metrics if one.open_to(role))
    return "\n".join((HEAD, *lines, ASK_ON.format(name=first)))


def explained(metric: Metric) -> str:
    """Definition, what it is not, its unit, its time, what it can be cut by, who may see it."""
    cuts = [dimension_name(one) for one in _SHOWN if one in metric.dimensions]
    own = ["公司自己的字段"] if metric.subject in WITH_CUSTOM_FIELDS else []
    also = own if metric.is_snapshot else [*own, "天、周、月、季度、年"]
    same = f"\n也叫：{'、'.join(metric.words[:4])}" if metric.words else ""
    return (
        f"{metric.name}：{metric.definition}。\n"
        f"别弄混：{metric.is_not}\n"
        f"单位：{_UNITS[metric.unit]}\n"
        f"时间：{_OF_TIME[metric.kind]}\n"
        f"可以按：{'、'.join((*cuts, *also))}\n"
        f"谁能看：{_MAY_SEE[metric.audience]}{same}"
    )
