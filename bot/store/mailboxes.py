"""How far each mailbox was read; moves in the unit that takes the mail: none is lost, none taken twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from bot.store.tables.capture import mailbox_positions
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class MailboxState:
    """One mailbox as it was left."""

    mailbox: str
    #: 0: never reached.
    validity: int
    uid: int
    looked_at: datetime
    #: What was wrong at the last look; empty when nothing was.
    trouble: str


_ONE = select(mailbox_positions).where(mailbox_positions.c.mailbox == bindparam("of"))
_ALL = select(mailbox_positions).order_by(mailbox_positions.c.mailbox)
_MOVE = (
    update(mailbox_positions)
    .where(
        mailbox_positions.c.mailbox == bindparam("of"),
        or_(
            mailbox_positions.c.validity != bindparam("under"),
            mailbox_positions.c.uid < bindparam("to"),
        ),
    )
    .values(validity=bindparam("under"), uid=bindparam("to"))
)
_LOOKED = (
    update(mailbox_positions)
    .where(mailbox_positions.c.mailbox == bindparam("of"))
    .values(looked_at=bindparam("at"), trouble=bindparam("why"))
)


async def find(tx: Tx, mailbox: str) -> MailboxState | None:
    """Where we are in it."""
    row = await tx.first(_ONE, of=mailbox)
    return None if row is None else _state(row)


async def everything(tx: Tx) -> list[MailboxState]:
    """Every mailbox that was ever looked into."""
    return [_state(row) for row in await tx.all(_ALL)]


async def move(tx: Tx, mailbox: str, *, validity: int, uid: int) -> None:
    """All up to `uid` is done; never backwards under one validity."""
    await tx.run(_MOVE, of=mailbox, under=validity, to=uid)


async def looked(tx: Tx, mailbox: str, *, at: datetime, trouble: str = "") -> None:
    """Say that somebody looked, and what was wrong."""
    row = {"mailbox": mailbox, "validity": 0, "uid": 0, "looked_at": at, "trouble": trouble}
    if not await tx.insert_new(mailbox_positions, row):
        await tx.run(_LOOKED, of=mailbox, at=at, why=trouble)


def _state(row: Any) -> MailboxState:  # noqa: ANN401 - a row
    return MailboxState(row.mailbox, int(row.validity), int(row.uid), row.looked_at, row.trouble)
