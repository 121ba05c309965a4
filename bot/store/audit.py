"""Who looked at what is private, and who changed what matters: rows that are only ever added."""

from __future__ import annotations

from bot.store.desk import Desk
from bot.store.tables.machinery import audit


async def note(desk: Desk, *, actor: str, action: str, of: str, **detail: str | int) -> None:
    """Add a row: `action` in the past (`contact.revealed`), `of` as `lead:L7`; never the private thing."""
    await desk.tx.insert(
        audit, {"at": desk.now, "actor": actor, "action": action, "object": of, "detail": detail}
    )
