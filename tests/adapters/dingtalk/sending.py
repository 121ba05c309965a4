"""Paths, cards and sends that the tests of sending share."""

from __future__ import annotations

from typing import Any

from bot.chat.card import Button, Card
from bot.chat.outbound import (
    SendCard,
    UpdateCard,
)
from bot.crm.commands import ClaimLead

ONE, MANY = "/v1.0/robot/oToMessages/batchSend", "/v1.0/robot/groupMessages/send"
CREATE, UPDATE = "/v1.0/card/instances/createAndDeliver", "/v1.0/card/instances"
SESSION = "/robot/sendBySession"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def card(*buttons: Button, **changes: Any) -> Card:
    return Card(**{"kind": "test", "title": "新线索：王先生", "buttons": buttons, **changes})


CLAIM = Button("领取", ClaimLead("L7"), style="primary")


def shown(face: Card, *, to: str = "mei", group: bool = False, **changes: Any) -> SendCard:
    sealed = tuple("" if b.command is None else f"seal{n}" for n, b in enumerate(face.presses, 1))
    return SendCard(to=to, card=face, card_key="k7", buttons=sealed, group=group, **changes)


def changed(face: Card, *, code: str = "", to: str = "mei", **changes: Any) -> UpdateCard:
    sealed = tuple("" if b.command is None else f"seal{n}" for n, b in enumerate(face.presses, 1))
    return UpdateCard(to=to, card=face, card_key="k7", buttons=sealed, code=code, **changes)
