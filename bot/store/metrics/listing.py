"""The records behind a number: the very facts of its measure, each by itself instead of added up.

Since a record is found by the same SELECT that counts it, what is listed is what was counted.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Alias, ColumnElement, FromClause, Join, Select, Subquery, Table, func, literal, select
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import distinct_op

from bot.crm.metrics.metric import Subject
from bot.crm.metrics.registry import METRICS
from bot.crm.metrics.snapshots import STALE_AFTER_DAYS
from bot.crm.query import Period
from bot.store.metrics import costs, quota
from bot.store.metrics.fact import Dim, Measure, text_of
from bot.store.metrics.guard import Permit
from bot.store.metrics.registry import MEASURES
from bot.store.metrics.statement import Slice, params, statement
from bot.store.tx import Tx


class Kind(enum.StrEnum):
    """What a record is; those of a table are called as the table."""

    LEAD = "leads"
    DEAL = "opportunities"
    FOLLOW_UP = "follow_ups"
    TASK = "tasks"
    ACCOUNT = "accounts"
    PAYMENT = "payments"
    SUBMISSION = "submissions"
    COST = "costs"
    TOUCH = "touches"
    SURVEY = "surveys"
    COMPLAINT = "complaints"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record, when it counted, and what it put into each sum of the metric."""

    id: str
    at: datetime | date | None
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Some of the records, the latest first, and how many there are; `sums` are the metric's own."""

    kind: Kind
    entries: tuple[Entry, ...]
    total: int
    sums: tuple[int, ...]


_ROW = "_record"
#: Numbers that are worked out of another one's records.
_COUNTS_AS: Mapping[str, str] = {
    quota.ID: "won_amount",
    costs.ID: "new_leads",
    costs.ROI: "channel_cost",
}
_DISTINCT: Mapping[Subject, Kind] = {
    Subject.LEAD: Kind.LEAD,
    Subject.FOLLOW_UP: Kind.LEAD,
    Subject.CUSTOMER: Kind.ACCOUNT,
}
#: What an event is one of, where facts are put together from several moments or places in a row.
_EVENTS: Mapping[Subject, Kind] = {Subject.TOUCH: Kind.TOUCH, Subject.CUSTOMER: Kind.DEAL}
_KINDS = {kind.value: kind for kind in Kind}


def kind_of(metric_id: str) -> Kind | None:
    """What the records of a metric are; None where nothing can be listed, such as visitors without a name."""
    found = _identity(metric_id)
    return None if found is None else found[1]


async def listed(
    tx: Tx,
    permit: Permit,
    metric_id: str,
    period: Period | None,
    *,
    now: datetime,
    most: int,
    skipped: int = 0,
) -> Listed | None:
    """A page of the records that this metric of the question counts; None where nothing can be listed."""
    if metric_id not in permit.query.metrics:
        msg = f"{metric_id} was not asked for"
        raise ValueError(msg)
    found = _identity(metric_id)
    if found is None:
        return None
    identity, kind = found
    where, zone = permit.query.where, permit.company.org.zone
    asked = Slice(by=(_ROW,), where=where, period=period, zone=zone, pools=permit.pools)
    measure = MEASURES[_COUNTS_AS.get(metric_id, metric_id)]
    idle = timedelta(days=int(next(iter(where.get("idle_days", ())), STALE_AFTER_DAYS)))
    quoting = permit.company.pipeline.quoting
    moments = params(asked, now=now, stale_at=now - idle, quoting=quoting)
    records = _records(measure, identity, asked)
    total = await tx.first(_sums(records), **moments)
    rows = await tx.all(_page(records).limit(most).offset(skipped), **moments)
    width = len(_parts(measure))
    entries = tuple(
        Entry(str(row.k0), row.at, tuple(int(getattr(row, f"p{at}")) for at in range(width))) for row in rows
    )
    if total is None or not total.n:
        return Listed(kind, entries, 0, (0,) * width)
    return Listed(kind, entries, int(total.n), tuple(int(value) for value in total[1:]))


def _records(measure: Measure, identity: Dim, asked: Slice) -> Select[Any]:
    fact = measure.fact
    cut = replace(measure, fact=replace(fact, dims={**fact.dims, _ROW: identity}))
    at = literal(None) if fact.at is None else func.max(fact.at, type_=fact.at.type)
    return statement(cut, asked).add_columns(at.label("at"))


def _sums(records: Select[Any]) -> Select[Any]:
    each = records.subquery("record")
    sums = [
        func.coalesce(func.sum(column), 0).label(column.name) for column in each.c if column.name[0] == "p"
    ]
    return select(func.count().label("n"), *sums).select_from(each)


def _page(records: Select[Any]) -> Select[Any]:
    each = records.subquery("record")
    return select(each).order_by(each.c.at.desc(), each.c.k0.desc())


def _parts(measure: Measure) -> tuple[ColumnElement[Any], ...]:
    return measure.parts if measure.cut is None else measure.cut(None)


def _identity(metric_id: str) -> tuple[Dim, Kind] | None:
    """By which column a record of the metric is told from the others."""
    measure = MEASURES.get(_COUNTS_AS.get(metric_id, metric_id))
    if measure is None:
        return None
    of = _distinct(_parts(measure)[-1])
    if of is not None:
        kind = _DISTINCT.get(METRICS[metric_id].subject)
        return None if kind is None else (Dim(text_of(of), measure.needs), kind)
    source = _base(measure.fact.source)
    if isinstance(source, Table) and source.name in _KINDS:
        return Dim(text_of(source.c.id), measure.needs), _KINDS[source.name]
    kind = _EVENTS.get(METRICS[metric_id].subject)
    if isinstance(source, Subquery) and "id" in source.c and kind is not None:
        return Dim(text_of(source.c.id), measure.needs), kind
    return None


def _base(source: FromClause) -> FromClause:
    """The table that the facts are rows of."""
    while isinstance(source, Join):
        source = source.left
    return source.element if isinstance(source, Alias) and not isinstance(source, Subquery) else source


def _distinct(part: ColumnElement[Any]) -> ColumnElement[Any] | None:
    """What is counted once however often it stands there; None if every row counts."""
    if not isinstance(part, FunctionElement):
        return None
    inside = next(iter(part.clauses), None)
    if isinstance(inside, UnaryExpression) and inside.operator is distinct_op:
        return inside.element
    return None
