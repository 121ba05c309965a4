"""Pairs of leads that may be one person: proposed once, decided by people, never merged by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from bot.crm.user import Role, User
from bot.store import incidents
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.people import users
from bot.store.tables.quality import lookalikes
from bot.store.tx import Tx

OPEN, MERGED, APART = "open", "merged", "apart"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """One pair; `first` is the earlier lead."""

    first: str
    second: str
    likeness: int
    evidence: tuple[str, ...]
    state: str
    asked: str
    at: datetime


_PAIR = (lookalikes.c.first == bindparam("one"), lookalikes.c.second == bindparam("other"))
_FIND = select(lookalikes).where(*_PAIR)
_DECIDE = (
    update(lookalikes)
    .where(*_PAIR)
    .values(state=bindparam("becomes"), decided_by=bindparam("by_user"), decided_at=bindparam("at"))
)
_first, _second = leads.alias("first_lead"), leads.alias("second_lead")
_holder, _other = users.alias("first_owner"), users.alias("second_owner")
_OPEN = (
    select(lookalikes)
    .join(_first, _first.c.id == lookalikes.c.first)
    .join(_second, _second.c.id == lookalikes.c.second)
    .outerjoin(_holder, _holder.c.id == _first.c.owner_id)
    .outerjoin(_other, _other.c.id == _second.c.owner_id)
    .where(lookalikes.c.state == OPEN, _first.c.merged_into.is_(None), _second.c.merged_into.is_(None))
    .order_by(lookalikes.c.likeness.desc(), lookalikes.c.at, lookalikes.c.first, lookalikes.c.second)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_OF_REGION = _OPEN.where(
    or_(_first.c.region == bindparam("in_region"), _holder.c.region == bindparam("in_region")),
    or_(_second.c.region == bindparam("in_region"), _other.c.region == bindparam("in_region")),
)
_OF_OWNER = _OPEN.where(
    _first.c.owner_id == bindparam("of_owner"), _second.c.owner_id == bindparam("of_owner")
)
_ASKED_SINCE = select(func.count().label("n")).where(
    lookalikes.c.asked == bindparam("of_user"), lookalikes.c.at >= bindparam("since")
)
_STATES = select(lookalikes.c.state, func.count().label("n")).group_by(lookalikes.c.state)


async def find(tx: Tx, first: str, second: str) -> Lookalike | None:
    """The pair, if it was ever thought to be one person."""
    row = await tx.first(_FIND, one=first, other=second)
    return None if row is None else _pair(row)


async def propose(
    desk: Desk, first: str, second: str, *, likeness: int, evidence: Iterable[str], asked: str
) -> bool:
    """Note a pair; False if it was proposed before, whatever came of it."""
    row = {"first": first, "second": second, "likeness": likeness, "evidence": list(evidence)}
    more = {"state": OPEN, "asked": asked, "at": desk.now, "decided_by": None, "decided_at": None}
    if not await desk.tx.insert_new(lookalikes, {**row, **more}):
        return False
    await incidents.count(desk.tx, "lookalike", "proposed", desk.now)
    return True


async def merged(desk: Desk, first: str, second: str, *, by: str) -> None:
    """They were merged; a pair that nobody had proposed is noted too."""
    await _decide(desk, first, second, MERGED, by=by)


async def apart(desk: Desk, first: str, second: str, *, by: str) -> None:
    """They are two people: never proposed again."""
    await _decide(desk, first, second, APART, by=by)


async def _decide(desk: Desk, first: str, second: str, state: str, *, by: str) -> None:
    row = {"first": first, "second": second, "likeness": 0, "evidence": [], "asked": ""}
    more = {"state": state, "at": desk.now, "decided_by": by, "decided_at": desk.now}
    if not await desk.tx.insert_new(lookalikes, {**row, **more}):
        await desk.tx.run(_DECIDE, one=first, other=second, becomes=state, by_user=by, at=desk.now)
    await incidents.count(desk.tx, "lookalike", state, desk.now)


async def waiting(tx: Tx, viewer: User, *, at_most: int, skipped: int = 0) -> list[Lookalike]:
    """Pairs that he may decide, the likeliest first."""
    page = {"most": at_most, "skipped": skipped}
    if viewer.sees_all():
        rows = await tx.all(_OPEN, **page)
    elif viewer.role is Role.MANAGER:
        rows = await tx.all(_OF_REGION, in_region=viewer.region, **page)
    else:
        rows = await tx.all(_OF_OWNER, of_owner=viewer.id, **page)
    return [_pair(row) for row in rows]


async def asked_since(tx: Tx, user_id: str, since: datetime) -> int:
    """How many pairs somebody was asked about."""
    row = await tx.first(_ASKED_SINCE, of_user=user_id, since=since)
    return 0 if row is None else int(row.n)


async def counts(tx: Tx) -> dict[str, int]:
    """How many pairs are in which state."""
    return {row.state: int(row.n) for row in await tx.all(_STATES)}


def _pair(row: Any) -> Lookalike:  # noqa: ANN401 - a row
    return Lookalike(row[0], row[1], row.likeness, tuple(row.evidence), row.state, row.asked, row.at)
