"""What somebody has just promised."""

from __future__ import annotations

from bot.cards.texts import forecasts as texts
from bot.chat.card import Button, Card
from bot.crm.forecast_commands import ShowCommitments


def card(said: str, when: str) -> Card:
    """Written down; the way to everybody's beside forecast and target."""
    return Card(kind="commitment", title=said, buttons=(Button(texts.ASK_AGAIN, ShowCommitments(when)),))
