"""From an understood question to rows, a picture's outline and a reply that says what was counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.crm.company import Company
from bot.crm.metrics.dimension import Dimension, dimension_name
from bot.crm.metrics.metric import Metric, Subject
from bot.crm.metrics.registry import METRICS
from bot.crm.query import FUNNEL, Query
from bot.crm.user import User
from bot.insight import names, wording
from bot.insight.answers.funnel_rows import funnel_rows
from bot.insight.answers.plain import plain_rows
from bot.insight.answers.rows import Row, Table, is_over, other_key, other_period, table
from bot.insight.answers.runs import MOST_LINES, Run, runs
from bot.insight.answers.table_charts import chart, heading, scope_of
from bot.insight.ask.lexicon import Lexicon
from bot.insight.charts import funnel_chart
from bot.insight.forecast import answer as forecast_answer
from bot.store.metrics import churn
from bot.store.metrics.guard import Permit, permit
from bot.store.metrics.registry import UNRECORDED_DIMENSIONS, adds_up, is_recorded
from bot.store.metrics.sums import Figure
from bot.store.tx import Tx

_NOBODYS = frozenset({"pool_leads", "unassigned_leads"})


@dataclass(frozen=True, slots=True)
class Headline:
    """A single number, for a card: what, how much, and what it stands on."""

    name: str
    value: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """Everything that is said of a question that was understood."""

    #: How it was understood.
    words: str
    #: The numbers, a line each.
    lines: tuple[str, ...]
    #: What they mean, of when they are.
    footnotes: tuple[str, ...]
    rows: tuple[dict[str, Any], ...] = ()
    #: The places of the rows that each of the first lines is of.
    told: tuple[Run, ...] = ()
    chart: dict[str, Any] | None = None
    #: Set when there is one number alone.
    headline: Headline | None = None

    @property
    def reply(self) -> str:
        """All of it as text."""
        return "\n".join((self.words, *self.lines, *self.footnotes))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every step needs."""

    tx: Tx
    allowed: Permit
    lexicon: Lexicon
    words: str
    now: datetime

    @property
    def query(self) -> Query:
        return self.allowed.query

    @property
    def local(self) -> datetime:
        return self.now.astimezone(self.allowed.company.org.zone)

    @property
    def currency(self) -> str:
        return self.allowed.company.org.currency


async def answer_question(
    tx: Tx, query: Query, *, asker: User, company: Company, lexicon: Lexicon, words: str, now: datetime
) -> Answered:
    """Read and word it; NotPermittedError if the asker may not have it."""
    asked = _Asked(tx, await permit(tx, query, asker, company), lexicon, words, now)
    forecast = await forecast_answer.said(
        tx, asked.allowed, lexicon, title=heading(query, query.definitions(), lexicon),
        subtitle=scope_of(query, lexicon), now=now,
    )  # fmt: skip
    metrics = [one for one in query.definitions() if is_recorded(one.id) or forecast.speaks_of(one.id)]
    missing = tuple(
        forecast.refusal or wording.not_recorded(one) for one in query.definitions() if one not in metrics
    )
    why_not = _unanswerable(query, lexicon)
    if why_not or not metrics:
        return Answered(words, missing or (why_not,), ())
    if FUNNEL in query.metrics:
        return await _funnel(asked, metrics)
    found = await table(
        tx, asked.allowed, metrics, today=asked.local.date(), now=now, forecast=forecast.known
    )
    lines = _single(asked, found) if not query.by else _list(asked, found)
    return Answered(
        words=words,
        lines=(*lines, *forecast.notes, *missing),
        footnotes=(*_footnotes(asked, metrics, found), *forecast.footnotes),
        rows=tuple(plain_rows(query, found, lexicon)),
        told=runs(query, found).said if query.by else (),
        chart=forecast.chart
        or chart(query, found, lexicon, today=asked.local.date(), **_about(asked, metrics)),
        headline=_headline(asked, found, forecast.notes) if not query.by and not missing else None,
    )


