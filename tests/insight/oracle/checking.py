"""Holds each answer of the program against the truth about the company: values, keys, comparison, order."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bot.crm.company import Company
from bot.crm.metrics.metric import Kind
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Compare, Order, Period, Query
from bot.crm.user import Role, User
from bot.insight.answers.rows import Row, Table, table
from bot.store.metrics.guard import permit
from bot.store.reader import Reader
from tests.insight.oracle.questions import UNITS, question
from tests.insight.oracle.truth import Truth

BOSS = User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team="")
ASKED_AT = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
ZONES = ("Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "Europe/Berlin")


def in_zone(company: Company, zone: str) -> Company:
    """The shipped company somewhere else, with a field of its own."""
    size = company.fields.custom[0].model_copy(update={"key": "size", "label": "规模"})
    fields = company.fields.model_copy(update={"fields": (*company.fields.fields, size)})
    return replace(company, org=company.org.model_copy(update={"timezone": zone}), fields=fields)


async def differences(
    reader: Reader, truth: Truth, company: Company, *, seed: int, queries: int
) -> list[str]:
    """What is otherwise than it should be, one line for each query."""
    chance, found = random.Random(f"questions of {seed}"), []
    today = ASKED_AT.astimezone(company.org.zone).date()
    for number in range(queries):
        query = question(chance)
        async with reader.read() as tx:
            metrics = [METRICS[one] for one in query.metrics]
            allowed = await permit(tx, query, BOSS, company)
            said = await table(tx, allowed, metrics, today=today, now=ASKED_AT)
        found += [f"seed {seed} query {number}: {wrong}\n  {query}" for wrong in _wrong(said, truth, query)]
    return found


def _wrong(said: Table, truth: Truth, query: Query) -> Iterator[str]:
    before = other(query)
    if said.before != before:
        yield f"compared with {said.before}, should be {before}"
        return
    now = [_answers(truth, query, one, query.period) for one in query.metrics]
    then = (
        [_moved(query, before, _answers(truth, query, one, before)) for one in query.metrics]
        if before
        else []
    )
    rows = {row.key: row for row in said.rows}
    if len(rows) != len(said.rows):
        yield "a key stands twice"
    limit = query.rank.limit if query.rank and query.by else None
    known = {key for answers in (*now, *then) for key in answers}
    if limit is None and known - set(rows):
        yield f"left out: {sorted(known - set(rows))[:3]}"
    for key, row in rows.items():
        yield from _row_wrong(query, key, row, now, then)
    yield from _order_wrong(query, said, now[0], known, limit)


def _answers(truth: Truth, query: Query, metric: str, period: Period | None) -> dict[tuple[str, ...], Any]:
    where = {key: values for key, values in query.where.items() if _means(metric, key)}
    return truth.answer(metric, query.by, where, (period.begins, period.ends) if period else None)


def _means(metric: str, key: str) -> bool:
    return {"attribution": metric == "channel_roi", "idle_days": metric == "stale_leads"}.get(key, True)


def _row_wrong(
    query: Query, key: tuple[str, ...], row: Row, now: list[Any], then: list[Any]
) -> Iterator[str]:
    for at, metric in enumerate(query.metrics):
        for name, figures, answers in (("now", row.figures, now), ("before", row.before, then)):
            if not answers:
                continue
            got, want = exact(figures[at].value), exact(answers[at].get(key, nothing(metric)))
            if got != want:
                # A line that is shown although nothing happened may say what a target makes of it.
                if metric == "quota_attainment" and key not in answers[at] and got == 0:
                    continue
                yield f"{metric} {name} {key}: {got}, should be {want}"


def _order_wrong(
    query: Query, said: Table, answers: Mapping[Any, Any], known: set[Any], limit: int | None
) -> Iterator[str]:
    if query.rank is None or not query.by:
        return
    sign = -1 if query.rank.order is Order.DESC else 1
    named = [row for row in said.rows if "" not in row.key and row.figures[0].value is not None]
    values = [Fraction(row.figures[0].value or 0) for row in named]
    if [sign * one for one in values] != sorted(sign * one for one in values):
        yield f"not in order: {[float(one) for one in values]}"
    if limit is not None:
        better = [
            key for key in known - {row.key for row in said.rows}
            if "" not in key and (value := exact(answers.get(key))) is not None
            and (len(values) < limit or sign * value < sign * values[-1])
        ]  # fmt: skip
        if better:
            yield f"better and left out: {better[:3]}"


def exact(value: Any) -> Fraction | None:
    """As a fraction, so that nothing is hidden by rounding."""
    return None if value is None else Fraction(Decimal(value) if isinstance(value, int) else value)


def nothing(metric: str) -> int | None:
    """Where nothing happened there are none of what is counted, and nothing to divide; costs were not entered."""
    return 0 if metric != "channel_cost" and METRICS[metric].kind in {Kind.FLOW, Kind.SNAPSHOT} else None


def other(query: Query) -> Period | None:
    """The period before, of whole months as many months; or the same days a year earlier."""
    if query.compare is None or query.period is None:
        return None
    begins, ends = query.period.begins, query.period.ends
    if query.compare is Compare.LAST_YEAR:
        return Period(_earlier(begins, 12), _earlier(ends, 12))
    if begins.day == ends.day == 1:
        months = (ends.year - begins.year) * 12 + ends.month - begins.month
        return Period(_earlier(begins, months), begins)
    return Period(begins - (ends - begins), begins)


def _earlier(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 - months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _moved(
    query: Query, before: Period, answers: Mapping[tuple[str, ...], Any]
) -> dict[tuple[str, ...], Any]:
    """The first week of that period stands beside the first week of this one."""
    place = next((at for at, one in enumerate(query.by) if one in UNITS), None)
    if place is None or query.period is None:
        return dict(answers)
    theirs, ours = (_parts(one, query.by[place]) for one in (before, query.period))
    names = dict(zip(theirs, ours, strict=False))
    return {
        (*key[:place], names[key[place]], *key[place + 1 :]): value
        for key, value in answers.items()
        if key[place] in names
    }


def _parts(period: Period, unit: str) -> list[str]:
    days = ((period.begins + timedelta(days=at)) for at in range((period.ends - period.begins).days))
    return list(dict.fromkeys(Truth.unit_of(day, unit).isoformat() for day in days))
