"""Results of a journey in words: every figure with what it is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from bot.cards.texts import touch as touch_texts
from bot.crm.amount import say_amount
from bot.crm.touching import Refusal, TouchState
from bot.insight.results.compare import Compared, Line, Verdict
from bot.insight.results.outline import HOLD_OUT
from bot.insight.results.report import Report
from bot.kit.statistics import Interval, wilson
from bot.store.reads.journey_nodes import NodeCount
from bot.store.reads.journey_touches import TouchCount
from bot.store.touch_costs import UNITS

CONTROL_NAME = "对照（不参加）"
BROKEN = "分组比例不对，先查原因，别下结论"
VERDICTS: Mapping[Verdict, str] = {
    Verdict.CONTROL: "对照",
    Verdict.BROKEN: BROKEN,
    Verdict.FEW: "人还少，先别下结论",
    Verdict.UNCLEAR: "还看不出差别",
    Verdict.BETTER: "比对照高",
    Verdict.WORSE: "比对照低",
}
REACHED, BOUGHT = "达成目标", "成交"
ENDS: Mapping[str, str] = {
    "end": "走完", "goal": "达成目标", "exit": "结束", "left": "中途离开", "stopped": "旅程停止",
    "gone": "线索没了", "too_long": "步数太多", "failed": "出错",
}  # fmt: skip
WAYS: Mapping[str, str] = {
    "next": "往下", "then": "等到了", "else": "没等到", "again": "再来", "done": "循环完",
    "timeout": "没人回答", HOLD_OUT: "对照",
}  # fmt: skip
_NOT_SENT: Mapping[str, str] = {
    **{one.value: said for one, said in touch_texts.REFUSALS.items()},
    TouchState.GIVEN_TO_REP.value: "转给销售",
    TouchState.DECLINED.value: touch_texts.STATES[TouchState.DECLINED],
    TouchState.EXPIRED.value: touch_texts.STATES[TouchState.EXPIRED],
    Refusal.GONE.value: "人已离开旅程或不再联系",
}


def percent(value: float) -> str:
    """A share of one as per cent: `9.7%`; small ones with two places."""
    found = value * 100
    return f"{found:.2f}%" if 0 < abs(found) < 1 else f"{found:.1f}%"


def rate(found: int, of: int) -> str:
    """`120 人，9.7%（8.1%～11.5%）`."""
    if not of:
        return f"{found:,} 人"
    one = wilson(found, of)
    return f"{found:,} 人，{percent(one.value)}（{percent(one.low)}～{percent(one.high)}）"


def points(one: Interval | None) -> str:
    """A difference of rates in percentage points, with its bounds; empty if there is none."""
    if one is None:
        return ""
    value, low, high = (_signed(part * 100) for part in (one.value, one.low, one.high))
    return f"{value} 个百分点（{low}～{high}）"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-0.00", "0.00").replace("+0.00", "0.00")


def per_head(line: Line, currency: str) -> str:
    """What each person of an arm brought in on average."""
    return say_amount(Decimal(f"{line.money.mean:.2f}"), currency)


def money_points(one: Interval | None) -> str:
    """A difference of means with its bounds; empty if nothing can be said."""
    return "" if one is None else f"{_signed(one.value)}（{_signed(one.low)}～{_signed(one.high)}）"


def arm(name: str) -> str:
    """An arm as people say it."""
    return CONTROL_NAME if name == HOLD_OUT else name


def did(report: Report) -> str:
    """What counts as a success."""
    return REACHED if report.outline.goal else BOUGHT


def verdict(line: Line) -> str:
    """What may be said of an arm."""
    return VERDICTS[line.verdict]


def window(report: Report) -> str:
    """Until when something counts."""
    return f"进入后 {report.outline.days} 天内算数"


def version(report: Report) -> str:
    """Which versions are in the figures."""
    shown, known = report.outline.whom.version, report.versions
    if shown:
        others = sum(n for number, n in known.items() if number != shown)
        return f"第 {shown} 版" + (f"（其他版本另有 {others:,} 人次，没算进来）" if others else "")
    return f"{len(known)} 个版本合计" if len(known) > 1 else "全部版本"


def ended(report: Report) -> str:
    """How those ended who are through."""
    return "、".join(f"{ENDS.get(how, how)} {n:,}" for how, n in _most(report.totals.ended))


def node(count: NodeCount) -> str:
    """People at one step: came, waits, ways, reasons; `next` alone says nothing more."""
    if not count.reached:
        return "还没人到"
    parts = [f"到达 {count.reached:,}"]
    if count.waiting:
        parts.append(f"现在 {count.waiting:,}")
    shown = {way: n for way, n in count.passed.items() if way != "next"}
    parts += [f"{way_name(way)} {n:,}" for way, n in _most(shown)]
    parts += [f"{ENDS.get(how, how)} {n:,}" for how, n in _most(count.left)]
    return "，".join(parts)


def way_name(way: str) -> str:
    """A way on as people say it."""
    return f"第 {way} 条路" if way.isdigit() else WAYS.get(way, way)


def touches(one: TouchCount, *, success: str = "") -> str:
    """Messages of one step, or of all; with `success` the people among those who got one."""
    parts = [f"发出 {one.sent:,}"]
    parts += [f"{name} {n:,}" for name, n in _happened(one) if n]
    if success and one.people:
        n = one.reached if success == REACHED else one.bought
        parts.append(f"之后{success} {n:,}/{one.people:,} 人")
    return "，".join(parts)


def _happened(one: TouchCount) -> Iterable[tuple[str, int]]:
    return (
        ("在路上", one.waiting), ("送达", one.delivered), ("退回", one.bounced), ("失败", one.failed),
        ("不知是否送达", one.unknown), ("打开（不准）", one.opened), ("点击", one.clicked),
        ("群发链接点击（整批合计，不到人）", one.batch_clicks),
        ("回复", one.replied), ("退订", one.unsubscribed), ("投诉", one.complained),
    )  # fmt: skip


def not_sent(one: TouchCount) -> str:
    """How many messages did not go, and why; empty if all did."""
    parts = [f"{_NOT_SENT.get(why, why)} {n:,}" for why, n in _most(one.not_sent)]
    return f"{sum(one.not_sent.values()):,} 条：{'、'.join(parts)}" if parts else ""


def harm(one: TouchCount) -> str:
    """What people did not like, of what was sent."""
    if not one.sent and not one.failed:
        return ""
    tried = one.sent + one.failed
    parts = [
        f"{name} {percent(n / of)}"
        for name, n, of in (
            ("退订", one.unsubscribed, one.sent), ("投诉", one.complained, one.sent),
            ("退回", one.bounced, one.sent), ("失败", one.failed, tried),
        )
        if of
    ]  # fmt: skip
    return "、".join(parts)


def cost(one: TouchCount, currency: str) -> str:
    """What the messages cost; empty if nothing was booked."""
    if not one.cost:
        return ""
    said = say_amount((Decimal(one.cost) / UNITS).quantize(Decimal("0.01")), currency)
    return f"{said}（{one.pieces:,} 条计费）"


def trial_head(one: Compared) -> str:
    """The alarm of an experiment, or nothing."""
    if not one.is_broken:
        return ""
    seen = "、".join(f"{arm(line.name)} {line.n:,}（应约 {one.due[line.name]:,.0f}）" for line in one.lines)
    return f"{BROKEN}：{seen}；这样的偏差碰巧出现的可能不到千分之一。"


def trial_lines(one: Compared, *, success: str, currency: str) -> list[str]:
    """Each arm in one line."""
    found = []
    for line in one.lines:
        parts = [f"{line.n:,} 人", f"{success} {line.successes:,}（{percent(line.rate.value)}）"]
        if line.money.total:
            parts.append(f"人均 {per_head(line, currency)}")
        if line.difference is not None:
            parts.append(f"比对照 {points(line.difference)}")
        if line.verdict not in {Verdict.CONTROL, Verdict.BROKEN}:
            parts.append(verdict(line))
        found.append(f"{arm(line.name)}：{'，'.join(parts)}")
    return found


def uplift(one: Compared, *, success: str) -> str:
    """What the whole brought against those who were held out."""
    line = one.uplift
    if line is None or one.is_broken or line.difference is None:
        return ""
    return f"参加的 {line.n:,} 人，{success}率比对照 {points(line.difference)}：{verdict(line)}"


def _most(found: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def money(amount: float, currency: str) -> str:
    """An amount, to the cent."""
    return say_amount(Decimal(f"{amount:.2f}"), currency)
