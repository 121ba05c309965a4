"""What differs before and after a change of the rules: as many working days on either side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.crm.metrics.metric import Kind, Unit
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Period
from bot.crm.working_time import WorkingTime
from bot.insight import wording
from bot.insight.answers.plain import number
from bot.insight.charts import comparison_chart
from bot.insight.digests import words
from bot.insight.digests.digest import Digest
from bot.insight.digests.view import Said, View
from bot.store import setting_changes
from bot.store.setting_changes import Kept

#: Working days on either side: at most two weeks, and fewer than three say nothing.
MOST, LEAST = 10, 3
#: A number that stands on fewer is said to be thin.
ENOUGH = 20
#: What a change of each file is meant to move, the first of them first; others move the results.
_MOVED: Mapping[str, tuple[str, ...]] = {
    "scoring": ("mql", "sql", "new_leads", "first_response_minutes", "won_deals"),
    "routing": (
        "first_response_minutes",
        "on_time_rate",
        "claimed_leads",
        "returned_leads",
        "recycled_leads",
    ),
    "pools": ("first_response_minutes", "claimed_leads", "returned_leads", "recycled_leads", "on_time_rate"),
    "response": ("first_response_minutes", "on_time_rate", "recycled_leads", "follow_ups"),
}
_RESULTS = ("won_amount", "won_deals", "follow_ups", "on_time_rate")
_LISTED, _LOOKED_AT = 3, 200
TOO_EARLY = "「{name}」改完才过了 {n} 个工作日，至少要 {least} 个才能比。{day} 以后再看。"
NOT_APPLIED = "这次修改没有生效，没有前后可比。"
NO_SUCH = "没有第 {number} 次修改。"
NOT_CAUSE = "前后不同不等于就是它引起的。"
OTHERS = "同一段时间还改了："
NO_OTHERS = "这段时间没有在聊天里改过别的规则。"
THIN = "样本少（不到 {n}），只看方向："


@dataclass(frozen=True, slots=True)
class Spans:
    """As many working days before the day of the change as after it; that day belongs to neither."""

    before: Period
    after: Period
    days: int


def spans_around(day: date, today: date, time: WorkingTime) -> Spans | int:
    """The two; how many working days have passed since, if these are too few."""
    after = [on for on in _days(day, today, 1) if time.spans_on(on)][:MOST]
    if len(after) < LEAST:
        return len(after)
    before: list[date] = []
    on = day
    while len(before) < len(after):
        on -= timedelta(days=1)
        if time.spans_on(on):
            before.append(on)
    ends = timedelta(days=1)
    return Spans(Period(before[-1], before[0] + ends), Period(after[0], after[-1] + ends), len(after))


async def compared(view: View, change_number: int) -> Digest | str:
    """Numbers of both sides in words and a picture; a sentence where there is nothing to compare."""
    found = await setting_changes.find(view.desk.tx, change_number)
    if found is None:
        return NO_SUCH.format(number=change_number)
    if found.state != "applied":
        return NOT_APPLIED
    day = _day(view, found)
    around = spans_around(day, view.today, view.desk.company.working_time)
    if isinstance(around, int):
        then = _nth_worked(day, LEAST + 1, view.desk.company.working_time)
        return TOO_EARLY.format(name=found.change.name, n=around, least=LEAST, day=words.short(then))
    metrics = _MOVED.get(found.change.file, _RESULTS)
    figures = await view.figures(metrics, period=around.after, against=around.before)
    others = [
        one
        for one in await setting_changes.last(view.desk.tx, most=_LOOKED_AT)
        if one.id != found.id and one.state == "applied" and _is_within(_day(view, one), around)
    ]
    parts = [*_head(view, found, around), *_lines(view, figures), *_warnings(figures, others)]
    text = words.fitting(parts, [_definitions(metrics), words.fresh(view.local)])
    return Digest(text=text, chart=_chart(view, found, figures, around))


async def listed(view: View, *, most: int) -> list[tuple[int, str, str]]:
    """The last changes that took effect, the newest first; from which day on there is something to compare.

    That day is empty where there is already.
    """
    found = await setting_changes.last(view.desk.tx, most=_LOOKED_AT)
    applied = [one for one in found if one.state == "applied"][:most]
    return [(one.id, _named(view, one), _ready(view, one)) for one in applied]


def _ready(view: View, found: Kept) -> str:
    day, time = _day(view, found), view.desk.company.working_time
    is_early = isinstance(spans_around(day, view.today, time), int)
    return words.short(_nth_worked(day, LEAST + 1, time)) if is_early else ""


def _head(view: View, found: Kept, around: Spans) -> Iterator[str]:
    yield f"改规则前后对比 · {view.scope}"
    yield f"#{found.id} {_named(view, found)}"
    yield f"改后 {words.days(around.after)}，改前 {words.days(around.before)}，各 {around.days} 个工作日"


def _named(view: View, found: Kept) -> str:
    """11-10 首响提醒：30 分钟→20 分钟."""
    change = found.change
    return f"{words.short(_day(view, found))} {change.name}：{change.told_before}→{change.told_after}"


def _lines(view: View, figures: Mapping[str, Said]) -> Iterator[str]:
    for one in figures.values():
        yield words.line(one.metric, one.figure, one.before, view.currency, "改前")


def _warnings(figures: Mapping[str, Said], others: Sequence[Kept]) -> Iterator[str]:
    thin = [one.metric.name for one in figures.values() if _is_thin(one)]
    if thin:
        yield THIN.format(n=ENOUGH) + "、".join(thin)
    if others:
        named = "、".join(f"{one.change.name}（#{one.id}）" for one in others[:_LISTED])
        yield OTHERS + named + ("等" if len(others) > _LISTED else "") + "。" + NOT_CAUSE
    else:
        yield NO_OTHERS + NOT_CAUSE


def _is_thin(one: Said) -> bool:
    """By what a share or mean stands on; by itself where it is a count."""
    sides = (one.figure, one.before) if one.before is not None else (one.figure,)
    if one.metric.kind is Kind.FLOW:
        return one.metric.unit is Unit.COUNT and any((side.value or 0) < ENOUGH for side in sides)
    return any((side.base or 0) < ENOUGH for side in sides)


def _chart(view: View, found: Kept, figures: Mapping[str, Said], around: Spans) -> dict[str, object] | None:
    """The number that it was meant to move."""
    first = next((one for one in figures.values() if one.is_news and one.before is not None), None)
    if first is None or first.before is None:
        return None
    unit = first.metric.unit
    return comparison_chart(
        f"{found.change.name} 改前改后",
        [first.metric.name],
        [number(unit, first.figure)],
        [number(unit, first.before)],
        names=("改后", "改前"),
        unit=unit,
        subtitle=f"{view.scope} · 各 {around.days} 个工作日",
    )


def _definitions(metrics: Sequence[str]) -> str:
    first = METRICS[metrics[0]]
    return f"口径：{wording.definition(first)}。别的口径发「帮助 指标」。"


def _is_within(day: date, around: Spans) -> bool:
    return around.before.begins <= day < around.after.ends


def _day(view: View, found: Kept) -> date:
    # It is in force some seconds after it was confirmed.
    return found.at.astimezone(view.desk.company.org.zone).date()


def _days(day: date, until: date, step: int) -> Iterator[date]:
    """The days after the first, up to yesterday."""
    on = day + timedelta(days=step)
    while on < until:
        yield on
        on += timedelta(days=step)


def _nth_worked(day: date, n: int, time: WorkingTime) -> date:
    on = day
    while n:
        on += timedelta(days=1)
        n -= bool(time.spans_on(on))
    return on
