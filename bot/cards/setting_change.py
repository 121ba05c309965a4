"""Show an admin what would be changed, and ask whether he is sure."""

from __future__ import annotations

from bot.cards.texts import settings as texts
from bot.chat.card import Button, Card, Field
from bot.crm.knobs import Change
from bot.crm.setting_commands import LeaveSetting


def card(change: Change, sure: object, *, undoes: int | None = None) -> Card:
    """`sure` is the command that does it."""
    title = texts.TITLE if undoes is None else texts.UNDO_TITLE.format(number=undoes)
    return Card(
        kind="setting_change",
        title=title,
        note=texts.HINT,
        fields=(
            Field(texts.WHAT, change.name),
            Field(texts.NOW, change.told_before),
            Field(texts.THEN, change.told_after),
            Field(texts.WHERE, f"config/{change.file}.yaml"),
        ),
        buttons=(
            Button(texts.SURE, sure, style="primary"),
            Button(texts.LEAVE, LeaveSetting()),
        ),
    )
