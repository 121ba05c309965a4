"""The outbox: what is to be said, written with the change that causes it, sent after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import String, bindparam, func, or_, select, update

from bot.chat.card import Card, plain
from bot.chat.outbound import WEBHOOK, Notice, Outgoing, SendCard, SendPicture, SendText, UpdateCard
from bot.chat.spelling import kind_of, read, read_card, spell
from bot.kit.ids import keyed
from bot.store import incidents
from bot.store.buttons import seal_buttons
from bot.store.card_views import ALIKE, Views, fingerprint, spelled
from bot.store.desk import Desk
from bot.store.tables.machinery import cards, outbox
from bot.store.tables.people import logins, users
from bot.store.tx import Tx
from bot.store.types import Json

_LINE = 60
#: Who goes first.
_ANSWER, _REST = 0, 1


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card that hangs in somebody's chat."""

    card_key: str
    platform: str
    topic: str
    user_id: str
    kind: str
    version: int
    #: The platform's own id of the person, or of the group.
    account: str
    #: The group in which it hangs before everybody; empty in somebody's own chat.
    chat: str = ""


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
_IN_GROUPS = (
    select(cards)
    .where(cards.c.topic == bindparam("of_topic"), cards.c.user_id == "", cards.c.state != "closed")
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
        views=bindparam("each", type_=Json),
    )
)
_SUPERSEDE = (
    update(outbox)
    .where(
        outbox.c.card_key == bindparam("key"),
        # What is said of a card that cannot be changed is needless once it can.
        or_(outbox.c.kind == "update", outbox.c.kind == "text"),
        outbox.c.state == "pending",
    )
    .values(state="skipped", reason="superseded", line=None)
    .returning(outbox.c.id, outbox.c.lane_key, outbox.c.key, outbox.c.body)
)
_BEGINS = bindparam("begins", type_=String)
_CALL_OFF = (
    update(outbox)
    .where(
        outbox.c.lane_key == bindparam("lane"),
        func.substr(outbox.c.key, 1, func.length(_BEGINS)) == _BEGINS,
        # One that is on the wire cannot be called back.
        or_(outbox.c.state == "pending", outbox.c.state == "leased"),
    )
    .values(state="skipped", reason=bindparam("why"), lease_until=None)
)
_EMPTIED = update(outbox).where(outbox.c.id == bindparam("of")).values(body=b"")
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
        return await post_at(desk, notice, Address(platform, chat))
    where = await address(desk.tx, notice.to)
    if where is None:
        await incidents.count(desk.tx, "notice.skipped", "no_address", desk.now)
        return False
    return await post_at(desk, notice, where)


async def post_at(desk: Desk, notice: Notice, where: Address) -> bool:
    """As `post`, where the caller says."""
    chart = None if notice.image is None else notice.image.chart
    if chart is None or not (notice.text or notice.card):
        return await _post_one(desk, notice, where)
    # The words first: they stand whatever becomes of the picture.
    if not await _post_one(desk, replace(notice, image=None), where):
        return False
    picture = replace(notice, key=f"{notice.key}:picture", card=None, text="", reply_to="")
    return await _post_one(desk, picture, where)


