"""What a colleague is asked to send to several customers at once, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.texts import outreach as texts
from bot.chat.card import Button, Card, Field
from bot.crm.outreach_commands import CheckGroupMessage, DeclineGroupMessage

_NAMES, _PREVIEW = 4, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One task as it is shown."""

    id: str
    #: What the content is called.
    what: str
    text: str
    state: str
    names: Sequence[str]
    count: int
    until: str = ""
    #: sent, failed, waiting.
    counts: tuple[int, int, int] = (0, 0, 0)
    #: Of all who got it together: whose they are nobody can tell.
    clicks: int = 0
    is_reminder: bool = False


def card(sheet: Sheet) -> Card:
    """Show it; nothing can be done on one that is over."""
    is_open = sheet.state == "asked"
    title = texts.REMINDED if sheet.is_reminder else texts.TITLE
    fields = [Field(texts.WHOM, _whom(sheet)), Field(texts.TEXT, _preview(sheet.text))]
    if is_open and sheet.until:
        fields.append(Field(texts.UNTIL, sheet.until))
    if sheet.counts[0] or sheet.counts[1] or not is_open:
        sent, failed, waiting = sheet.counts
        fields.append(Field(texts.RESULT, texts.COUNTS.format(sent=sent, failed=failed, waiting=waiting)))
    if sheet.clicks:
        fields.append(Field(texts.CLICKS, texts.CLICKS_OF_ALL.format(n=sheet.clicks)))
    return Card(
        kind="group_message",
        source=texts.SOURCE_LINE,
        title=title.format(what=sheet.what),
        note=texts.NOTE if is_open else texts.ENDS.get(sheet.state, sheet.state),
        fields=tuple(fields),
        buttons=_buttons(sheet.id) if is_open else (),
    )


def _buttons(group_id: str) -> tuple[Button, ...]:
    return (
        Button(texts.BUTTON_SENT, CheckGroupMessage(group_id), style="primary"),
        Button(texts.BUTTON_DECLINE, DeclineGroupMessage(group_id)),
    )


def _whom(sheet: Sheet) -> str:
    names = "、".join(sheet.names[:_NAMES])
    said = texts.WHOM_SOME if sheet.count > _NAMES else texts.WHOM_ALL
    return said.format(names=names, n=sheet.count)


def _preview(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _PREVIEW else said[: _PREVIEW - 1] + "…"
