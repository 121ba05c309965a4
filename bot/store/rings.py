"""Whose turn it is: one row a ring, moved on by one conditional statement."""

from __future__ import annotations

from collections.abc import Container, Sequence

from sqlalchemy import bindparam, select, text

from bot.store.tables.people import rings
from bot.store.tx import Tx

_LAST = select(rings.c.last_user_id, rings.c.turns).where(rings.c.name == bindparam("of"))
_TURN = text(
    "INSERT INTO rings (name, last_user_id, turns) VALUES (:of, :chosen, 1)"
    " ON CONFLICT (name) DO UPDATE SET last_user_id = excluded.last_user_id, turns = rings.turns + 1"
    " WHERE rings.turns = :turns"
)


async def turn_of(tx: Tx, name: str, round: Sequence[str], available: Container[str]) -> str | None:
    """Who is next in a round in which somebody may stand several times; None if nobody is available.

    The round goes by the number of turns: who stands in for somebody away costs nobody his share.
    """
    while True:
        row = await tx.first(_LAST, of=name)
        turns = 0 if row is None else row.turns
        at = turns % len(round)
        chosen = next((one for one in (*round[at:], *round[:at]) if one in available), None)
        if chosen is None or await tx.run(_TURN, of=name, chosen=chosen, turns=turns) == 1:
            return chosen


async def next_of(tx: Tx, name: str, ring: Sequence[str], available: Container[str]) -> str | None:
    """The next available member after the one served last, remembered; None if nobody is available.

    `ring` is everybody in order, so that somebody who is away keeps his place. When another writer
    turned the ring in the same instant, it is read again.
    """
    while True:
        row = await tx.first(_LAST, of=name)
        turns, last = (0, "") if row is None else (row.turns, row.last_user_id)
        begins = ring.index(last) + 1 if last in ring else 0
        chosen = next((one for one in (*ring[begins:], *ring[:begins]) if one in available), None)
        if chosen is None or await tx.run(_TURN, of=name, chosen=chosen, turns=turns) == 1:
            return chosen
