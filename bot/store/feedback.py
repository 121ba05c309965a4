"""What people think of this installation, sealed."""

from __future__ import annotations

from bot.store.desk import Desk
from bot.store.tables.people import feedback


async def keep(desk: Desk, user_id: str, text: str) -> str:
    """Keep it; its id."""
    feedback_id = desk.new_id()
    sealed = desk.vault.seal(text.encode(), f"feedback.text:{feedback_id}")
    await desk.tx.insert(feedback, {"id": feedback_id, "user_id": user_id, "text": sealed, "at": desk.now})
    return feedback_id


def read(desk: Desk, feedback_id: str, sealed: bytes) -> str:
    """Open one."""
    return desk.vault.open(sealed, f"feedback.text:{feedback_id}").decode()
