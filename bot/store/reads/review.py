"""How did deals end: how many, worth how much, after how long, out of which stage, for what reason?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, bindparam, select

from bot.crm.query import Period
from bot.store.metrics.deals import cents
from bot.store.metrics.fact import Dim, Join, Measure, distinct, rows, total
from bot.store.metrics.guard import Permit
from bot.store.metrics.local_days import Seconds
from bot.store.metrics.registry import MEASURES
from bot.store.metrics.statement import Slice, statement
from bot.store.metrics.sums import Key, sums
from bot.store.tables.sales import accounts, opportunities, stage_changes
from bot.store.tx import Tx

LOST, WON, CLOSED = "lost_deals", "won_deals", "win_rate"
_ENDING = stage_changes.alias("ending")
_FROM_STAGE = "lost_stage"
_DEAL = "deal"


@dataclass(frozen=True, slots=True)
class Ended:
    """Deals that ended one way: how many, cents, and seconds from creation to the end, added up."""

    count: int = 0
    cents: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One closed deal."""

    id: str
    name: str
    account: str
    amount: Decimal | None
    closed_at: datetime
    lost_reason: str


async def ended(
    tx: Tx, permit: Permit, metric_id: str, period: Period, by: tuple[str, ...], *, now: datetime
) -> dict[Key, Ended]:
    """Lost or won deals of the permitted question, cut by these."""
    fact = MEASURES[metric_id].fact
    lasted = Seconds(opportunities.c.created_at, opportunities.c.closed_at)
    measure = Measure(fact, (rows(), total(cents(opportunities.c.amount)), total(lasted)))
    found = await sums(tx, _cut(permit, by), measure, period, now=now)
    return {key: Ended(*parts) for key, parts in found.items()}


async def closed(
    tx: Tx, permit: Permit, period: Period, by: tuple[str, ...], *, now: datetime
) -> dict[Key, int]:
    """How many were closed, won or lost."""
    found = await sums(tx, _cut(permit, by), MEASURES[CLOSED], period, now=now)
    return {key: parts[1] for key, parts in found.items()}


async def lost_from(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> dict[str, int]:
    """Out of which stage they were lost."""
    fact = MEASURES[LOST].fact
    join = Join(
        _ENDING,
        and_(_ENDING.c.opportunity_id == opportunities.c.id, _ENDING.c.at == opportunities.c.closed_at),
    )
    widened = replace(
        fact,
        dims={**fact.dims, _FROM_STAGE: Dim(_ENDING.c.before, ("ending",))},
        joins={**fact.joins, "ending": join},
    )
    measure = Measure(widened, (distinct(opportunities.c.id),))
    found = await sums(tx, _cut(permit, (_FROM_STAGE,)), measure, period, now=now)
    return {key[0]: parts[0] for key, parts in found.items()}


async def listed(
    tx: Tx, permit: Permit, metric_id: str, period: Period, *, most: int, skipped: int
) -> list[Row]:
    """Some of the deals behind it, the latest first."""
    fact = MEASURES[metric_id].fact
    widened = replace(fact, dims={**fact.dims, _DEAL: Dim(opportunities.c.id)})
    zone = permit.company.org.zone
    asked = Slice(by=(_DEAL,), where=permit.query.where, period=period, zone=zone)
    ids = statement(Measure(widened, (rows(),)), asked).subquery("chosen")
    statement_ = (
        select(opportunities, accounts.c.name.label("account_name"))
        .join(ids, ids.c.k0 == opportunities.c.id)
        .outerjoin(accounts, accounts.c.id == opportunities.c.account_id)
        .order_by(opportunities.c.closed_at.desc(), opportunities.c.id.desc())
        .limit(bindparam("most"))
        .offset(bindparam("skipped"))
    )
    return [_row(row) for row in await tx.all(statement_, most=most, skipped=skipped)]


def _cut(permit: Permit, by: tuple[str, ...]) -> Permit:
    """The same question, cut otherwise: the filter, which is what was permitted, stays."""
    return replace(permit, query=replace(permit.query, by=by))


def _row(row: Any) -> Row:  # noqa: ANN401 - a row
    return Row(row.id, row.name, row.account_name or "", row.amount, row.closed_at, row.lost_reason or "")
