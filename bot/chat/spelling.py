"""Cards and what is to be sent, spelled as JSON and read back: that is how they wait in the store."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from bot.chat.card import Button, Card, Choice, Field
from bot.chat.outbound import (
    CreateContactWay,
    DeleteContactWay,
    OpenGroup,
    Outgoing,
    SendCard,
    SendText,
    UpdateCard,
    Welcome,
)
from bot.kit.wire import pack, unpack

_KINDS: Mapping[str, type[Any]] = {
    "text": SendText,
    "card": SendCard,
    "update": UpdateCard,
    "welcome": Welcome,
    "contact_way": CreateContactWay,
    "contact_way_end": DeleteContactWay,
    "group": OpenGroup,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def kind_of(outgoing: Outgoing) -> str:
    """Name what is to be sent, for rows and counters."""
    return _NAMES[type(outgoing)]


def spell_card(card: Card) -> dict[str, Any]:
    """Give the card as a document; commands travel packed."""
    document = {f.name: getattr(card, f.name) for f in dataclasses.fields(card)}
    document["fields"] = [(f.label, f.value, f.url, f.user_id) for f in card.fields]
    choice = card.choice
    document["choice"] = (
        None if choice is None else (choice.key, choice.title, choice.options, choice.selected)
    )
    document["buttons"] = [
        [b.label, None if b.command is None else pack(b.command), b.url, b.style] for b in card.buttons
    ]
    return document


def read_card(document: Mapping[str, Any]) -> Card:
    """The inverse of `spell_card`."""
    choice = document["choice"]
    return Card(
        **{
            **document,
            "emphasis": None if document["emphasis"] is None else tuple(document["emphasis"]),
            "fields": tuple(Field(*field) for field in document["fields"]),
            "choice": None
            if choice is None
            else Choice(choice[0], choice[1], tuple((o[0], o[1]) for o in choice[2]), choice[3]),
            "buttons": tuple(
                Button(label, None if packed is None else unpack(packed), url, style)
                for label, packed, url, style in document["buttons"]
            ),
        }
    )


def spell(outgoing: Outgoing) -> dict[str, Any]:
    """Give what is to be sent as a document that names its kind."""
    document = {f.name: getattr(outgoing, f.name) for f in dataclasses.fields(outgoing)}
    if isinstance(outgoing, SendCard | UpdateCard):
        document["card"] = spell_card(outgoing.card)
    return {"kind": kind_of(outgoing), **document}


def read(document: Mapping[str, Any]) -> Outgoing:
    """The inverse of `spell`."""
    fields: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in document.items() if k != "kind"
    }
    if "card" in fields:
        fields["card"] = read_card(fields["card"])
    outgoing: Outgoing = _KINDS[document["kind"]](**fields)
    return outgoing
