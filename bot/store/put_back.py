"""What was taken from the outbox and never sent, because the database went away: it waits for no lease."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, or_, text, update

from bot.store.sending import LEASE, Leased
from bot.store.tables.machinery import outbox
from bot.store.tx import Tx

#: The tombstone of a send that was never begun is no try.
_BACK = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        outbox.c.fence == bindparam("at_fence"),
        or_(outbox.c.state == "leased", outbox.c.state == "sending"),
    )
    .values(
        attempts=outbox.c.attempts - case((outbox.c.state == "sending", 1), else_=0),
        state="pending",
        lease_until=None,
        fence=outbox.c.fence + 1,
    )
)
_BACK_ALL = (
    update(outbox)
    .where(
        # Spelled as its index has it.
        text("outbox.state IN ('pending', 'leased', 'sending')"),
        outbox.c.state == "leased",
        outbox.c.lease_until == bindparam("until"),
    )
    .values(state="pending", lease_until=None, fence=outbox.c.fence + 1)
)


async def one(tx: Tx, leased: Leased) -> None:
    """Put back at once what was never put on the wire, though its tombstone may stand."""
    await tx.run(_BACK, row_id=leased.id, at_fence=leased.fence)


async def everything(tx: Tx, *, leased_at: datetime) -> None:
    """Put back what was leased at this moment: nobody heard of it, and each receiver waits for it."""
    await tx.run(_BACK_ALL, until=leased_at + LEASE)
