"""What was asked of whom on somebody's way, and the one answer that counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.crm.approval import Approval, ApprovalState
from bot.store.desk import Desk
from bot.store.tables.approvals import approvals
from bot.store.tx import Tx

#: Open ones that are looked through for one person.
_MOST = 500
_BY_ID = select(approvals).where(approvals.c.id == bindparam("of"))
_BY_OCCASION = select(approvals).where(approvals.c.occasion == bindparam("of"))
_OPEN = (
    select(approvals)
    .where(approvals.c.state == ApprovalState.ASKED.value)
    .order_by(approvals.c.due_at, approvals.c.id)
    .limit(bindparam("most"))
)
_SETTLE = (
    update(approvals)
    .where(approvals.c.id == bindparam("of"), approvals.c.state == ApprovalState.ASKED.value)
    .values(
        state=bindparam("becomes"),
        answered_by=bindparam("whom"),
        reason=bindparam("why"),
        answered_at=bindparam("at"),
    )
)


async def ask(
    desk: Desk, *, enrollment_id: str, place: str, occasion: str, journey: str, text: str,
    asked: Sequence[str], due_at: datetime,
) -> Approval:  # fmt: skip
    """Put a question down; asked again for the same occasion, it is the same one."""
    row: dict[str, Any] = {
        "id": f"P{await desk.tx.number('approval')}", "enrollment_id": enrollment_id, "place": place,
        "occasion": occasion, "journey": journey, "text": text, "asked": list(asked),
        "state": ApprovalState.ASKED.value, "answered_by": "", "reason": "",
        "asked_at": desk.now, "due_at": due_at,
    }  # fmt: skip
    await desk.tx.insert_new(approvals, row)
    kept = await desk.tx.first(_BY_OCCASION, of=occasion)
    if kept is None:
        raise KeyError(occasion)
    return _read(kept)


async def find(tx: Tx, approval_id: str) -> Approval | None:
    """The one of this number."""
    row = await tx.first(_BY_ID, of=approval_id)
    return None if row is None else _read(row)


async def on_occasion(tx: Tx, occasion: str) -> Approval | None:
    """The one that was asked on this occasion."""
    row = await tx.first(_BY_OCCASION, of=occasion)
    return None if row is None else _read(row)


async def waiting_for(tx: Tx, user_id: str) -> list[Approval]:
    """What somebody was asked and nobody answered, the most pressing first."""
    found = [_read(row) for row in await tx.all(_OPEN, most=_MOST)]
    return [one for one in found if user_id in one.asked]


async def settle(
    desk: Desk, approval_id: str, state: ApprovalState, *, by: str = "", reason: str = ""
) -> bool:
    """It is answered, or not needed any more; False if that was so before."""
    changed = await desk.tx.run(
        _SETTLE, of=approval_id, becomes=state.value, whom=by, why=reason, at=desk.now
    )  # fmt: skip
    return changed == 1


def _read(row: Any) -> Approval:  # noqa: ANN401 - a row
    return Approval(
        id=row.id, enrollment_id=row.enrollment_id, place=row.place,
        journey=row.journey, text=row.text, asked=tuple(row.asked), asked_at=row.asked_at,
        due_at=row.due_at, state=ApprovalState(row.state), answered_by=row.answered_by, reason=row.reason,
    )  # fmt: skip
