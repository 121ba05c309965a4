"""Show an admin what would be changed, and ask whether he is sure."""

from __future__ import annotations

from bot.cards.texts import settings as texts
from bot.chat.card import Button, Card, Field
from bot.crm.knobs import Change
from bot.crm.setting_commands import LeaveSetting


def card(change: Change, sure: object, *, undoes: int | None = None) -> Card:
    """`sure` is the command that does it."""
    return Card(
        kind="setting_change",
        title=_title(undoes),
        note=texts.HINT,
        fields=_fields(change),
        buttons=(Button(texts.SURE, sure, style="primary"), Button(texts.LEAVE, LeaveSetting())),
    )


def asked(change: Change, *, undoes: int | None = None) -> Card:
    """He is sure; what comes of it is told by a message."""
    note = texts.ASKED.format(file=change.file)
    return Card(kind="setting_change", title=_title(undoes), note=note, fields=_fields(change))


def left() -> Card:
    """He thought better of it."""
    return Card(kind="setting_change", title=texts.TITLE, note=texts.LEFT)


def _title(undoes: int | None) -> str:
    return texts.TITLE if undoes is None else texts.UNDO_TITLE.format(number=undoes)


def _fields(change: Change) -> tuple[Field, ...]:
    return (
        Field(texts.WHAT, change.name),
        Field(texts.NOW, change.told_before),
        Field(texts.THEN, change.told_after),
        Field(texts.WHERE, f"config/{change.file}.yaml"),
    )
