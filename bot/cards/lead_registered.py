"""A lead that somebody tapped, while taps are collected."""

from __future__ import annotations

from bot.cards.texts.reveal import REGISTERED
from bot.chat.card import Card
from bot.crm.lead import Lead


def card(lead: Lead, *, seconds: int) -> Card:
    """Say that his tap counts; nothing more can be done until it is decided."""
    return Card(
        kind="lead_registered",
        source=lead.id,
        title=lead.display,
        note=REGISTERED.format(seconds=seconds),
    )
