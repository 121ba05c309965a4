"""Metrics of what leads cost and what they return."""

from __future__ import annotations

from bot.crm.metrics.metric import COST_DIMENSIONS, Audience, Kind, Metric, Subject, Unit
from bot.crm.metrics.spoken import spoken

#: Where `where` may name how a won deal is credited to its touches; the first is the default.
ATTRIBUTIONS = ("first", "last", "linear")


def _cost(
    id: str, name: str, words: tuple[str, ...], *, means: str, is_not: str, unit: Unit, kind: Kind
) -> Metric:
    return Metric(
        id=id,
        name=name,
        words=words,
        definition=means,
        is_not=is_not,
        unit=unit,
        kind=kind,
        subject=Subject.COST,
        audience=Audience.MARKETING,
        dimensions=COST_DIMENSIONS,
        additive=kind is Kind.FLOW,
    )


METRICS = (
    _cost(
        "channel_cost",
        "渠道花费",
        spoken(
            "花费 投放费用 推广费 推广费用 投放花费 广告费 渠道成本 投放成本 营销费用 市场费用 投放金额 "
            "花了多少钱 花了多少 烧了多少钱 投了多少钱 渠道费用 广告花费 花销 投放额 推广花费 广告费用 "
            "推广成本 营销花费 投入多少钱 花掉多少钱 花多少钱 投入金额 广告投入 市场花费 投放预算花费 "
            "投放 市场投入 营销投入 渠道投入 推广投入 营销成本"
        ),
        means="时间段内入账的渠道花费，含发出时自动记的短信费",
        is_not="不是预算，没导入的花费不在里面",
        unit=Unit.MONEY,
        kind=Kind.FLOW,
    ),
    _cost(
        "cost_per_lead",
        "线索成本",
        spoken(
            "获客成本 单条线索成本 单线索成本 CPL 单个线索成本 每条线索成本 平均获客成本 平均线索成本 "
            "每条线索花多少钱 一条线索多少钱 一条线索要多少钱 线索单价 每条线索多少钱 单条成本 "
            "一条线索花多少钱 线索获取成本 单客成本 单个获客成本 平均每条线索成本 一条线索成本 "
            "线索平均成本 一条线索的成本"
        ),
        means="渠道花费 ÷ 新增线索",
        is_not="不是每个成交客户的成本",
        unit=Unit.MONEY,
        kind=Kind.RATE,
    ),
    _cost(
        "channel_roi",
        "渠道ROI",
        spoken(
            "ROI 投产比 投入产出比 投资回报率 回报率 投入产出 投放回报 渠道投产比 投放ROI 投放回报率 "
            "渠道回报率 产出比 投产 推广ROI 营销ROI"
        ),
        means="（时间段内归到渠道的赢单金额 − 同期渠道花费）÷ 渠道花费，默认归给首次触点，也可以问末次、线性",
        is_not="0 是刚好回本，不是亏光；不算销售人力",
        unit=Unit.RATIO,
        kind=Kind.RATE,
    ),
)
