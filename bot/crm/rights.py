"""Whose work somebody may see and write."""

from __future__ import annotations

from bot.crm.user import User


def may_work(actor: User, *, owner_id: str | None, owner: User | None) -> bool:
    """Say whether something of this owner is his to work on: his own, or one of his people's."""
    if not actor.active:
        return False
    return actor.id == owner_id or actor.leads_region(owner.region if owner else "")