async def _post_one(desk: Desk, notice: Notice, where: Address) -> bool:
    """Queue one message."""
    if notice.card is None or (notice.group and not _is_pressed(notice.card)):
        text = notice.text if notice.card is None else plain(notice.card)
        outgoing = _without_buttons(notice, where, text)
        return await _queue(desk, where, outgoing, key=notice.key, topic=notice.topic,
                            expires_at=notice.expires_at, line=text or None,
                            answers=notice.answers)  # fmt: skip
    card_key = keyed(desk.vault.key("card"), where.platform, where.account, notice.key)
    sealed = seal_buttons(desk.vault, notice.card, card_key=card_key, audience=where.lane_key, version=1)
    drawn = spelled(notice.card)
    fresh = await desk.tx.insert_new(
        cards,
        {
            "card_key": card_key,
            "platform": where.platform,
            "topic": notice.topic,
            "user_id": "" if notice.group else notice.to,
            "chat": where.account if notice.group else None,
            "kind": notice.card.kind,
            "shows": fingerprint(drawn),
            "body": _seal_card(desk, drawn, card_key),
            "version": 1,
            "created_at": desk.now,
            "state": "queued",
        },
    )
    if not fresh:
        return False
    card = SendCard(
        to=where.account, card=notice.card, card_key=card_key, buttons=sealed, group=notice.group,
        reply_to=notice.reply_to,
    )  # fmt: skip
    return await _queue(desk, where, card, key=notice.key, topic=notice.topic, card_key=card_key,
                        expires_at=notice.expires_at, line=notice.card.title,
                        answers=notice.answers)  # fmt: skip


def _without_buttons(notice: Notice, where: Address, text: str) -> Outgoing:
    """What is said, shown as a picture, or shown in a group by a robot that can only speak."""
    to, group = where.account, notice.group
    if notice.image is not None:
        image = notice.image
        return SendPicture(to=to, data=image.data, url=image.url, chart=image.chart, instead=text,
                           group=group, mark=notice.key, reply_to=notice.reply_to)  # fmt: skip
    if notice.card is not None and to.startswith(WEBHOOK) and not notice.card.presses:
        return SendCard(to=to, card=notice.card, card_key="", buttons=(), group=True)
    return SendText(to=to, text=text, group=group, mark=notice.key, reply_to=notice.reply_to)


def _is_pressed(card: Card) -> bool:
    return any(button.command is not None for button in card.presses)


async def redraw(
    desk: Desk,
    shown: ShownCard,
    card: Card,
    *,
    force: bool = False,
    topic: str = "",
    anew: bool = True,
    views: Views = ALIKE,
) -> bool:
    """Queue the change of a card; False if it would look the same or was changed meanwhile.

    `force` answers a press: the pressed card waits for us even if nothing changed on it. Where it
    cannot be changed it is shown `anew`.
    """
    row = await desk.tx.first(_BY_KEY, key=shown.card_key)
    drawn = spelled(card)
    if row is None:
        return False
    each = views.of(row, card)
    if row.shows == fingerprint(drawn) and not (force or each.has_changed):
        return False
    version = row.version + 1
    changed = await desk.tx.run(
        _REDRAWN, key=shown.card_key, was=row.version, now_shows=fingerprint(drawn), each=each.kept,
        drawing=_seal_card(desk, drawn, shown.card_key), of_kind=card.kind, about=topic or row.topic,
    )  # fmt: skip
    if changed != 1:
        return False
    where = Address(shown.platform, shown.account)
    sealed = seal_buttons(desk.vault, card, card_key=shown.card_key, audience=where.lane_key, version=version)
    before, unseen = await _superseded(desk, shown.card_key)
    change = UpdateCard(
        to=shown.account, card=card, card_key=shown.card_key, buttons=sealed, code="",
        answers=force and anew, before=before or _asking(desk, row),
        views=each.sealed(
            desk.vault, (shown.platform, shown.card_key), sealed, version=version, unseen=unseen
        ),
    )  # fmt: skip
    return await _queue(desk, where, change, key=f"{shown.card_key}:v{version}",
                        topic=topic or row.topic, card_key=shown.card_key, answers=force)  # fmt: skip


