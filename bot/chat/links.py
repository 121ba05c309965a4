"""Buttons as links, for platforms where a button can only open a page: the page then acts as the press.

The link `{public_url}/act/{token}` carries the sealed command of one button of one card. The seal binds
it to the card, its receiver and its version, so it does for him what a press would do, whoever opens it;
on a card that hangs before a group it names nobody, so the page has to learn who opened it.
Opening a link does nothing: chat apps open links by themselves to show what is behind them.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from bot.chat.inbound import PRIVATE, Accepted, Tap

#: Where the pages are; the token follows.
PATH = "/act/"
#: A press on a page waits in the inbox under this name, since no platform brought it.
PAGE = "page"
#: How long after a card was shown its links are good.
LIFE = timedelta(hours=72)
#: Characters of a token at the most: a chat app takes links of at most 700.
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Token:
    """Which button of which card a link stands for."""

    card_key: str
    #: The sealed command, as it rides on a button.
    button: str


def action_url(public_url: str, *, card_key: str, button: str) -> str:
    """The address behind a button; `button` is its sealed command, as SendCard and UpdateCard carry it."""
    return f"{public_url.rstrip('/')}{PATH}{spelled(Token(card_key, button))}"


def spelled(token: Token) -> str:
    """The part of the address that says which button it is."""
    return f"{token.card_key}.{base64.urlsafe_b64encode(token.button.encode()).decode().rstrip('=')}"


def token_of(text: str) -> Token | None:
    """The inverse of `spelled`; None for anything else. Whether it is genuine is the seal's to say."""
    card_key, dot, button = text.partition(".")
    is_key = card_key.isascii() and card_key.isalnum()
    if not dot or not is_key or not button or len(text) > LONGEST:
        return None
    try:
        sealed = base64.b64decode(button + "=" * (-len(button) % 4), altchars=b"-_", validate=True)
        found = Token(card_key, sealed.decode())
    except (binascii.Error, ValueError):
        return None
    return found if spelled(found) == text else None


def accepted(tap: Tap[object], *, key: str) -> Accepted:
    """A press on a page as the delivery of nobody but ourselves, in the lane of whoever pressed."""
    body = {
        "platform": tap.platform, "user_id": tap.user_id, "button": tap.button, "card_key": tap.card_key,
        "chat": tap.chat, "selected": {name: list(ids) for name, ids in tap.selected.items()},
        "at": None if tap.at is None else tap.at.isoformat(),
    }  # fmt: skip
    lane_key = f"{tap.platform}:user:{tap.user_id}"
    return Accepted(PAGE, key, lane_key, orjson.dumps(body, option=orjson.OPT_SORT_KEYS), waits=True)


def pressed(body: bytes) -> Tap[object]:
    """The inverse of `accepted`."""
    said = orjson.loads(body)
    return Tap(
        platform=said["platform"], user_id=said["user_id"], button=said["button"], card_key=said["card_key"],
        chat=said["chat"] or PRIVATE,
        selected={name: tuple(ids) for name, ids in said["selected"].items()},
        at=None if said["at"] is None else datetime.fromisoformat(said["at"]),
    )  # fmt: skip
