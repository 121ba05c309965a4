"""Messages to many followers at once: which touches were in one, and what the platform said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store.tables.official import mass_sends
from bot.store.tx import Tx

_KEY = (mass_sends.c.account == bindparam("of_account"), mass_sends.c.message_id == bindparam("of"))
_FIND = select(mass_sends).where(*_KEY)
_HOLDS = update(mass_sends).where(*_KEY).values(touches=bindparam("those", type_=mass_sends.c.touches.type))
_END = (
    update(mass_sends)
    .where(*_KEY, mass_sends.c.ended_at.is_(None))
    .values(
        status=bindparam("said"), total=bindparam("n_total"), sent=bindparam("n_sent"),
        failed=bindparam("n_failed"), ended_at=bindparam("at"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """What the platform said of one, and the touches in it."""

    touch_ids: tuple[str, ...]
    status: str
    #: Whom it was for, as the platform counts; 0 if it told no sums.
    total: int
    sent: int
    failed: int


async def keep(tx: Tx, account: str, message_id: str, touch_ids: Sequence[str], *, at: datetime) -> None:
    """It was taken; a repeat changes nothing."""
    row = _row(account, message_id, touch_ids, at)
    if not await tx.insert_new(mass_sends, row):
        await tx.run(_HOLDS, of_account=account, of=message_id, those=list(touch_ids))


async def end(
    tx: Tx, account: str, message_id: str, *, status: str, numbers: tuple[int, int, int], at: datetime
) -> bool:
    """The platform told, perhaps before its own answer was written down; False if it has told before.

    `numbers`: whom it was for, whom it reached, whom not.
    """
    await tx.insert_new(mass_sends, _row(account, message_id, (), at))
    total, sent, failed = numbers
    return await tx.run(
        _END, of_account=account, of=message_id, said=status, n_total=total, n_sent=sent, n_failed=failed,
        at=at,
    ) == 1  # fmt: skip


async def ended(tx: Tx, account: str, message_id: str) -> Ended | None:
    """What came of it; None until the platform told."""
    row = await tx.first(_FIND, of_account=account, of=message_id)
    if row is None or row.ended_at is None:
        return None
    return Ended(tuple(row.touches), row.status, row.total, row.sent, row.failed)


def _row(account: str, message_id: str, touch_ids: Sequence[str], at: datetime) -> dict[str, Any]:
    return {
        "account": account, "message_id": message_id, "touches": list(touch_ids), "sent_at": at,
        "status": "", "total": 0, "sent": 0, "failed": 0, "ended_at": None,
    }  # fmt: skip