async def _superseded(desk: Desk, card_key: str) -> tuple[Card | None, frozenset[str]]:
    """Drop what waits to be shown on a card.

    Gives what it was to take the place of, if that one asks, and who has not seen his own yet.
    """
    before, unseen = None, frozenset[str]()
    for row in await desk.tx.all(_SUPERSEDE, key=card_key):
        dropped = read(orjson.loads(desk.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}")))
        await desk.tx.run(_EMPTIED, of=row.id)
        if isinstance(dropped, UpdateCard):
            before = dropped.before or before
            unseen |= {view.user_id for view in dropped.views}
    return before, unseen


async def on_topic(desk: Desk, topic: str) -> list[ShownCard]:
    """Every card about this that somebody still has before him."""
    return [_shown(row, row.account) for row in await desk.tx.all(_SHOWN, of_topic=topic)]


async def in_groups(desk: Desk, topic: str) -> list[ShownCard]:
    """Every card about this that hangs before a group."""
    return [_shown(row, row.chat) for row in await desk.tx.all(_IN_GROUPS, of_topic=topic)]


async def say_beside(desk: Desk, shown: ShownCard, text: str, *, occasion: str) -> bool:
    """Say in a group what its card, which cannot be changed now, does not show; needless if it can be."""
    where, key = Address(shown.platform, shown.account), f"beside:{shown.card_key}:{occasion}"
    said = SendText(to=where.account, text=text, group=True, mark=key)
    return await _queue(desk, where, said, key=key, topic=shown.topic, card_key=shown.card_key, line=text)


async def shown(tx: Tx, card_key: str, account: str) -> ShownCard | None:
    """The card of this key, if it is one of ours."""
    row = await tx.first(_BY_KEY, key=card_key)
    return None if row is None else _shown(row, account)


async def drawing(desk: Desk, card_key: str) -> Card | None:
    """What the card shows now, to show it again."""
    row = await desk.tx.first(_BY_KEY, key=card_key)
    return None if row is None else _drawing(desk, row)


def _drawing(desk: Desk, row: Any) -> Card:  # noqa: ANN401 - a row
    return read_card(orjson.loads(desk.vault.open(row.body, f"cards.body:{row.card_key}")))


def _asking(desk: Desk, row: Any) -> Card | None:  # noqa: ANN401 - a row
    """What hangs there, if it is a card whose answers have to be closed."""
    before = _drawing(desk, row)
    return before if before.is_asking else None


async def show_anew(desk: Desk, change: UpdateCard, key: str) -> bool:
    """Show a card as a new message because the old one cannot be changed any more."""
    row = await desk.tx.first(_BY_KEY, key=change.card_key)
    if row is None:
        return False
    to = f"{row.platform}:{row.chat}" if row.chat else row.user_id
    return await post(desk, Notice(
        to=to, key=f"anew:{key}", card=change.card, topic=row.topic, answers=True, group=bool(row.chat)
    ))  # fmt: skip


async def effect(
    desk: Desk,
    *,
    platform: str,
    outgoing: Outgoing,
    key: str,
    lane_key: str,
    topic: str = "",
    expires_at: datetime | None = None,
    answers: bool = True,
) -> bool:
    """Queue something that is not a message to a colleague (a greeting, a QR code, a to-do)."""
    where = Address(platform, lane_key)
    # A greeting is good for seconds, and a group must be there before it is written to.
    return await _queue(desk, where, outgoing, key=key, topic=topic, expires_at=expires_at,
                        lane_key=lane_key, answers=answers)  # fmt: skip


async def call_off(desk: Desk, lane_key: str, begins: str, *, reason: str) -> None:
    """Leave unsent what this lane holds under keys that begin so."""
    n = await desk.tx.run(_CALL_OFF, lane=lane_key, begins=begins, why=reason)
    for _ in range(n):
        await incidents.count(desk.tx, "send.skipped", reason, desk.now)


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
    answers: bool = False,
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
            "rank": _ANSWER if answers else _REST,
            "expires_at": expires_at,
            "state": "pending",
            "attempts": 0,
            "fence": 0,
        },
    )


def _shown(row: Any, account: str) -> ShownCard:  # noqa: ANN401 - a row
    return ShownCard(
        row.card_key, row.platform, row.topic, row.user_id, row.kind, row.version, row.chat or account,
        row.chat or "",
    )  # fmt: skip


def _seal_card(desk: Desk, drawn: bytes, card_key: str) -> bytes:
    return desk.vault.seal(drawn, f"cards.body:{card_key}")
