"""A rep's report of the day: the draft's buttons, and what became of it."""

from __future__ import annotations

from bot.cards.texts import digests as texts
from bot.chat.card import Button, Card
from bot.crm.digest_commands import EditDayReport, LeaveDayReport, SendDayReport

KIND = "digest_day"


def draft(day: str, *, said_day: str, managers: str) -> Card:
    """The draft is read above it; here it is sent, changed or left."""
    return Card(
        kind=KIND,
        title=texts.DAY_TITLE.format(day=said_day),
        note=texts.DAY_BUTTONS_NOTE.format(managers=managers) if managers else texts.DAY_NO_MANAGER,
        buttons=(
            *((Button(texts.DAY_SEND, SendDayReport(day), style="primary"),) if managers else ()),
            Button(texts.DAY_EDIT, EditDayReport(day)),
            Button(texts.DAY_LEAVE, LeaveDayReport(day)),
        ),
    )


def said(title: str, note: str = "") -> Card:
    """In place of the buttons: what became of it."""
    return Card(kind=KIND, title=title, note=note)
