"""Read a dashboard: the very questions that somebody could ask in the chat, answered on one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.crm.metrics.metric import Metric, Unit
from bot.crm.metrics.registry import LESS_IS_BETTER, METRICS
from bot.crm.query import FUNNEL, Period, Query
from bot.crm.user import User
from bot.insight import names, wording
from bot.insight.answers.answer_question import answer_question
from bot.insight.answers.funnel_rows import funnel_rows
from bot.insight.answers.rows import Table, table
from bot.insight.answers.table_charts import chart
from bot.insight.ask.lexicon import Lexicon
from bot.insight.boards import texts as board_texts
from bot.insight.boards.board import (
    Board,
    Cut,
    Section,
    Span,
    as_far_before,
    metric_ids,
    period_of,
    scope_of,
    step_of,
)
from bot.insight.charts import funnel_chart
from bot.store.desk import Desk
from bot.store.metrics.guard import Permit, permit
from bot.store.metrics.registry import is_recorded
from bot.store.metrics.sums import Figure


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with what is said of it, and the question that it answers."""

    metric: Metric
    value: str
    #: Of how many: 共 24 个关闭的商机.
    base: str
    #: The same number of as much of the period before, and the difference; both empty for a snapshot.
    before: str
    change: str
    #: 1 where it changed for the better, -1 for the worse, 0 where that cannot be said.
    good: int
    query: Query
    #: Between nought and one, for a share of a target.
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture: its outline, and the same content as lines, each with the question behind it."""

    cut: Cut
    metric: Metric
    chart: Mapping[str, Any] | None
    lines: tuple[tuple[str, str], ...]
    query: Query


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its numbers; `missing` says of each number that nobody records why it is not there."""

    section: Section
    tiles: tuple[Tile, ...]
    drawn: tuple[Drawn, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What every question of a page needs."""

    desk: Desk
    viewer: User
    lexicon: Lexicon
    span: Span

    @property
    def today(self) -> date:
        """The company's own."""
        return self.desk.now.astimezone(self.desk.company.org.zone).date()

    @property
    def period(self) -> Period:
        """The running one."""
        return period_of(self.span, self.today)

    @property
    def before(self) -> Period:
        """As much of the one before."""
        return as_far_before(self.period, self.today)

    @property
    def currency(self) -> str:
        """The company's."""
        return self.desk.company.org.currency

    def query(self, metric: Metric, by: Sequence[str] = ()) -> Query:
        """The question for one metric in his scope."""
        period = None if metric.is_snapshot else self.period
        return Query(metrics=(metric.id,), by=tuple(by), where=scope_of(self.viewer, metric), period=period)


#: Neither more nor less is better; of everything else more is, but for LESS_IS_BETTER.
_NEITHER = frozenset(metric_ids("channel_cost re_enquiries touches_sent open_leads"))


async def read_board(reading: Reading, board: Board) -> tuple[Part, ...]:
    """Every section in order."""
    return tuple([await _part(reading, section) for section in board.sections])


async def _part(reading: Reading, section: Section) -> Part:
    tiles, missing = list[Tile](), list[str]()
    for one in (METRICS[key] for key in section.figures):
        found = await (_tile if is_recorded(one.id) else _worked_out)(reading, one)
        if isinstance(found, Tile):
            tiles.append(found)
        else:
            missing.append(found)
    drawn = [await _drawn(reading, cut) for cut in section.cuts if is_recorded(cut.metric)]
    return Part(section, tuple(tiles), tuple(drawn), tuple(missing))


async def _worked_out(reading: Reading, metric: Metric) -> Tile | str:
    """A number that is no sum of facts, as the chat says it, or why there is none."""
    query = reading.query(metric)
    answered = await answer_question(
        reading.desk.tx, query, asker=reading.viewer, company=reading.desk.company,
        lexicon=reading.lexicon, words="", now=reading.desk.now,
    )  # fmt: skip
    head = answered.headline
    if head is None:
        return " ".join(answered.lines)
    return Tile(metric, head.value, "；".join(head.notes), "", "", 0, query)


async def _permitted(reading: Reading, query: Query) -> Permit:
    return await permit(reading.desk.tx, query, reading.viewer, reading.desk.company)


async def _tile(reading: Reading, metric: Metric) -> Tile:
    query = reading.query(metric)
    now = await _figure(reading, metric, query)
    before = (
        None if metric.is_snapshot else await _figure(reading, metric, replace(query, period=reading.before))
    )
    base = wording.base(metric, now, reading.currency)
    return Tile(
        metric,
        wording.amount(metric, now, reading.currency),
        base,
        "" if before is None or before.value is None else wording.amount(metric, before, reading.currency),
        *_changed(metric, now, before),
        query,
        _share(metric, now),
    )


async def _figure(reading: Reading, metric: Metric, query: Query) -> Figure:
    """As an answer says it, also where there are no facts."""
    allowed = await _permitted(reading, query)
    found = await table(reading.desk.tx, allowed, [metric], today=reading.today, now=reading.desk.now)
    return found.rows[0].figures[0]


def _changed(metric: Metric, now: Figure, before: Figure | None) -> tuple[str, int]:
    if before is None or now.value is None or before.value is None:
        return "", 0
    said = board_texts.difference(metric, now, before)
    up = (now.value > before.value) - (now.value < before.value)
    if metric.id in _NEITHER:
        return said, 0
    return said, -up if metric.id in LESS_IS_BETTER else up


def _share(metric: Metric, now: Figure) -> float | None:
    return (
        None if metric.id != "quota_attainment" or now.value is None else max(0.0, min(1.0, float(now.value)))
    )


async def _drawn(reading: Reading, cut: Cut) -> Drawn:
    metric = METRICS[cut.metric]
    if cut.metric == FUNNEL:
        return await _funnel(reading, cut, metric)
    by = step_of(reading.span, metric) if cut.over_time else cut.by
    query = replace(reading.query(metric, (by,)), rank=cut.rank)
    allowed = await _permitted(reading, query)
    found = await table(reading.desk.tx, allowed, [metric], today=reading.today, now=reading.desk.now)
    # A share or a time of nought is a number; a count or a sum of nought is nothing to draw.
    tells = metric.unit is not Unit.MONEY
    told = tuple(row for row in found.rows if row.figures[0].value or (tells and row.figures[0].base))
    found = replace(found, rows=found.rows if cut.over_time and told else told)
    return Drawn(
        cut,
        metric,
        chart(query, found, reading.lexicon, title=cut.title, today=reading.today),
        tuple(_lines(reading, query, found)),
        query,
    )


def _lines(reading: Reading, query: Query, found: Table) -> Iterator[tuple[str, str]]:
    for row in found.rows:
        pairs = zip(query.by, row.key, strict=True)
        name = "·".join(names.shown(key, value, reading.lexicon) for key, value in pairs)
        yield name, wording.amount(found.metrics[0], row.figures[0], reading.currency)


async def _funnel(reading: Reading, cut: Cut, metric: Metric) -> Drawn:
    query = reading.query(metric)
    allowed = await _permitted(reading, query)
    found = await funnel_rows(reading.desk.tx, allowed, reading.lexicon, before=None, now=reading.desk.now)
    lines = tuple(
        (str(row["step"]), board_texts.step(int(row["count"]), row["rate"]))
        for one in found
        for row in one.rows
    )
    drawn = funnel_chart(cut.title, [one.counts for one in found])
    return Drawn(cut, metric, drawn if any(one.counts[0] for one in found) else None, lines, query)
