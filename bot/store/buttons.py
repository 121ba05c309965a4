"""Commands on buttons: sealed so that they come back whole, from whom and for what they were given.

The code binds the command to the card, the receiver and the card's version. A press brings all
of them back on the platform's signed word; nothing on the card itself is believed.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from bot.chat.card import Card
from bot.kit.vault import Vault
from bot.kit.wire import pack, unpack

_LABEL = "button"
_PARTS = 3
#: One spelling for each number.
_VERSION = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A genuine button: what it asks for, and the version of the card it was on."""

    command: object
    version: int


def seal_buttons(vault: Vault, card: Card, *, card_key: str, audience: str, version: int) -> tuple[str, ...]:
    """Give the sealed command of all that can be pressed, in order; links have none."""
    return tuple(
        "" if b.command is None else _seal(vault, pack(b.command), card_key, audience, version)
        for b in card.presses
    )


def _seal(vault: Vault, packed: str, card_key: str, audience: str, version: int) -> str:
    mac = vault.sign(_LABEL, _bound(packed, card_key, audience, version))
    return f"{packed}~{version}~{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def _bound(packed: str, card_key: str, audience: str, version: int) -> str:
    return "\n".join((packed, card_key, audience, str(version)))


def open_button(vault: Vault, button: str, *, card_key: str, audience: str) -> Pressed | None:
    """Read a pressed button; None unless we made it for this card and this receiver."""
    parts = button.rsplit("~", _PARTS - 1)
    if len(parts) != _PARTS or not _VERSION.fullmatch(parts[1]):
        return None
    packed, version, spelled = parts
    try:
        mac = base64.urlsafe_b64decode(spelled + "=" * (-len(spelled) % 4))
        if not vault.signed(_LABEL, _bound(packed, card_key, audience, int(version)), mac):
            return None
        return Pressed(unpack(packed), int(version))
    except ValueError:
        return None
