"""What happened to leads in a span of time, in its order: for a journey that is replayed over the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BindParameter, Select, bindparam, func, select

from bot.crm.company.journey_triggers import ANYTHING
from bot.store.among import among
from bot.store.desk import Desk
from bot.store.tables.behaviour import behaviours
from bot.store.tables.imports import orders
from bot.store.tables.leads import (
    field_changes,
    leads,
    lifecycle_changes,
    score_changes,
    status_changes,
    submissions,
    tenures,
)
from bot.store.tables.sales import follow_ups, opportunities, quotes, stage_changes
from bot.store.tables.segments import segment_changes, tag_changes
from bot.store.tables.touch import touch_plans
from bot.store.tx import Tx

_SINCE: BindParameter[datetime] = bindparam("since")
_UNTIL: BindParameter[datetime] = bindparam("until")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    lead_id: str
    at: datetime
    #: event, form, created, set, points, tag, untag, bought, stage, quoted, segment, status.
    kind: str
    name: str
    object: str = ""
    before: Any = None
    after: Any = None
    #: Names this one time.
    source: str = ""
    #: Who or what did it: a user, `rule:journey.welcome`; empty where nobody is named.
    by: str = ""


def _of(table: Any, at: Any, *columns: Any) -> Select[Any]:  # noqa: ANN401 - a table and its columns
    return (
        select(*columns)
        .where(among(table.c.lead_id, "those"), at >= _SINCE, at < _UNTIL)
        .order_by(at, *table.primary_key.columns)
    )


_OF_DEAL = (
    select(opportunities.c.lead_id).where(opportunities.c.id == quotes.c.opportunity_id).scalar_subquery()
)
_STAGED = func.coalesce(
    stage_changes.c.lead_id,
    select(opportunities.c.lead_id)
    .where(opportunities.c.id == stage_changes.c.opportunity_id)
    .scalar_subquery(),
)
_BUYER = func.coalesce(
    orders.c.lead_id,
    select(func.min(leads.c.id))
    .where(leads.c.account_id == orders.c.account_id, leads.c.merged_into.is_(None))
    .correlate(orders)
    .scalar_subquery(),
)
_EVENTS = _of(behaviours, behaviours.c.at, behaviours)
_FORMS = _of(submissions, submissions.c.at, submissions.c.id, submissions.c.lead_id, submissions.c.form,
             submissions.c.kind, submissions.c.at)  # fmt: skip
_FIELDS = _of(field_changes, field_changes.c.at, field_changes)
_STATUS = _of(status_changes, status_changes.c.at, status_changes)
_LIFE = _of(lifecycle_changes, lifecycle_changes.c.at, lifecycle_changes)
_POINTS = _of(score_changes, score_changes.c.at, score_changes)
_TAGS = _of(tag_changes, tag_changes.c.at, tag_changes)
_SEGMENTS = _of(segment_changes, segment_changes.c.at, segment_changes)
_ORDERS = (
    select(orders.c.id, _BUYER.label("lead_id"), orders.c.product, orders.c.amount, orders.c.ordered_at)
    .where(among(_BUYER, "those"), orders.c.ordered_at >= _SINCE, orders.c.ordered_at < _UNTIL)
    .order_by(orders.c.ordered_at, orders.c.id)
)
_OWNERS = _of(tenures, tenures.c.from_at, tenures)
_FOLLOWED = _of(follow_ups, follow_ups.c.at, follow_ups.c.lead_id, follow_ups.c.id, follow_ups.c.at)
_FOLLOWED_BEFORE = (
    select(follow_ups.c.lead_id, func.max(follow_ups.c.at).label("at"))
    .where(among(follow_ups.c.lead_id, "those"), follow_ups.c.at < _SINCE)
    .group_by(follow_ups.c.lead_id)
)
_STAGES = (
    select(stage_changes.c.id, _STAGED.label("lead_id"), stage_changes.c.before, stage_changes.c.after,
           stage_changes.c.opportunity_id, stage_changes.c.at, stage_changes.c.by)
    .where(among(_STAGED, "those"), stage_changes.c.at >= _SINCE, stage_changes.c.at < _UNTIL)
    .order_by(stage_changes.c.at, stage_changes.c.id)
)  # fmt: skip
_QUOTES = (
    select(quotes.c.id, _OF_DEAL.label("lead_id"), quotes.c.discount, quotes.c.product, quotes.c.at)
    .where(among(_OF_DEAL, "those"), quotes.c.at >= _SINCE, quotes.c.at < _UNTIL)
    .order_by(quotes.c.at, quotes.c.id)
)


async def of_each(desk: Desk, lead_ids: Sequence[str], since: datetime, until: datetime) -> list[Event]:
    """Everything that is kept about these leads in this span, the first first."""
    found: list[Event] = []
    names = {"those": sorted(set(lead_ids)), "since": since, "until": until}
    for query, read in _READ.items():
        found += [read(desk, row) for row in await desk.tx.all(query, **names)]
    # At one moment what somebody did comes before what was made of it.
    return sorted(found, key=lambda one: one.at)


async def followed_before(tx: Tx, lead_ids: Iterable[str], since: datetime) -> Mapping[str, datetime]:
    """When each was followed up last before this moment."""
    return {row.lead_id: row.at for row in await tx.all(_FOLLOWED_BEFORE, those=lead_ids, since=since)}


def _event(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    return Event(row.lead_id, row.at, "event", row.event, row.object, source=row.message_id)


def _form(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    return Event(row.lead_id, row.at, "form", row.form, row.kind, source=row.id)


def _field(desk: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    place = f"field_changes.values:{row.lead_id}:{row.field}"
    # `values` is also what the driver's records call a method of theirs.
    before, after = orjson.loads(desk.vault.open(row[3], place))
    return Event(row.lead_id, row.at, "set", row.field, "", before, after, by=row.by)


def _status(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    return Event(row.lead_id, row.at, "set", "status", "", row.before or None, row.after, by=row.by)


def _life(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    return Event(row.lead_id, row.at, "set", "lifecycle", "", row.before, row.after, by=row.by)


def _points(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    by = f"rule:{row.rule}"
    return Event(row.lead_id, row.at, "points", "score", "", None, row.points, by=by)


def _tag(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    kind = "tag" if row.given else "untag"
    return Event(row.lead_id, row.at, kind, row.tag, source=f"tag{row.id}", by=row.by)


def _segment(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    joined = row.joined and row.why != "defined"
    return Event(row.lead_id, row.at, "segment" if joined else "left", row.segment, source=f"s{row.id}")


def _order(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    return Event(row.lead_id, row.ordered_at, "bought", row.product, row.product, None, row.amount, row.id)


def _owner(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    return Event(row.lead_id, row.from_at, "set", "owner", "", None, row.owner_id, by=row.by)


def _followed(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    return Event(row.lead_id, row.at, "set", "last_follow_up_at", "", None, row.at)


def _stage(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    return Event(row.lead_id, row.at, "stage", row.after, row.opportunity_id, source=f"stage{row.id}")


def _quote(_: Desk, row: Any) -> Event:  # noqa: ANN401 - a row
    hundredths = str(int(row.discount * 100))
    return Event(row.lead_id, row.at, "quoted", "any", row.product, None, hundredths, row.id)


_READ: Mapping[Select[Any], Any] = {
    _EVENTS: _event, _FORMS: _form, _FIELDS: _field, _STATUS: _status, _LIFE: _life, _POINTS: _points,
    _TAGS: _tag, _SEGMENTS: _segment, _ORDERS: _order, _OWNERS: _owner, _FOLLOWED: _followed,
    _STAGES: _stage, _QUOTES: _quote,
}  # fmt: skip


def _whom(column: Any, at: Any, *where: Any) -> Select[Any]:  # noqa: ANN401 - columns
    return select(column.label("lead_id")).where(column.is_not(None), at >= _SINCE, at < _UNTIL, *where)


def _looks(kind: str, ref: str) -> list[Select[Any]]:  # noqa: C901, PLR0911 - one case a kind
    """Whom something happened to, as journeys want to know it."""
    match kind:
        case "event":
            return [_whom(behaviours.c.lead_id, behaviours.c.at, behaviours.c.event == ref)]
        case "form":
            return [_whom(submissions.c.lead_id, submissions.c.at, submissions.c.form == ref)]
        case "created":
            return [_whom(leads.c.id, leads.c.created_at)]
        case "status":
            return [_whom(status_changes.c.lead_id, status_changes.c.at, status_changes.c.after == ref)]
        case "stage":
            return [_whom(_STAGED, stage_changes.c.at, stage_changes.c.after == ref)]
        case "quoted":
            return [_whom(_OF_DEAL, quotes.c.at)]
        case "bought":
            products = () if ref == ANYTHING else (orders.c.product == ref,)
            return [_whom(_BUYER, orders.c.ordered_at, *products)]
        case "tagged":
            is_it = tag_changes.c.tag == ref, tag_changes.c.given.is_(True)
            return [_whom(tag_changes.c.lead_id, tag_changes.c.at, *is_it)]
        case "segment":
            is_it = segment_changes.c.segment == ref, segment_changes.c.joined.is_(True)
            return [_whom(segment_changes.c.lead_id, segment_changes.c.at, *is_it)]
        case "changed":
            table, at = _CHANGED.get(ref, (field_changes, field_changes.c.at))
            return [_whom(table.c.lead_id, at)]
        case _:
            return []


#: Columns of a lead whose changes have a table of their own.
_CHANGED: Mapping[str, tuple[Any, Any]] = {
    "score": (score_changes, score_changes.c.at),
    "lifecycle": (lifecycle_changes, lifecycle_changes.c.at),
    "owner_id": (tenures, tenures.c.from_at),
    "last_follow_up_at": (follow_ups, follow_ups.c.at),
}


async def whom(tx: Tx, kind: str, ref: str, since: datetime, until: datetime, *, most: int) -> list[str]:
    """Leads to whom this happened in the span; one that was merged away is named as the one it is now."""
    found: set[str] = set()
    for look in _looks(kind, ref):
        root = func.coalesce(leads.c.merged_into, leads.c.id)
        those = look.distinct().subquery()
        query = select(root.label("id")).join(those, those.c.lead_id == leads.c.id).distinct()
        rows = await tx.all(query.order_by(root).limit(most), since=since, until=until)
        found |= {row.id for row in rows}
    return sorted(found)


_SENT = select(func.count().label("n")).where(
    touch_plans.c.journey == bindparam("of_journey"),
    touch_plans.c.way != "",
    touch_plans.c.due_at >= _SINCE,
    touch_plans.c.due_at < _UNTIL,
    touch_plans.c.state.not_in(["skipped", "failed", "declined", "expired"]),
)


async def really_sent(tx: Tx, journey: str, since: datetime, until: datetime) -> int:
    """How many messages of this journey went, or may have, in the span."""
    row = await tx.first(_SENT, of_journey=journey, since=since, until=until)
    return 0 if row is None else int(row.n)
