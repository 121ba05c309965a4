"""Who uses the mini-program: known by his openid there, joined to a lead by his id across apps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from bot.store.tables.official import mini_program_users
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class MiniProgramUser:
    """One of them."""

    open_id: str
    union_id: str
    lead_id: str | None


_KEY = mini_program_users.c.open_id == bindparam("of")
_FIND = select(mini_program_users).where(_KEY)
_SEEN = (
    update(mini_program_users)
    .where(_KEY)
    .values(
        seen_at=bindparam("at"),
        lost_at=None,
        union_id=func.coalesce(bindparam("union_known"), mini_program_users.c.union_id),
    )
)
_BIND = update(mini_program_users).where(_KEY).values(lead_id=bindparam("to_lead"))
_LOSE = update(mini_program_users).where(_KEY).values(lost_at=bindparam("at"))
_JOIN = (
    update(mini_program_users)
    .where(mini_program_users.c.union_id == bindparam("of_union"), mini_program_users.c.lead_id.is_(None))
    .values(lead_id=bindparam("to_lead"))
    .returning(mini_program_users.c.open_id)
)


async def seen(tx: Tx, open_id: str, *, union_id: str = "", at: datetime) -> MiniProgramUser:
    """He did something there; what is known of him."""
    row = {"open_id": open_id, "union_id": union_id or None, "lead_id": None, "seen_at": at, "lost_at": None}
    if not await tx.insert_new(mini_program_users, row):
        await tx.run(_SEEN, of=open_id, at=at, union_known=union_id or None)
    found = await tx.first(_FIND, of=open_id)
    if found is None:
        raise KeyError(open_id)
    return MiniProgramUser(found.open_id, found.union_id or "", found.lead_id)


async def bind(tx: Tx, open_id: str, lead_id: str) -> None:
    """We know who he is."""
    await tx.run(_BIND, of=open_id, to_lead=lead_id)


async def lose(tx: Tx, open_id: str, *, at: datetime) -> None:
    """The platform says that there is no such user."""
    await tx.run(_LOSE, of=open_id, at=at)


async def join(tx: Tx, union_id: str, lead_id: str) -> list[str]:
    """A lead turned out to have this id across apps: under which ids he uses the mini-program."""
    return [row.open_id for row in await tx.all(_JOIN, of_union=union_id, to_lead=lead_id)]
