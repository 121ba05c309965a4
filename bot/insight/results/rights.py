"""Whose people somebody sees in results: a manager those of his region, marketing and the top everybody's."""

from __future__ import annotations

from bot.crm.user import Role, User


def region_of(viewer: User) -> str | None:
    """His region, empty for all of them; None for whoever sees no results."""
    if not viewer.active:
        return None
    if viewer.role in {Role.MARKETER, Role.DIRECTOR, Role.EXECUTIVE}:
        return ""
    return viewer.region if viewer.role is Role.MANAGER and viewer.region else None
