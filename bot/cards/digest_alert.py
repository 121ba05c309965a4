"""A deviation from one's own history: what, against what, most likely why; and to be left alone."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.texts import digests as texts
from bot.chat.card import Button, Card, Field
from bot.crm.commands import Ask
from bot.crm.digest_commands import PauseSubscription, StopSubscription

KIND = "digest_alert"
_MUTED_DAYS = "7"


def card(
    title: str, lines: Sequence[tuple[str, str]], *, note: str, text: str, subscription: str, ask: str
) -> Card:
    """`ask` is the question that shows it in detail; `subscription` is empty where it was asked for."""
    mute = (
        Button(texts.MUTE, PauseSubscription(subscription, _MUTED_DAYS)),
        Button(texts.MUTE_FOREVER, StopSubscription(subscription)),
    )
    return Card(
        kind=KIND,
        title=title,
        note=note,
        fields=tuple(Field(label, value) for label, value in lines),
        text=text,
        buttons=(Button("看明细", Ask(ask)), *(mute if subscription else ())),
    )
