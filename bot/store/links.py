"""Cards whose buttons are links: whose they are, and what became of a press on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, or_, select

from bot.chat.card import Card
from bot.chat.links import PAGE
from bot.chat.outbound import SendCard, SendText
from bot.chat.spelling import read
from bot.store import outbox
from bot.store.desk import Desk
from bot.store.tables.machinery import cards, inbox
from bot.store.tables.machinery import outbox as outbox_table
from bot.store.tables.people import logins
from bot.store.tx import Tx

_CARD = (
    select(cards.c.platform, cards.c.user_id, cards.c.chat, cards.c.created_at, logins.c.account)
    .outerjoin(logins, (logins.c.user_id == cards.c.user_id) & (logins.c.platform == cards.c.platform))
    .where(cards.c.card_key == bindparam("key"))
)
_PRESS = select(inbox.c.state).where(
    inbox.c.lane_key == bindparam("lane"), inbox.c.platform == PAGE, inbox.c.key == bindparam("press")
)
_SAID = (
    select(outbox_table)
    .where(
        outbox_table.c.lane_key == bindparam("lane"),
        or_(outbox_table.c.key == bindparam("text_key"), outbox_table.c.key == bindparam("card_key")),
    )
    .order_by(outbox_table.c.id)
)


@dataclass(frozen=True, slots=True)
class LinkedCard:
    """A card that was shown with links."""

    platform: str
    #: Whose it is, by the platform's own id; empty before a group.
    account: str
    #: The group before which it hangs; empty in somebody's own chat.
    chat: str
    shown_at: datetime

    @property
    def audience(self) -> str:
        """For whom its buttons were sealed."""
        return f"{self.platform}:{self.chat or self.account}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a press on a page."""

    #: As in the inbox: pending, done, refused, unknown, quarantined.
    state: str
    #: What was said to whoever pressed, and the new card that he got.
    text: str = ""
    card: Card | None = None


async def find(tx: Tx, card_key: str) -> LinkedCard | None:
    """The card of this key; None if it is not ours, or its owner is on this platform no more."""
    row = await tx.first(_CARD, key=card_key)
    if row is None or not (row.chat or row.account):
        return None
    return LinkedCard(row.platform, "" if row.chat else row.account, row.chat or "", row.created_at)


async def outcome(desk: Desk, card_key: str, *, account: str, platform: str, press: str) -> Outcome | None:
    """What became of a press; None if there was none."""
    row = await desk.tx.first(_PRESS, lane=f"{platform}:user:{account}", press=press)
    if row is None:
        return None
    said, fresh = "", None
    keys = {"text_key": f"text:{PAGE}:{press}", "card_key": f"card:{PAGE}:{press}"}
    for one in await desk.tx.all(_SAID, lane=f"{platform}:{account}", **keys):
        match _opened(desk, one):
            case SendText(text=text):
                said = text
            case SendCard(card=card):
                fresh = card
            case _:
                continue
    return Outcome(row.state, said, fresh or await outbox.drawing(desk, card_key))


def _opened(desk: Desk, row: Any) -> object:  # noqa: ANN401 - a row of the outbox
    if not row.body:
        return None
    return read(orjson.loads(desk.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}")))