def _unanswerable(query: Query, lexicon: Lexicon) -> str:
    """What the records cannot tell, whatever the rights; empty if they can."""
    for key in (*query.by, *query.where):
        if key in UNRECORDED_DIMENSIONS:
            return wording.not_cut(lexicon.labels.get(key) or dimension_name(key))
    if churn.is_too_fine(query):
        return wording.too_fine(METRICS[churn.ID].name, churn.MOST_PARTS)
    asks_team = Dimension.TEAM in query.by or Dimension.TEAM in query.where
    return wording.no_teams() if asks_team and _NOBODYS & set(query.metrics) else ""


def _single(asked: _Asked, found: Table) -> tuple[str, ...]:
    row = found.rows[0]
    lines = [
        wording.named(
            one.name, _with_notes(asked, one, row.figures[at], row.before[at] if row.before else None)
        )
        for at, one in enumerate(found.metrics)
    ]
    if all(figure.value == 0 and figure.base is None for figure in row.figures):
        lines.append(wording.no_facts(scope_of(asked.query, asked.lexicon)))
    return (*lines, *_cost_way(found))


def _with_notes(
    asked: _Asked, metric: Metric, figure: Figure, before: Figure | None, *, than: str = ""
) -> str:
    notes = _notes(asked, metric, figure, before, than=than)
    return wording.noted(wording.amount(metric, figure, asked.currency), notes)


def _notes(
    asked: _Asked, metric: Metric, figure: Figure, before: Figure | None, *, than: str = ""
) -> tuple[str, ...]:
    than = than or names.other_period(asked.query, asked.local.date())
    compared = wording.change(metric, figure, before, asked.currency, than) if before is not None else ""
    return tuple(note for note in (wording.base(metric, figure, asked.currency), compared) if note)


def _headline(asked: _Asked, found: Table, more: tuple[str, ...] = ()) -> Headline | None:
    if len(found.metrics) != 1:
        return None
    metric, row = found.metrics[0], found.rows[0]
    notes = _notes(asked, metric, row.figures[0], row.before[0] if row.before else None)
    value = wording.amount(metric, row.figures[0], asked.currency)
    return Headline(metric.name, value, (*notes, *more, *_cost_way(found)))


def _list(asked: _Asked, found: Table) -> tuple[str, ...]:
    if not found.rows:
        scope = scope_of(asked.query, asked.lexicon)
        spends = any(map(_spends, found.metrics))
        return (
            (wording.named(scope, wording.NO_COST), wording.COST_WAY)
            if spends
            else (wording.no_facts(scope),)
        )
    ranked = asked.query.rank is not None
    told = runs(asked.query, found)
    lines = [
        (f"{place}. " if ranked else "") + _line(asked, found, run) for place, run in enumerate(told.said, 1)
    ]
    if told.earlier:
        lines.append(wording.earlier(told.earlier))
    if told.later:
        lines.append(wording.more(told.later))
    if told.empty:
        lines.append(wording.empty(told.empty))
    if found.tied:
        lines.append(wording.tied(found.tied))
    return (*lines, *_total(asked, found), *_cost_way(found))


def _cost_way(found: Table) -> Iterator[str]:
    """How costs come in, where one is missing."""
    figures = (row.figures[at] for row in found.rows for at, one in enumerate(found.metrics) if _spends(one))
    if any(one.value is None and one.base is None for one in figures):
        yield wording.COST_WAY


def _spends(metric: Metric) -> bool:
    return metric.subject is Subject.COST


def _line(asked: _Asked, found: Table, run: Run) -> str:
    """What one row says, or several days of nothing."""
    first, last = found.rows[run[0]], found.rows[run[-1]]
    name = _name(asked, first)
    if len(run) > 1:
        name = wording.from_to(name, _name(asked, last), len(run))
    several = len(found.metrics) > 1
    figures = [
        (f"{one.name} " if several else "") + _figure(asked, one, first, place, is_run=len(run) > 1)
        for place, one in enumerate(found.metrics)
    ]
    return wording.named(name, wording.SEVERAL.join(figures))


