"""What has become of the company's deals, and which of the asker's are open and which came lately?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select

from bot.crm.deal_history import Deal, OpenDeal
from bot.crm.metrics.dimension import TIME_UNITS, Dimension
from bot.crm.query import Period
from bot.store.metrics.deals import cents, deal_dims
from bot.store.metrics.fact import Dim, Fact, Measure
from bot.store.metrics.guard import Permit
from bot.store.metrics.lead_joins import ROOT_CUSTOM, held_by, holder_join, lead_joins
from bot.store.metrics.registry import MEASURES
from bot.store.metrics.statement import Slice, statement
from bot.store.metrics.sums import Key, sums
from bot.store.tables.sales import opportunities, opportunity_changes, stage_changes
from bot.store.tx import Tx

#: The latest ones: a company changes, and a night has an end.
MOST = 20_000
_STAGE, _TIMES = Dimension.STAGE.value, frozenset(unit.value for unit in TIME_UNITS)
_LATEST = (
    select(opportunities)
    .order_by(opportunities.c.created_at.desc(), opportunities.c.id.desc())
    .limit(bindparam("most"))
)
_IDS = _LATEST.with_only_columns(opportunities.c.id).subquery("latest_deal")
_MOVES = (
    select(stage_changes.c.opportunity_id, stage_changes.c.at, stage_changes.c.after)
    .join(_IDS, _IDS.c.id == stage_changes.c.opportunity_id)
    .order_by(stage_changes.c.at, stage_changes.c.id)
)
_AMOUNTS = (
    select(
        opportunity_changes.c.opportunity_id,
        opportunity_changes.c.at,
        opportunity_changes.c.before,
        opportunity_changes.c.after,
    )
    .join(_IDS, _IDS.c.id == opportunity_changes.c.opportunity_id)
    .where(opportunity_changes.c.field == "amount")
    .order_by(opportunity_changes.c.at, opportunity_changes.c.id)
)
_OPEN = Measure(
    Fact(
        source=opportunities,
        at=None,
        keep=(opportunities.c.closed_at.is_(None),),
        dims={**held_by(opportunities.c.owner_id), **deal_dims(), "deal": Dim(opportunities.c.id)},
        joins={**lead_joins(opportunities.c.lead_id), "holder": holder_join(opportunities.c.owner_id)},
        custom=ROOT_CUSTOM,
    ),
    (
        func.min(opportunities.c.stage),
        func.min(opportunities.c.stage_since),
        func.min(opportunities.c.created_at),
        func.min(cents(opportunities.c.amount)),
        func.min(opportunities.c.product),
    ),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An open deal of the asker's question: its key in the answer, and the deal."""

    key: Key
    deal: OpenDeal


async def history(tx: Tx, zone: tzinfo, *, most: int = MOST) -> list[Deal]:
    """The company's latest deals with all that happened to them, the oldest first; totals, nobody's names."""
    moves, amounts = _by_deal(await tx.all(_MOVES, most=most)), _by_deal(await tx.all(_AMOUNTS, most=most))
    rows = await tx.all(_LATEST, most=most)
    return [_deal(row, moves.get(row.id, ()), amounts.get(row.id, ()), zone) for row in reversed(rows)]


async def standing(tx: Tx, permit: Permit) -> list[Standing]:
    """Open deals that the question is about; time is no part of their keys."""
    zone = permit.company.org.zone
    by = _without_time(permit.query.by)
    asked = Slice(by=(*by, "deal"), where=permit.query.where, period=None, zone=zone)
    found = await tx.all(statement(_OPEN, asked))
    return [
        Standing(
            tuple(str(value) for value in row[: len(by)]),
            OpenDeal(
                stage=row.p0, since=_day(row.p1, zone), created=_day(row.p2, zone),
                amount=None if row.p3 is None else int(row.p3), product=row.p4,
            ),
        )
        for row in found
    ]  # fmt: skip


async def created_lately(
    tx: Tx, permit: Permit, *, today: date, days: int, first_stage: str, now: datetime
) -> dict[Key, int]:
    """How many deals were created in the last so many days before today, by the question's keys.

    What is created next stands in the first stage, wherever those of lately stand by now.
    """
    query = permit.query
    stages = query.where.get(_STAGE)
    if stages is not None and first_stage not in stages:
        return {}
    by = tuple(key for key in _without_time(query.by) if key != _STAGE)
    where = {key: values for key, values in query.where.items() if key != _STAGE}
    asked = replace(permit, query=replace(query, by=by, where=where))
    period = Period(today - timedelta(days=days), today)
    found = await sums(tx, asked, MEASURES["new_deals"], period, now=now)
    place = list(_without_time(query.by)).index(_STAGE) if _STAGE in query.by else None
    return {
        (key if place is None else (*key[:place], first_stage, *key[place:])): parts[0]
        for key, parts in found.items()
    }


async def won_already(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> dict[Key, int]:
    """Cents won in the period up to now, by all the question's keys."""
    found = await sums(tx, permit, MEASURES["won_amount"], period, now=now)
    return {key: parts[0] for key, parts in found.items()}


def _without_time(by: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key in by if key not in _TIMES)


def _by_deal(rows: Iterable[Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.opportunity_id, []).append(row)
    return found


def _deal(row: Any, moves: Sequence[Any], amounts: Sequence[Any], zone: tzinfo) -> Deal:  # noqa: ANN401 - a row
    created = _day(row.created_at, zone)
    closed = None if row.closed_at is None else max(_day(row.closed_at, zone), created)
    amount = None if row.amount is None else _cents(row.amount)
    beliefs = [(_day(one.at, zone), _spelled(one.after)) for one in amounts]
    if beliefs:
        beliefs.insert(0, (created, _spelled(amounts[0].before)))
    elif row.external_id is not None and closed is not None:
        # A list told of it after its end: what was believed before, nobody knows.
        beliefs = [(closed, amount)]
    return Deal(
        created=created,
        stages=tuple(_stages(row, moves, created, zone)),
        closed=closed,
        won=bool(row.won),
        amount=amount,
        amounts=tuple(beliefs),
        product=row.product,
    )


def _stages(row: Any, moves: Sequence[Any], created: int, zone: tzinfo) -> Iterator[tuple[int, str]]:  # noqa: ANN401 - a row
    """Where it stood, from its creation on; being moved to its end is none of it.

    Of a deal that a list brought, nobody knows where it stood before: that it stands where it does, or
    was lost from the first stage, is the list's word of afterwards, and would teach us the future.
    """
    is_listed = row.external_id is not None
    known = [one for one in moves if one.at != row.closed_at and not (is_listed and one.at == row.created_at)]
    steps = [(max(_day(one.at, zone), created), one.after) for one in known]
    if not steps or steps[0][0] > created:
        is_known = not steps and row.closed_at is None and not is_listed
        yield created, (row.stage if is_known else "")
    yield from steps
    if row.closed_at is None and steps and steps[-1][1] != row.stage:
        yield max(_day(row.stage_since, zone), steps[-1][0]), row.stage


def _spelled(amount: str | None) -> int | None:
    return None if amount is None else _cents(Decimal(amount))


def _cents(amount: Decimal) -> int:
    return int(amount * 100)


def _day(at: datetime, zone: tzinfo) -> int:
    return at.astimezone(zone).toordinal()
