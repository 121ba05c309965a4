"""Cards and what is to be sent, spelled as JSON and read back: that is how they wait in the store."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.chat.card import Button, Card, Choice, Field, Picture, Poll
from bot.chat.outbound import (
    CardView,
    ChangeContactWay,
    CloseTodo,
    CreateContactLink,
    CreateContactWay,
    DeleteContactWay,
    OpenGroup,
    OpenTodo,
    Outgoing,
    ReadContact,
    SendCard,
    SendPicture,
    SendText,
    UpdateCard,
    Welcome,
)
from bot.kit.wire import pack, unpack

_KINDS: Mapping[str, type[Any]] = {
    "text": SendText,
    "picture": SendPicture,
    "card": SendCard,
    "update": UpdateCard,
    "welcome": Welcome,
    "contact_way": CreateContactWay,
    "contact_link": CreateContactLink,
    "contact_way_change": ChangeContactWay,
    "contact_read": ReadContact,
    "contact_way_end": DeleteContactWay,
    "group": OpenGroup,
    "todo": OpenTodo,
    "todo_end": CloseTodo,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def kind_of(outgoing: Outgoing) -> str:
    """Name what is to be sent, for rows and counters."""
    return _NAMES[type(outgoing)]


def spell_card(card: Card) -> dict[str, Any]:
    """Give the card as a document; commands travel packed."""
    document = {f.name: getattr(card, f.name) for f in dataclasses.fields(card)}
    document["fields"] = [(f.label, f.value, f.url, f.user_id) for f in card.fields]
    document["choice"] = None if card.choice is None else _spelled(card.choice)
    document["poll"] = None if card.poll is None else _spelled(card.poll)
    document["questions"] = [_spelled(one) for one in card.questions]
    document["picture"] = None if card.picture is None else _spelled(card.picture)
    document["buttons"] = _spelled_buttons(card.buttons)
    document["menu"] = _spelled_buttons(card.menu)
    return document


def read_card(document: Mapping[str, Any]) -> Card:
    """The inverse of `spell_card`."""
    choice, poll, picture = (document.get(name) for name in ("choice", "poll", "picture"))
    return Card(
        **{
            **document,
            "emphasis": None if document["emphasis"] is None else tuple(document["emphasis"]),
            "fields": tuple(Field(*field) for field in document["fields"]),
            "choice": None if choice is None else _choice(choice),
            "poll": None if poll is None else Poll(poll[0], _options(poll[1]), poll[2], tuple(poll[3])),
            "questions": tuple(_choice(one) for one in document.get("questions", ())),
            "picture": None if picture is None else Picture(*picture),
            "buttons": _buttons(document["buttons"]),
            "menu": _buttons(document.get("menu", ())),
        }
    )


def _spelled(part: Choice | Poll | Picture) -> list[Any]:
    return [getattr(part, f.name) for f in dataclasses.fields(part)]


def _spelled_buttons(buttons: tuple[Button, ...]) -> list[list[Any]]:
    return [[b.label, None if b.command is None else pack(b.command), b.url, b.style] for b in buttons]


def _choice(spelled: Sequence[Any]) -> Choice:
    return Choice(spelled[0], spelled[1], _options(spelled[2]), spelled[3])


def _options(spelled: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((option[0], option[1]) for option in spelled)


def _buttons(spelled: Sequence[Sequence[Any]]) -> tuple[Button, ...]:
    return tuple(
        Button(label, None if packed is None else unpack(packed), url, style)
        for label, packed, url, style in spelled
    )


def spell(outgoing: Outgoing) -> dict[str, Any]:
    """Give what is to be sent as a document that names its kind."""
    document = {f.name: getattr(outgoing, f.name) for f in dataclasses.fields(outgoing)}
    if isinstance(outgoing, SendCard | UpdateCard):
        document["card"] = spell_card(outgoing.card)
        document["views"] = [(one.user_id, spell_card(one.card), one.buttons) for one in outgoing.views]
    if isinstance(outgoing, UpdateCard) and outgoing.before is not None:
        document["before"] = spell_card(outgoing.before)
    if isinstance(outgoing, SendPicture):
        document["data"] = base64.b64encode(outgoing.data).decode()
    if isinstance(outgoing, OpenTodo):
        document["due_at"] = outgoing.due_at.isoformat()
    return {"kind": kind_of(outgoing), **document}


def read(document: Mapping[str, Any]) -> Outgoing:
    """The inverse of `spell`."""
    fields: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in document.items() if k != "kind"
    }
    for name in ("card", "before"):
        if fields.get(name) is not None:
            fields[name] = read_card(fields[name])
    if "due_at" in fields:
        fields["due_at"] = datetime.fromisoformat(fields["due_at"])
    if "views" in fields:
        fields["views"] = tuple(CardView(of, read_card(card), tuple(b)) for of, card, b in fields["views"])
    if "data" in fields:
        fields["data"] = base64.b64decode(fields["data"])
    outgoing: Outgoing = _KINDS[document["kind"]](**fields)
    return outgoing
