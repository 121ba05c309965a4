"""Whose turn it is: one row a ring, moved on by one conditional statement."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select, text

from bot.store.tables.people import rings
from bot.store.tx import Tx

_LAST = select(rings.c.last_user_id, rings.c.turns).where(rings.c.name == bindparam("of"))
_TURN = text(
    "INSERT INTO rings (name, last_user_id, turns) VALUES (:of, :user, 1)"
    " ON CONFLICT (name) DO UPDATE SET last_user_id = excluded.last_user_id, turns = rings.turns + 1"
    " WHERE rings.turns = :turns"
)


async def next_of(tx: Tx, name: str, members: Sequence[str]) -> str | None:
    """The member after the one served last, and remember him; None if there are no members.

    `members` keeps the ring's order, so that somebody who is away for a while comes back into his
    place. When another writer turned the ring in the same instant, it is read again.
    """
    if not members:
        return None
    while True:
        row = await tx.first(_LAST, of=name)
        turns, last = (0, "") if row is None else (row.turns, row.last_user_id)
        chosen = _after(last, members)
        if await tx.run(_TURN, of=name, user=chosen, turns=turns) == 1:
            return chosen


def _after(last: str, members: Sequence[str]) -> str:
    if last in members:
        return members[(members.index(last) + 1) % len(members)]
    # Whoever was served last is not here today; ids are the ring's order for those around him.
    return next((one for one in members if one > last), members[0]) if last else members[0]
