"""The outbox: what is to be said, written with the change that causes it, sent after the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, select, update

from bot.chat.card import Card, plain
from bot.chat.outbound import Notice, Outgoing, SendCard, SendText, UpdateCard
from bot.chat.spelling import kind_of, read_card, spell, spell_card
from bot.kit.ids import keyed
from bot.store import incidents
from bot.store.buttons import seal_buttons
from bot.store.desk import Desk
from bot.store.tables.machinery import cards, outbox
from bot.store.tables.people import logins, users
from bot.store.tx import Tx

_LINE = 60


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card that hangs in somebody's chat."""

    card_key: str
    platform: str
    topic: str
    user_id: str
    kind: str
    version: int
    #: The platform's own id of the person.
    account: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody reads us."""

    platform: str
    account: str

    @property
    def lane_key(self) -> str:
        """What one receiver gets, he gets in order."""
        return f"{self.platform}:{self.account}"


_ADDRESS = (
    select(logins.c.platform, logins.c.account)
    .join(users, users.c.id == logins.c.user_id)
    .where(users.c.id == bindparam("of_user"), users.c.active.is_(True))
    # He reads where he last did something; otherwise anywhere he can be reached.
    .order_by((logins.c.platform == users.c.platform).desc(), logins.c.platform)
    .limit(1)
)
_SHOWN = (
    select(cards, logins.c.account)
    .join(logins, (logins.c.user_id == cards.c.user_id) & (logins.c.platform == cards.c.platform))
    .where(cards.c.topic == bindparam("of_topic"), cards.c.state != "closed")
    .order_by(cards.c.card_key)
)
_BY_KEY = select(cards).where(cards.c.card_key == bindparam("key"))
_REDRAWN = (
    update(cards)
    .where(cards.c.card_key == bindparam("key"), cards.c.version == bindparam("was"))
    .values(
        version=cards.c.version + 1,
        shows=bindparam("now_shows"),
        body=bindparam("drawing"),
        kind=bindparam("of_kind"),
        topic=bindparam("about"),
    )
)
_SUPERSEDE = (
    update(outbox)
    .where(outbox.c.card_key == bindparam("key"), outbox.c.kind == "update", outbox.c.state == "pending")
    .values(state="skipped", reason="superseded", body=b"", line=None)
)
_STATE = select(outbox.c.state).where(
    outbox.c.lane_key == bindparam("lane"), outbox.c.key == bindparam("of_key")
)
_RESULT = select(outbox.c.result).where(
    outbox.c.lane_key == bindparam("lane"), outbox.c.key == bindparam("of_key"), outbox.c.state == "sent"
)


async def address(tx: Tx, user_id: str) -> Address | None:
    """Where a colleague reads us now; None if he is gone or has no login."""
    row = await tx.first(_ADDRESS, of_user=user_id)
    return None if row is None else Address(row.platform, row.account)


async def post(desk: Desk, notice: Notice) -> bool:
    """Queue a notice; False if this occasion was posted before, or nobody is there to read it."""
    if notice.group:
        platform, _, chat = notice.to.partition(":")
        return await _post_to(desk, notice, Address(platform, chat))
    where = await address(desk.tx, notice.to)
    if where is None:
        await incidents.count(desk.tx, "notice.skipped", "no_address", desk.now)
        return False
    return await _post_to(desk, notice, where)


async def _post_to(desk: Desk, notice: Notice, where: Address) -> bool:
    if notice.card is None or notice.group:
        text = notice.text if notice.card is None else plain(notice.card)
        outgoing: Outgoing = SendText(to=where.account, text=text, group=notice.group, mark=notice.key)
        return await _queue(desk, where, outgoing, key=notice.key, topic=notice.topic,
                            expires_at=notice.expires_at, line=text)  # fmt: skip
    card_key = keyed(desk.vault.key("card"), where.platform, where.account, notice.key)
    sealed = seal_buttons(desk.vault, notice.card, card_key=card_key, audience=where.lane_key, version=1)
    spelled = _spelled(notice.card)
    fresh = await desk.tx.insert_new(
        cards,
        {
            "card_key": card_key,
            "platform": where.platform,
            "topic": notice.topic,
            "user_id": notice.to,
            "kind": notice.card.kind,
            "shows": _fingerprint(spelled),
            "body": _seal_card(desk, spelled, card_key),
            "version": 1,
            "created_at": desk.now,
            "state": "queued",
        },
    )
    if not fresh:
        return False
    card = SendCard(to=where.account, card=notice.card, card_key=card_key, buttons=sealed)
    return await _queue(desk, where, card, key=notice.key, topic=notice.topic, card_key=card_key,
                        expires_at=notice.expires_at, line=notice.card.title)  # fmt: skip


async def redraw(desk: Desk, shown: ShownCard, card: Card, *, force: bool = False, topic: str = "") -> bool:
    """Queue the change of a card; False if it would look the same or was changed meanwhile.

    `force` answers a press: the pressed card waits for us even if nothing changed on it.
    """
    row = await desk.tx.first(_BY_KEY, key=shown.card_key)
    spelled = _spelled(card)
    if row is None or (row.shows == _fingerprint(spelled) and not force):
        return False
    version = row.version + 1
    changed = await desk.tx.run(
        _REDRAWN, key=shown.card_key, was=row.version, now_shows=_fingerprint(spelled),
        drawing=_seal_card(desk, spelled, shown.card_key), of_kind=card.kind, about=topic or row.topic,
    )  # fmt: skip
    if changed != 1:
        return False
    where = Address(shown.platform, shown.account)
    sealed = seal_buttons(desk.vault, card, card_key=shown.card_key, audience=where.lane_key, version=version)
    await desk.tx.run(_SUPERSEDE, key=shown.card_key)
    change = UpdateCard(
        to=shown.account, card=card, card_key=shown.card_key, buttons=sealed, code="", answers=force
    )
    return await _queue(desk, where, change, key=f"{shown.card_key}:v{version}",
                        topic=topic or row.topic, card_key=shown.card_key)  # fmt: skip


async def on_topic(desk: Desk, topic: str) -> list[ShownCard]:
    """Every card about this that somebody still has before him."""
    return [_shown(row, row.account) for row in await desk.tx.all(_SHOWN, of_topic=topic)]


async def shown(tx: Tx, card_key: str, account: str) -> ShownCard | None:
    """The card of this key, if it is one of ours."""
    row = await tx.first(_BY_KEY, key=card_key)
    return None if row is None else _shown(row, account)


async def drawing(desk: Desk, card_key: str) -> Card | None:
    """What the card shows now, to show it again."""
    row = await desk.tx.first(_BY_KEY, key=card_key)
    if row is None:
        return None
    return read_card(orjson.loads(desk.vault.open(row.body, f"cards.body:{card_key}")))


async def show_anew(desk: Desk, change: UpdateCard, key: str) -> bool:
    """Show a card as a new message because the old one cannot be changed any more."""
    row = await desk.tx.first(_BY_KEY, key=change.card_key)
    if row is None:
        return False
    return await post(desk, Notice(to=row.user_id, key=f"anew:{key}", card=change.card, topic=row.topic))


async def effect(
    desk: Desk,
    *,
    platform: str,
    outgoing: Outgoing,
    key: str,
    lane_key: str,
    topic: str = "",
    expires_at: datetime | None = None,
) -> bool:
    """Queue something that is not a message to a colleague (a greeting, a QR code)."""
    where = Address(platform, lane_key)
    return await _queue(desk, where, outgoing, key=key, topic=topic, expires_at=expires_at, lane_key=lane_key)


async def is_lost(tx: Tx, lane_key: str, key: str) -> bool:
    """Say whether an effect will never come: refused, too late, or nobody knows."""
    row = await tx.first(_STATE, lane=lane_key, of_key=key)
    return row is not None and row.state in {"failed", "skipped", "unknown"}


async def result(tx: Tx, lane_key: str, key: str) -> Mapping[str, str] | None:
    """What the platform answered to an effect; None while it has not been sent."""
    row = await tx.first(_RESULT, lane=lane_key, of_key=key)
    return None if row is None else dict(row.result or {})


async def _queue(
    desk: Desk,
    where: Address,
    outgoing: Outgoing,
    *,
    key: str,
    topic: str,
    card_key: str | None = None,
    expires_at: datetime | None = None,
    line: str | None = None,
    lane_key: str | None = None,
) -> bool:
    lane = lane_key or where.lane_key
    return await desk.tx.insert_new(
        outbox,
        {
            "lane_key": lane,
            "key": key,
            "platform": where.platform,
            "kind": kind_of(outgoing),
            "recipient": where.account,
            "body": desk.vault.seal(orjson.dumps(spell(outgoing)), f"outbox.body:{lane}:{key}"),
            "topic": topic,
            "card_key": card_key,
            "line": None
            if line is None
            else desk.vault.seal(line[:_LINE].encode(), f"outbox.line:{lane}:{key}"),
            "created_at": desk.now,
            "due_at": desk.now,
            "expires_at": expires_at,
            "state": "pending",
            "attempts": 0,
            "fence": 0,
        },
    )


def _shown(row: Any, account: str) -> ShownCard:  # noqa: ANN401 - a row
    return ShownCard(row.card_key, row.platform, row.topic, row.user_id, row.kind, row.version, account)


def _spelled(card: Card) -> bytes:
    return orjson.dumps(spell_card(card), option=orjson.OPT_SORT_KEYS)


def _seal_card(desk: Desk, spelled: bytes, card_key: str) -> bytes:
    return desk.vault.seal(spelled, f"cards.body:{card_key}")


def _fingerprint(spelled: bytes) -> str:
    return hashlib.sha256(spelled).hexdigest()[:32]
