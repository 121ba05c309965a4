"""Every sentence of an answer with numbers, Chinese, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from bot.crm.amount import say_amount
from bot.crm.metrics.metric import Metric, Subject, Unit
from bot.crm.query import Period
from bot.store.metrics.sums import Figure

NOBODY, NOT_KNOWN = "未分配", "未填写"
NO_ROWS = "这个范围里没有数据。"
#: What another period is called if nothing better is known.
_OTHER = "对比期"
NO_BASE = "算不出"
NO_TARGET = "没有目标"
NO_COST = "还没有录入花费"
#: Where the way out stands below.
COST_WAY = "录入花费：把花费表（来源、日期、金额）发文件给我，或用 leadbell import 文件 --kind costs。"
#: Why there is no number where nothing stands behind it.
_UNKNOWN: Mapping[str, str] = {
    "quota_attainment": NO_TARGET, "channel_cost": NO_COST, "cost_per_lead": NO_COST, "channel_roi": NO_COST,
}  # fmt: skip
TOTAL = "合计"
SEVERAL = "、"
_SO_FAR: Mapping[str, str] = {
    "day": "今日至今", "week": "本周至今", "month": "本月至今", "quarter": "本季至今", "year": "今年至今",
}  # fmt: skip
#: What was asked for and what it is set against.
PERIODS = ("本期", "对比期")
#: No filter.
EVERYTHING = "全部"
_TIMES, _PIECES, _HEADS = "次", "个", "家"
_UNITS: Mapping[Subject, str] = {
    Subject.LEAD: "条", Subject.FOLLOW_UP: _TIMES, Subject.TASK: _PIECES, Subject.DEAL: _PIECES,
    Subject.CUSTOMER: _HEADS,
}  # fmt: skip
#: Of what is a mean: places after the point, and what stands behind.
_MEANS: Mapping[Unit, tuple[int, str]] = {
    Unit.MINUTES: (1, "分钟"), Unit.DAYS: (1, "天"), Unit.MARK: (2, "分"), Unit.RATIO: (2, ""),
}  # fmt: skip
#: What would be rounded to no day at all.
_SHORTEST = Decimal("0.1")
_OWN_UNITS: Mapping[str, str] = {
    "re_enquiries": _TIMES,
    "followed_leads": "条",
    "won_deals": "单",
    "lost_deals": "单",
    "complaints": "件",
    "touches_sent": "条",
}
_BASES: Mapping[str, str] = {
    "lead_to_mql_rate": "条新增线索", "mql_to_sql_rate": "条MQL", "lead_to_won_rate": "条新增线索",
    "invalid_rate": "条新增线索", "wechat_added_rate": "条新增线索", "first_response_minutes": "次首次响应",
    "on_time_rate": "个到期任务", "win_rate": "个关闭的商机", "sales_cycle_days": "个赢单",
    "avg_deal_amount": "个赢单", "repeat_rate": "家成交客户", "churn_rate": "家此前下过单的客户",
    "delivery_rate": "条发送", "open_rate": "条送达", "click_rate": "条送达", "unsubscribe_rate": "条送达",
    "failure_rate": "条发送和失败", "satisfaction": "份问卷", "form_conversion_rate": "个访客",
    "cost_per_lead": "条新增线索",
}  # fmt: skip


def amount(metric: Metric, figure: Figure, currency: str) -> str:
    """The number with its unit."""
    value = figure.value
    if value is None:
        return _UNKNOWN.get(metric.id, NO_BASE) if figure.base is None else NO_BASE
    if metric.unit is Unit.MONEY:
        return say_amount(_decimal(value, 2), currency)
    if metric.unit is Unit.PERCENT:
        return f"{_trimmed(_decimal(value * 100, 2))}%"
    if metric.unit in _MEANS:
        places, unit = _MEANS[metric.unit]
        if metric.unit is Unit.DAYS and 0 < value < _SHORTEST:
            return f"不到 {_SHORTEST} {unit}"
        return f"{_trimmed(_decimal(value, places))} {unit}".strip()
    return f"{int(value):,} {_OWN_UNITS.get(metric.id) or _UNITS.get(metric.subject, '')}".strip()


def base(metric: Metric, figure: Figure, currency: str) -> str:
    """What a share or a mean stands on: 共 24 个关闭的商机."""
    if metric.id == "quota_attainment":
        return "" if figure.base is None else f"目标 {say_amount(Decimal(figure.base), currency)}"
    if figure.base is None:
        return ""
    if metric.id == "channel_roi":
        return f"花费 {say_amount(Decimal(figure.base), currency)}" if figure.base else "这段时间没有花费"
    noun = _BASES.get(metric.id, "条记录")
    return f"共 {figure.base:,} {noun}" if figure.base else f"这段时间没有{noun[1:]}"


def change(metric: Metric, now: Figure, before: Figure, currency: str, than: str = _OTHER) -> str:
    """How much this differs from the other period, which `than` names: 比上月的 2 条多 12%."""
    theirs = amount(metric, before, currency)
    gap = " " if theirs[-1:].isascii() else ""
    if now.value is None or before.value is None or (not before.value and metric.unit is not Unit.PERCENT):
        return f"{than}{'' if before.value is None else '是 '}{theirs}"
    difference = Fraction(now.value) - Fraction(before.value)
    if not difference:
        return f"和{than}的 {theirs}{gap}一样"
    if metric.unit is Unit.PERCENT:
        points = _trimmed(_decimal(abs(difference) * 100, 2))
        return f"比{than}的 {theirs}{gap}{'高' if difference > 0 else '低'} {points} 个百分点"
    grown = _trimmed(_decimal(abs(difference / Fraction(before.value)) * 100, 1))
    return f"比{than}的 {theirs}{gap}{'多' if difference > 0 else '少'} {grown}%"


def definition(metric: Metric) -> str:
    """What it means, on one line."""
    return f"{metric.name}＝{metric.definition}" + (f"（{metric.is_not}）" if metric.is_not else "")


def definitions(metrics: Iterable[Metric]) -> str:
    """What all of them mean."""
    return "口径：" + "；".join(definition(one) for one in metrics)


def named(name: str, said: str) -> str:
    """A line: what, and how much."""
    return f"{name}：{said}"


def so_far(unit: str) -> str:
    """A day, week, month, quarter or year that still goes on."""
    return _SO_FAR[unit]


def along(name: str, by: str, *, is_ranked: bool) -> str:
    """What a picture shows: 按销售看赢单金额排名."""
    return (f"按{by}看{name}" if by else name) + ("排名" if is_ranked else "")


def noted(said: str, notes: Sequence[str]) -> str:
    """A number with what there is to say of it."""
    return f"{said}（{'；'.join(notes)}）" if notes else said


def aside(parts: Iterable[str]) -> str:
    """Small print, a line each."""
    return "\n".join(parts)


def compared(dates: str) -> str:
    """The other period."""
    return f"对比期 {dates}"


def period(asked: Period, *, is_over: bool) -> str:
    """From day to day."""
    dates = asked.begins.isoformat()
    if asked.last != asked.begins:
        dates += f" 至 {asked.last.isoformat()}"
    return dates if is_over else f"{dates}（还没结束）"


def as_of(now: datetime) -> str:
    """How fresh it is; local time."""
    return f"数据截至 {now:%Y-%m-%d %H:%M}"


def not_recorded(metric: Metric) -> str:
    """Why there is no number, instead of a nought."""
    return f"「{metric.name}」现在没有数字：还没有记录。"


def not_cut(dimension: str) -> str:
    """Nothing is recorded under this dimension."""
    return f"现在还没有按「{dimension}」记录，所以不能这样看。"


def too_fine(metric: str, most: int) -> str:
    """More columns than are counted for one question."""
    return f"「{metric}」一次最多分 {most} 段看，请缩短时间范围，或改成按月、按季度。"


def no_teams() -> str:
    """Nobody's leads lie in no team."""
    return "公海和未分配的线索不属于任何组，请按大区看。"


