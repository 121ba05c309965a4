"""What a card looks like on the screen where it hangs, as far as the platform took our changes."""

from __future__ import annotations

import orjson
from sqlalchemy import bindparam, select

from bot.chat.outbound import UpdateCard
from bot.chat.spelling import read
from bot.store.desk import Desk
from bot.store.tables.machinery import card_codes, cards, outbox
from bot.store.tx import Tx

_LAST_CHANGE = (
    select(outbox.c.lane_key, outbox.c.key, outbox.c.body)
    .where(
        outbox.c.card_key == bindparam("of_card"),
        outbox.c.kind == "update",
        outbox.c.state == "sent",
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_A_CODE = select(card_codes.c.id).where(card_codes.c.card_key == bindparam("of_card")).limit(1)
_SENT_TWICE = select(outbox.c.id).where(
    outbox.c.card_key == bindparam("of_card"),
    outbox.c.kind == "card",
    outbox.c.reason == "repeated",
).limit(1)  # fmt: skip

_NEWEST = (
    select(cards.c.card_key)
    .where(
        cards.c.topic == bindparam("of_topic"),
        cards.c.user_id == bindparam("of_user"),
        cards.c.platform == bindparam("on_platform"),
        cards.c.state != "closed",
    )
    .order_by(cards.c.created_at.desc(), cards.c.card_key)
    .limit(1)
)


async def can_be_pressed(desk: Desk, card_key: str) -> bool:
    """Whether buttons stand on it; what was sent and never changed since has them."""
    row = await desk.tx.first(_LAST_CHANGE, of_card=card_key)
    if row is None or not row.body:
        return row is None
    shown = read(orjson.loads(desk.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}")))
    return not isinstance(shown, UpdateCard) or bool(shown.card.presses)


async def is_changed_by_code(tx: Tx, card_key: str) -> bool:
    """Whether its platform gave a code to change it, or the code was lost with the answer to its sending."""
    if await tx.first(_A_CODE, of_card=card_key) is not None:
        return True
    return await tx.first(_SENT_TWICE, of_card=card_key) is not None


async def newest(tx: Tx, topic: str, *, user_id: str, platform: str) -> str | None:
    """The key of the last card about this that somebody was sent in his own chat."""
    row = await tx.first(_NEWEST, of_topic=topic, of_user=user_id, on_platform=platform)
    return None if row is None else str(row.card_key)
