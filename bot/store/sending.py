"""From the outbox to the wire: leased, checked, marked SENDING and committed, only then sent.

SENDING is a tombstone: nobody but the fence that wrote it may put these bytes on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    TextClause,
    bindparam,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from bot.chat.outbound import Outgoing
from bot.chat.spelling import read
from bot.kit.vault import Vault
from bot.store import incidents
from bot.store.tables.machinery import card_codes, cards, leases, outbox
from bot.store.tables.people import logins
from bot.store.tx import Tx
from bot.store.types import Json, UTCDateTime

#: Longer than any call's deadline, so that a lease never ends while its call is under way.
LEASE = timedelta(seconds=30)
#: An update code is good for 72 hours; one hour is left for clocks that differ.
CODE_LIFE = timedelta(hours=71)
#: More than there will ever be rows.
_RANK = 2**48


@dataclass(frozen=True, slots=True)
class Leased:
    """One thing to send, held by this sender under a fence."""

    id: int
    lane_key: str
    key: str
    platform: str
    kind: str
    recipient: str
    topic: str
    card_key: str | None
    outgoing: Outgoing
    fence: int
    attempts: int
    created_at: datetime
    first_tried_at: datetime | None
    expires_at: datetime | None
    #: 0: somebody waits for it.
    rank: int = 1


def _open(table: str) -> TextClause:
    """Spelled as its index has it: else SQLite would read all that was ever sent, at each look."""
    return text(f"{table}.state IN ('pending', 'leased', 'sending')")


_other = outbox.alias("other")
#: Asked once for all: row by row it would take the square of what waits, and a database that has just
#: come back from a crash has no statistics that would keep it from that.
_BUSY = select(_other.c.lane_key).where(
    _open("other"),
    # Not IN: its list would be written out anew at each look.
    or_(_other.c.state == "leased", _other.c.state == "sending"),
    _other.c.lease_until >= bindparam("now_at"),
)
#: What goes over a connection is left to whoever holds it.
_HELD = select(leases.c.role).where(
    leases.c.holder == bindparam("by"), leases.c.expires_at >= bindparam("now_at")
)
_WAY = or_(outbox.c.wire.is_(None) & (bindparam("calls", type_=Integer) == 1), outbox.c.wire.in_(_HELD))
#: The lower rank first, then the older.
_TURN = func.min(outbox.c.rank * literal(_RANK, BigInteger) + outbox.c.id)
_FIRSTS = (
    select(_TURN % literal(_RANK, BigInteger))
    .where(
        _open("outbox"),
        outbox.c.due_at <= bindparam("now_at"),
        or_(
            outbox.c.state == "pending",
            (outbox.c.state == "leased") & (outbox.c.lease_until < bindparam("now_at")),
        ),
        outbox.c.lane_key.not_in(_BUSY),
        _WAY,
    )
    .group_by(outbox.c.lane_key)
    .order_by(_TURN)
    .limit(bindparam("most"))
)


def _leasing(firsts: Select[tuple[int]]) -> ReturningUpdate[Any]:
    return (
        update(outbox)
        .where(
            outbox.c.id.in_(firsts),
            or_(outbox.c.state == "pending", outbox.c.lease_until < bindparam("now_at")),
        )
        .values(state="leased", lease_until=bindparam("until"), fence=outbox.c.fence + 1)
        .returning(outbox)
    )


_LEASE = _leasing(_FIRSTS)
_LEASE_OF = _leasing(_FIRSTS.where(outbox.c.lane_key == bindparam("of_lane")))
_OVER = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.fence == bindparam("at_fence"))
    .values(state="pending", wire=bindparam("over"), lease_until=None)
)
_SENDING = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        outbox.c.fence == bindparam("at_fence"),
        outbox.c.state == "leased",
    )
    .values(
        state="sending",
        lease_until=bindparam("until"),
        attempts=outbox.c.attempts + 1,
        first_tried_at=func.coalesce(outbox.c.first_tried_at, bindparam("now_at", type_=UTCDateTime)),
    )
)
_END = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.fence == bindparam("at_fence"))
    .values(
        state=bindparam("to"),
        provider_id=bindparam("theirs"),
        result=bindparam("data"),
        reason=bindparam("why"),
        sent_at=bindparam("at"),
        lease_until=None,
    )
)
_AGAIN = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.fence == bindparam("at_fence"))
    .values(state="pending", due_at=bindparam("next_due"), reason=bindparam("why"), lease_until=None)
)
_STUCK = (
    select(outbox)
    .where(_open("outbox"), outbox.c.state == "sending", outbox.c.lease_until < bindparam("now_at"))
    .limit(100)
)
_TAKE_OVER = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        outbox.c.fence == bindparam("at_fence"),
        outbox.c.state == "sending",
    )
    .values(fence=outbox.c.fence + 1)
)
_LATER = select(outbox).where(
    outbox.c.lane_key == bindparam("lane"),
    outbox.c.state == "pending",
    outbox.c.kind.in_(["text", "card"]),
    # What somebody waits for is said whole.
    outbox.c.rank > 0,
    outbox.c.id != bindparam("but"),
    # A digest in a digest would be cut to its first line.
    ~outbox.c.key.startswith("digest:"),
    outbox.c.due_at <= bindparam("now_at"),
).order_by(outbox.c.id).limit(20)  # fmt: skip
_DIGESTED = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.state == "pending")
    .values(state="digested", reason=bindparam("why"))
)
_CODE = (
    select(card_codes.c.id, card_codes.c.code)
    .where(
        card_codes.c.card_key == bindparam("key"),
        or_(card_codes.c.used_by == bindparam("row_id"), card_codes.c.used_at.is_(None)),
        card_codes.c.expires_at > bindparam("now_at"),
    )
    # What this row spent before comes first: if that try got through, the platform says so.
    .order_by(card_codes.c.used_by.is_(None), card_codes.c.id.desc())
    .limit(1)
)
_USED = (
    update(card_codes)
    .where(
        card_codes.c.id == bindparam("of"),
        or_(card_codes.c.used_by == bindparam("row_id"), card_codes.c.used_at.is_(None)),
    )
    .values(used_at=bindparam("at"), used_by=bindparam("row_id"))
)
_CARD_STATE = update(cards).where(cards.c.card_key == bindparam("of_key")).values(state=bindparam("to"))
_PROVED = (
    update(cards)
    .where(cards.c.card_key == bindparam("of_key"), cards.c.state == "queued")
    .values(state="live")
)
_HAS_VIEWS = (
    update(cards)
    .where(cards.c.card_key == bindparam("of_key"), cards.c.views.is_(None))
    .values(views=bindparam("none_yet", type_=Json))
)
_CARD = select(cards.c.state).where(cards.c.card_key == bindparam("of_key"))
_FORGET = update(outbox).where(outbox.c.id == bindparam("row_id")).values(body=b"")
_READER = select(logins.c.user_id).where(
    logins.c.platform == bindparam("of_platform"), logins.c.account == bindparam("of_account")
)
_CLOSE_DIGESTED = (
    update(cards)
    .where(
        cards.c.card_key
        == select(outbox.c.card_key).where(outbox.c.id == bindparam("row_id")).scalar_subquery()
    )
    .values(state="closed")
)
_COUNTS = select(outbox.c.state, func.count().label("n")).group_by(outbox.c.state)
_OLDEST = select(outbox.c.due_at).where(_open("outbox")).order_by(outbox.c.due_at).limit(1)
_NEXT = (
    select(outbox.c.due_at)
    .where(_open("outbox"), outbox.c.state == "pending")
    .order_by(outbox.c.due_at)
    .limit(1)
)


def _leased(row: Any, vault: Vault) -> Leased:  # noqa: ANN401 - a row
    body = vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}")
    return Leased(
        row.id, row.lane_key, row.key, row.platform, row.kind, row.recipient, row.topic, row.card_key,
        read(orjson.loads(body)), row.fence, row.attempts, row.created_at, row.first_tried_at, row.expires_at,
        row.rank,
    )  # fmt: skip


async def lease(
    tx: Tx,
    vault: Vault,
    *,
    now: datetime,
    most: int,
    by: str = "",
    calls: bool = True,
    lane: str | None = None,
) -> list[Leased]:
    """Take the oldest ready thing of each receiver who has nothing under way, or of one alone.

    What goes over a connection only if `by` holds it; nothing else unless `calls`.
    """
    given = {"now_at": now, "until": now + LEASE, "most": most, "by": by, "calls": int(calls)}
    rows = await (tx.all(_LEASE, **given) if lane is None else tx.all(_LEASE_OF, **given, of_lane=lane))
    taken = [one for row in rows if (one := await _readable(tx, row, vault, now)) is not None]
    return sorted(taken, key=lambda leased: leased.id)


async def _readable(tx: Tx, row: Any, vault: Vault, now: datetime) -> Leased | None:  # noqa: ANN401 - a row
    """What a row says; one that says nothing is set aside, so that it stops nobody else."""
    try:
        return _leased(row, vault)
    except (KeyError, TypeError, ValueError):
        await tx.run(_END, row_id=row.id, at_fence=row.fence, to="failed", theirs=None, data=None,
                     why="unreadable", at=None)  # fmt: skip
        await incidents.count(tx, "send.failed", f"{row.kind}:unreadable", now)
        return None


async def mark_sending(tx: Tx, leased: Leased, *, now: datetime) -> bool:
    """Write the tombstone; False if somebody else holds the row by now."""
    return await tx.run(_SENDING, row_id=leased.id, at_fence=leased.fence, now_at=now, until=now + LEASE) == 1


async def end(
    tx: Tx,
    leased: Leased,
    *,
    state: str,
    now: datetime,
    provider_id: str | None = None,
    data: Mapping[str, str] | None = None,
    reason: str | None = None,
) -> bool:
    """Bring a row to its end: sent, failed, unknown or skipped; False if the fence has moved on."""
    known = None if data is None else {k: v for k, v in data.items() if k != "code"}
    ended = await tx.run(_END, row_id=leased.id, at_fence=leased.fence, to=state, theirs=provider_id,
                         data=known, why=reason, at=now if state == "sent" else None) == 1  # fmt: skip
    if ended and state == "sent" and leased.kind == "picture":
        # A picture is large, and nobody looks at it again.
        await tx.run(_FORGET, row_id=leased.id)
    return ended


async def again(tx: Tx, leased: Leased, *, at: datetime, reason: str) -> None:
    """Put a row back, to be tried at `at`."""
    await tx.run(_AGAIN, row_id=leased.id, at_fence=leased.fence, next_due=at, why=reason)


async def hand_over(tx: Tx, leased: Leased, *, wire: str) -> None:
    """Leave a row to whoever holds the connection of this name."""
    await tx.run(_OVER, row_id=leased.id, at_fence=leased.fence, over=wire)


async def take_over_stuck(tx: Tx, vault: Vault, *, now: datetime) -> list[Leased]:
    """Take rows whose sender vanished between the tombstone and the answer; their fence grows."""
    taken = []
    for row in await tx.all(_STUCK, now_at=now):
        if await tx.run(_TAKE_OVER, row_id=row.id, at_fence=row.fence) != 1:
            continue
        one = await _readable(tx, row._replace(fence=row.fence + 1), vault, now)
        taken += [] if one is None else [one]
    return taken


async def waiting_lines(
    tx: Tx, vault: Vault, leased: Leased, *, now: datetime, itself: bool = False
) -> list[tuple[int, str]]:
    """What else waits for this receiver, or also this `itself`: row id and its one line."""
    rows = await tx.all(_LATER, lane=leased.lane_key, but=0 if itself else leased.id, now_at=now)
    return [(r.id, vault.open(r.line, f"outbox.line:{r.lane_key}:{r.key}").decode()) for r in rows if r.line]


async def reader(tx: Tx, lane_key: str) -> str | None:
    """The colleague who reads this lane (`platform:account`)."""
    platform, _, account = lane_key.partition(":")
    row = await tx.first(_READER, of_platform=platform, of_account=account)
    return None if row is None else row.user_id


async def mark_digested(tx: Tx, row_id: int, *, by: int) -> None:
    """This row is said in one line of another; a card that was never shown will never change."""
    await tx.run(_DIGESTED, row_id=row_id, why=f"digest:{by}")
    await tx.run(_CLOSE_DIGESTED, row_id=row_id)


async def add_code(tx: Tx, card_key: str, code: str, *, now: datetime, life: timedelta | None = None) -> None:
    """Keep what may be used once to change a card; `life` where it is good for less than usual."""
    if code:
        ends = now + (life or CODE_LIFE)
        await tx.insert_new(card_codes, {"card_key": card_key, "code": code, "expires_at": ends})


async def use_code(tx: Tx, leased: Leased, card_key: str, *, now: datetime) -> str | None:
    """Spend the newest code of a card for this row; None if there is none left."""
    row = await tx.first(_CODE, key=card_key, row_id=leased.id, now_at=now)
    if row is None or await tx.run(_USED, of=row.id, row_id=leased.id, at=now) != 1:
        return None
    code: str = row.code
    return code


async def card_state(tx: Tx, card_key: str) -> str | None:
    """queued, live or closed; None for a card that is not ours."""
    row = await tx.first(_CARD, of_key=card_key)
    return None if row is None else row.state


async def set_card_state(tx: Tx, card_key: str, state: str) -> None:
    """The card was taken by the platform (live), or will never change again (closed)."""
    await tx.run(_CARD_STATE, of_key=card_key, to=state)


async def show_views(tx: Tx, card_key: str) -> None:
    """Where this card goes, each may be shown his own."""
    await tx.run(_HAS_VIEWS, of_key=card_key, none_yet={})


async def prove_live(tx: Tx, card_key: str) -> None:
    """Somebody pressed it, so it hangs there, whatever became of the answer to its sending."""
    await tx.run(_PROVED, of_key=card_key)


async def counts(tx: Tx) -> dict[str, int]:
    """How many rows are in which state."""
    return {row.state: row.n for row in await tx.all(_COUNTS)}


async def oldest_open(tx: Tx) -> datetime | None:
    """Since when the oldest unsent thing is due."""
    row = await tx.first(_OLDEST)
    return None if row is None else row.due_at


async def next_due(tx: Tx) -> datetime | None:
    """When the next thing is to be sent."""
    row = await tx.first(_NEXT)
    return None if row is None else row.due_at
