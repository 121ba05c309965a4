"""From the outbox to the wire: leased, checked, marked SENDING and committed, only then sent.

SENDING is a tombstone: nobody but the fence that wrote it may put these bytes on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import bindparam, func, or_, select, text, update

from bot.chat.outbound import Outgoing
from bot.chat.spelling import read
from bot.kit.vault import Vault
from bot.store import incidents
from bot.store.tables.machinery import card_codes, cards, outbox, quotas
from bot.store.tables.people import logins
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

#: Longer than any call's deadline, so that a lease never ends while its call is under way.
LEASE = timedelta(seconds=30)
#: An update code is good for 72 hours; one hour is left for clocks that differ.
CODE_LIFE = timedelta(hours=71)


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


_other = outbox.alias("other")
_BUSY = (
    select(_other.c.id)
    .where(
        _other.c.lane_key == outbox.c.lane_key,
        _other.c.state.in_(["leased", "sending"]),
        _other.c.lease_until >= bindparam("now_at"),
    )
    .exists()
)
_FIRSTS = (
    select(func.min(outbox.c.id))
    .where(
        outbox.c.due_at <= bindparam("now_at"),
        or_(
            outbox.c.state == "pending",
            (outbox.c.state == "leased") & (outbox.c.lease_until < bindparam("now_at")),
        ),
        ~_BUSY,
    )
    .group_by(outbox.c.lane_key)
    .order_by(func.min(outbox.c.id))
    .limit(bindparam("most"))
)
_LEASE = (
    update(outbox)
    .where(
        outbox.c.id.in_(_FIRSTS),
        or_(outbox.c.state == "pending", outbox.c.lease_until < bindparam("now_at")),
    )
    .values(state="leased", lease_until=bindparam("until"), fence=outbox.c.fence + 1)
    .returning(outbox)
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
    select(outbox).where(outbox.c.state == "sending", outbox.c.lease_until < bindparam("now_at")).limit(100)
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
_CARD = select(cards.c.state).where(cards.c.card_key == bindparam("of_key"))
_QUOTA = text(
    "INSERT INTO quotas (key, full_at) VALUES (:key, :first)"
    " ON CONFLICT (key) DO UPDATE SET full_at = :next WHERE quotas.full_at = :was"
).bindparams(*(bindparam(n, type_=UTCDateTime) for n in ("first", "next", "was")))
_QUOTA_ROW = select(quotas.c.full_at).where(quotas.c.key == bindparam("of"))
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
_OLDEST = (
    select(outbox.c.due_at)
    .where(outbox.c.state.in_(["pending", "leased", "sending"]))
    .order_by(outbox.c.due_at)
    .limit(1)
)
_NEXT = select(outbox.c.due_at).where(outbox.c.state == "pending").order_by(outbox.c.due_at).limit(1)


def _leased(row: Any, vault: Vault) -> Leased:  # noqa: ANN401 - a row
    body = vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}")
    return Leased(
        row.id, row.lane_key, row.key, row.platform, row.kind, row.recipient, row.topic, row.card_key,
        read(orjson.loads(body)), row.fence, row.attempts, row.created_at, row.first_tried_at, row.expires_at,
    )  # fmt: skip


async def lease(tx: Tx, vault: Vault, *, now: datetime, most: int) -> list[Leased]:
    """Take the oldest ready thing of each receiver who has nothing under way."""
    rows = await tx.all(_LEASE, now_at=now, until=now + LEASE, most=most)
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
    return await tx.run(_END, row_id=leased.id, at_fence=leased.fence, to=state, theirs=provider_id,
                        data=known, why=reason, at=now if state == "sent" else None) == 1  # fmt: skip


async def again(tx: Tx, leased: Leased, *, at: datetime, reason: str) -> None:
    """Put a row back, to be tried at `at`."""
    await tx.run(_AGAIN, row_id=leased.id, at_fence=leased.fence, next_due=at, why=reason)


async def take_over_stuck(tx: Tx, vault: Vault, *, now: datetime) -> list[Leased]:
    """Take rows whose sender vanished between the tombstone and the answer; their fence grows."""
    taken = []
    for row in await tx.all(_STUCK, now_at=now):
        if await tx.run(_TAKE_OVER, row_id=row.id, at_fence=row.fence) != 1:
            continue
        one = await _readable(tx, row._replace(fence=row.fence + 1), vault, now)
        taken += [] if one is None else [one]
    return taken


async def waiting_lines(tx: Tx, vault: Vault, leased: Leased, *, now: datetime) -> list[tuple[int, str]]:
    """What else waits for this receiver: row id and its one line."""
    rows = await tx.all(_LATER, lane=leased.lane_key, but=leased.id, now_at=now)
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


async def add_code(tx: Tx, card_key: str, code: str, *, now: datetime) -> None:
    """Keep what may be used once to change a card."""
    if code:
        await tx.insert_new(card_codes, {"card_key": card_key, "code": code, "expires_at": now + CODE_LIFE})


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


async def quota(tx: Tx, key: str, *, now: datetime, interval: timedelta, burst: int) -> datetime | None:
    """Spend one sending to a receiver; None if it is granted, else when there is room again.

    The generic cell rate algorithm: never more than `burst` + span / `interval` in any span.
    """
    row = await tx.first(_QUOTA_ROW, of=key)
    full_at = now if row is None else max(row.full_at, now)
    allowed_at = full_at + interval - interval * burst
    if allowed_at > now:
        return allowed_at
    spent = await tx.run(_QUOTA, key=key, first=full_at + interval, next=full_at + interval,
                         was=now if row is None else row.full_at)  # fmt: skip
    return None if spent == 1 else now + interval


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
