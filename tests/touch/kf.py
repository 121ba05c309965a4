"""Rows that other doors would write."""

from __future__ import annotations

from bot.store import external_contacts
from bot.store.desk import Desk
from bot.store.external_contacts import Tie


async def befriend(desk: Desk, lead_id: str, user_id: str) -> None:
    """The customer added one of us on WeChat."""
    tie = Tie(
        platform="wecom", external_id=f"wm-{lead_id}", user_id=user_id, lead_id=lead_id, added_at=desk.now
    )
    await external_contacts.keep(desk, tie)