def _name(asked: _Asked, row: Row) -> str:
    pairs = zip(asked.query.by, row.key, strict=True)
    return "·".join(names.shown(key, value, asked.lexicon) for key, value in pairs)


def _figure(asked: _Asked, metric: Metric, row: Row, place: int, *, is_run: bool) -> str:
    """What stood in the other period is said of each row under its own name there: 比8月的 10 条多."""
    figure, before = row.figures[place], row.before[place] if row.before else None
    if is_run:
        said = wording.amount(metric, figure, asked.currency)
        base = wording.base(metric, figure, asked.currency)
        return wording.noted(said, (base,) if base else ()) if figure.value is None else wording.each(said)
    return _with_notes(asked, metric, figure, before, than=_than(asked, row))


def _than(asked: _Asked, row: Row) -> str:
    unit, theirs = other_key(asked.query, row.key)
    return names.shown(unit, theirs, asked.lexicon) if theirs else ""


def _total(asked: _Asked, found: Table) -> Iterator[str]:
    """The sum of what adds up, if nothing was left out."""
    is_whole = asked.query.rank is None or asked.query.rank.limit is None
    if not is_whole or len(found.rows) < 2:  # noqa: PLR2004 - one row is its own sum
        return
    sums = [
        (one, Figure(sum(row.figures[at].value or 0 for row in found.rows)))
        for at, one in enumerate(found.metrics)
        if adds_up(one.id, asked.query.by) and any(row.figures[at].value is not None for row in found.rows)
    ]
    if sums:
        said = [
            (f"{one.name} " if len(found.metrics) > 1 else "") + wording.amount(one, whole, asked.currency)
            for one, whole in sums
        ]
        yield wording.named(wording.TOTAL, wording.SEVERAL.join(said))


def _footnotes(asked: _Asked, metrics: Sequence[Metric], found: Table | None) -> tuple[str, ...]:
    query, today = asked.query, asked.local.date()
    about = []
    if query.period is not None:
        about.append(wording.period(query.period, is_over=is_over(query.period, today)))
    before = other_period(query)
    if before is not None:
        about.append(wording.compared(wording.period(before, is_over=is_over(before, today))))
    if found is not None and query.by:
        about.append(wording.counted(len(found.rows)))
    about.append(wording.as_of(asked.local))
    return wording.definitions(metrics), wording.aside(about)


async def _funnel(asked: _Asked, metrics: Sequence[Metric]) -> Answered:
    query = asked.query
    before = other_period(query)
    found = await funnel_rows(asked.tx, asked.allowed, asked.lexicon, before=before, now=asked.now)
    lines = [wording.named(one.name, one.said) if one.name else one.said for one in found]
    if not any(one.counts[0] for one in found):
        lines.append(wording.no_facts(scope_of(asked.query, asked.lexicon)))
    left = len(lines) - MOST_LINES
    return Answered(
        words=asked.words,
        lines=(*lines[:MOST_LINES], *((wording.more(left),) if left > 0 else ())),
        footnotes=_footnotes(asked, metrics, None),
        rows=tuple(row for one in found for row in one.rows),
        chart=funnel_chart(counts=[one.counts for one in found], **_about(asked, metrics)),
    )


def _about(asked: _Asked, metrics: Sequence[Metric]) -> dict[str, str]:
    """What a picture is of, of when and whom, and what it means."""
    # What it is not stands in the words beside it.
    meaning = (f"{one.name}＝{one.definition}" for one in metrics)
    return {
        "title": heading(asked.query, metrics, asked.lexicon),
        "subtitle": scope_of(asked.query, asked.lexicon),
        "note": "；".join((wording.as_of(asked.local), *meaning)),
    }
