"""Taps that are collected for some seconds before one is chosen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select, text, update

from bot.store.desk import Desk
from bot.store.tables.assignment import reveal_taps
from bot.store.tables.leads import claims, tenures
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

# Whoever tapped in a round that chose nobody may tap again.
_NOTE = text(
    "INSERT INTO reveal_taps (lead_id, epoch, user_id, at) VALUES (:lead, :epoch, :user, :at)"
    " ON CONFLICT (lead_id, epoch, user_id) DO UPDATE SET at = excluded.at, outcome = NULL"
    " WHERE reveal_taps.outcome IS NOT NULL"
).bindparams(bindparam("at", type_=UTCDateTime))
_WAITING = (
    select(reveal_taps.c.user_id, reveal_taps.c.at)
    .where(
        reveal_taps.c.lead_id == bindparam("of_lead"),
        reveal_taps.c.epoch == bindparam("at_epoch"),
        reveal_taps.c.outcome.is_(None),
    )
    .order_by(reveal_taps.c.at, reveal_taps.c.user_id)
)
_OF_LEAD = (
    select(reveal_taps)
    .where(reveal_taps.c.lead_id == bindparam("of_lead"))
    .order_by(reveal_taps.c.epoch, reveal_taps.c.at, reveal_taps.c.user_id)
)
_END = (
    update(reveal_taps)
    .where(
        reveal_taps.c.lead_id == bindparam("of_lead"),
        reveal_taps.c.epoch == bindparam("at_epoch"),
        reveal_taps.c.user_id == bindparam("of_user"),
    )
    .values(outcome=bindparam("became"))
)
_TODAY = select(func.count().label("n")).where(
    claims.c.user_id == bindparam("of_user"), claims.c.day == bindparam("on_day"), claims.c.outcome == "won"
)
_GOT = select(func.count().label("n")).where(
    tenures.c.owner_id == bindparam("of_user"), tenures.c.from_at > bindparam("since")
)


async def note(desk: Desk, *, lead_id: str, epoch: int, user_id: str) -> bool:
    """He tapped; False if he had tapped before in this round."""
    return await desk.tx.run(_NOTE, lead=lead_id, epoch=epoch, user=user_id, at=desk.now) == 1


async def waiting(tx: Tx, lead_id: str, epoch: int) -> list[str]:
    """Who tapped and waits to hear, the first one first."""
    return [row.user_id for row in await tx.all(_WAITING, of_lead=lead_id, at_epoch=epoch)]


async def end(tx: Tx, lead_id: str, epoch: int, user_id: str, outcome: str) -> None:
    """What became of his tap: won, lost, or why he could not have it."""
    await tx.run(_END, of_lead=lead_id, at_epoch=epoch, of_user=user_id, became=outcome)


async def outcomes(tx: Tx, lead_id: str) -> list[tuple[str, str, datetime]]:
    """Who tapped, what became of it, and when he tapped."""
    rows = await tx.all(_OF_LEAD, of_lead=lead_id)
    return [(row.user_id, row.outcome or "", row.at) for row in rows]


async def claimed_today(tx: Tx, user_id: str, day: str) -> int:
    """How many leads he took on this day, from all pools."""
    row = await tx.first(_TODAY, of_user=user_id, on_day=day)
    return 0 if row is None else int(row.n)


async def got_since(tx: Tx, user_id: str, since: datetime) -> int:
    """How many leads became his after `since`, by whatever way."""
    row = await tx.first(_GOT, of_user=user_id, since=since)
    return 0 if row is None else int(row.n)
