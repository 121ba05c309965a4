"""A lead that somebody else was faster to take."""

from __future__ import annotations

from datetime import datetime

from bot.cards.texts import lead_lines
from bot.chat.card import Card, Field
from bot.crm.lead import Lead
from bot.crm.pool import Standing

TAKEN = "已被{winner}于 {at} 领取"
TAKEN_SOMETIME = "已由{winner}负责"


def text(winner: str, at: datetime | None, now: datetime) -> str:
    """Who won, and when."""
    if at is None:
        return TAKEN_SOMETIME.format(winner=winner)
    return TAKEN.format(winner=winner, at=lead_lines.exact(at.astimezone(now.tzinfo), now))


def card(
    lead: Lead | Standing, *, winner: str, at: datetime | None, now: datetime, is_named: bool = True
) -> Card:
    """Say it on the loser's card; nothing can be done on it any more. `now` is in the company's zone.

    Not `is_named` for whoever was never shown the lead: its number is all he learns of it.
    """
    return Card(
        kind="lead_taken",
        source=lead.id,
        title=lead.display if is_named else lead.id,
        note=text(winner, at, now),
        fields=(Field("负责人", winner),) if winner else (),
    )