def steps(walked: Iterable[tuple[str, int, Fraction | None]]) -> str:
    """The funnel on one line: each step, how many came so far, and their share of the step before."""
    return " → ".join(
        f"{name} {count:,}" + ("" if rate is None else f"（{_trimmed(_decimal(rate * 100, 1))}%）")
        for name, count, rate in walked
    )


def from_to(first: str, last: str, days: int) -> str:
    """Neighbouring days of which the same is said."""
    return f"{first} 至 {last}（{days} 天）"


def each(said: str) -> str:
    """The same on each of several days."""
    return f"每天 {said}"


def more(rows: int) -> str:
    """Lines that are not shown."""
    return f"……另有 {rows} 行，可以加条件或问「前10」。"


def earlier(rows: int) -> str:
    """Lines of the time before those that are shown."""
    return f"……前面还有 {rows} 行，要看请缩短时间范围，或改成按周、按月。"


def no_facts(scope: str) -> str:
    """A nought that was counted, with what was looked through."""
    return f"{scope}：没有符合条件的记录。"


def empty(rows: int) -> str:
    """Lines of noughts that are left out."""
    return f"另有 {rows} 行是 0 或没有数字，没有列出。"


def tied(rows: int) -> str:
    """Others with the same value."""
    return f"另有 {rows} 个并列。"


def counted(rows: int) -> str:
    """How many lines."""
    return f"共 {rows} 行"


def _decimal(value: Decimal | Fraction | int, places: int) -> Decimal:
    """Rounded half to even, exactly."""
    scaled = round(Fraction(value) * 10**places)
    return Decimal(scaled).scaleb(-places)


def _trimmed(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(value: Decimal) -> str:
    return f"{'+' if value > 0 else ''}{_trimmed(value)}"
