"""Somebody's own data: the link to all of it, and whether it shall really go."""

from __future__ import annotations

from bot.cards.texts import privacy as texts
from bot.chat.card import Button, Card, Field
from bot.crm.lead import Lead
from bot.crm.privacy_commands import ErasePerson, KeepPerson


def export(lead_id: str, url: str) -> Card:
    """The link, for whoever asked."""
    return Card(
        kind="person_export",
        title=texts.EXPORT_TITLE.format(lead_id=lead_id),
        note=texts.EXPORT_NOTE,
        buttons=(Button(texts.OPEN_EXPORT, url=url, style="primary"),),
    )


def ask(lead: Lead, reason: str) -> Card:
    """What goes, what stays, and whether he is sure."""
    return Card(
        kind="person_erase",
        title=texts.ERASE_TITLE.format(lead_id=lead.id),
        note=texts.ERASE_NOTE,
        fields=(Field(texts.WHO, lead.display), Field(texts.REASON, reason)),
        text=f"{texts.WHAT}：{texts.WHAT_TEXT}\n{texts.KEPT}：{texts.KEPT_TEXT}",
        buttons=(
            Button(texts.SURE, ErasePerson(lead.id, reason, "yes"), style="danger"),
            Button(texts.LEAVE, KeepPerson()),
        ),
    )


def erased(lead_id: str) -> Card:
    """It is done; nothing here says who it was."""
    title = texts.ERASED_TITLE.format(lead_id=lead_id)
    return Card(kind="person_erase", title=title, note=texts.ERASED_NOTE, text=texts.BACKUPS)


def left() -> Card:
    """He thought better of it."""
    return Card(kind="person_erase", title=texts.LEFT_TITLE, note=texts.LEFT_NOTE)
