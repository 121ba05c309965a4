"""The inbox: every genuine delivery, written before it is answered, until it has been carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from bot.chat.inbound import Accepted
from bot.kit.vault import Vault
from bot.store import lanes
from bot.store.lanes import Lane
from bot.store.tables.machinery import inbox
from bot.store.tables.machinery import lanes as lanes_table
from bot.store.tx import Tx

_PLACE = "inbox.body"
#: Tries without a failure that was told of, the one that begins now included.
_AFTER_A_DEATH = 2


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery that waits, or is being carried out."""

    id: int
    lane_key: str
    platform: str
    key: str
    body: bytes
    received_at: datetime
    attempts: int
    failures: int


_WAITING = (
    select(inbox)
    .where(inbox.c.lane_key == bindparam("lane"), inbox.c.state == "pending")
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)
_FIRST = (
    select(func.min(inbox.c.id))
    .where(inbox.c.state == "pending", inbox.c.lane_key == bindparam("lane"))
    .scalar_subquery()
)
_STANDING = select(inbox.c.id).where(inbox.c.id == _FIRST, inbox.c.lane_key == bindparam("lane"))
_COUNT_FIRST_ATTEMPT = (
    update(inbox)
    .values(attempts=inbox.c.attempts + 1)
    .where(
        inbox.c.lane_key == bindparam("lane"),
        inbox.c.id == _FIRST,
        inbox.c.attempts == inbox.c.failures,
    )
)
_COUNT_ATTEMPT = (
    update(inbox)
    .values(attempts=inbox.c.attempts + 1)
    .where(inbox.c.lane_key == bindparam("lane"), inbox.c.id == _FIRST)
    .returning(inbox.c.attempts, inbox.c.failures)
)
_SECOND = (
    select(func.min(inbox.c.id))
    .where(inbox.c.state == "pending", inbox.c.lane_key == bindparam("lane"), inbox.c.id > _FIRST)
    .scalar_subquery()
)
_SUSPECT = (
    update(inbox)
    .values(attempts=1)
    .where(inbox.c.lane_key == bindparam("lane"), inbox.c.id == _SECOND, inbox.c.attempts == 0)
)
_FORGIVE = (
    update(inbox)
    .values(attempts=inbox.c.attempts - 1)
    .where(
        inbox.c.lane_key == bindparam("lane"),
        inbox.c.id == _FIRST,
        inbox.c.attempts > inbox.c.failures,
        lanes_table.c.lane_key == inbox.c.lane_key,
        lanes_table.c.epoch == bindparam("at_epoch"),
    )
)
_FORGIVE_ONE = _FORGIVE.where(inbox.c.attempts == bindparam("counted"))
_SETTLE = (
    update(inbox)
    .where(inbox.c.id == bindparam("row_id"), inbox.c.lane_key == bindparam("lane"))
    .values(state=bindparam("to"), name=bindparam("called"), reason=bindparam("why"), done_at=bindparam("at"))
)
_FAILED = (
    update(inbox)
    .where(inbox.c.id == bindparam("row_id"), inbox.c.lane_key == bindparam("lane"))
    .values(failures=inbox.c.failures + 1, reason=bindparam("why"))
)
_PENDING = select(inbox.c.id).where(
    inbox.c.lane_key == bindparam("lane"), inbox.c.key == bindparam("of_key"), inbox.c.state == "pending"
)
_BODY = select(inbox.c.body, inbox.c.received_at).where(
    inbox.c.lane_key == bindparam("lane"),
    inbox.c.platform == bindparam("of_platform"),
    inbox.c.key == bindparam("of_key"),
)
_COUNTS = select(inbox.c.state, func.count().label("n")).group_by(inbox.c.state)


async def receive(tx: Tx, vault: Vault, accepted: Accepted, *, now: datetime) -> bool:
    """Keep a delivery and wake its lane; False if it is a repeat of one we have."""
    fresh = await tx.insert_new(
        inbox,
        {
            "lane_key": accepted.lane_key,
            "platform": accepted.platform,
            "key": accepted.key,
            "body": vault.seal(accepted.body, _PLACE),
            "received_at": now,
            "state": "pending",
            "attempts": 0,
            "failures": 0,
        },
    )
    if fresh:
        await lanes.wake(tx, accepted.lane_key, now)
    return fresh


async def body(tx: Tx, vault: Vault, lane_key: str, platform: str, key: str) -> tuple[bytes, datetime] | None:
    """What was delivered under this key and when, whatever became of it; None if it is kept no more."""
    row = await tx.first(_BODY, lane=lane_key, of_platform=platform, of_key=key)
    return None if row is None else (vault.open(row.body, _PLACE), row.received_at)


async def is_pending(tx: Tx, accepted: Accepted) -> bool:
    """Whether a delivery that we have still waits to be worked."""
    return await tx.first(_PENDING, lane=accepted.lane_key, of_key=accepted.key) is not None


async def receive_all(tx: Tx, vault: Vault, those: Sequence[Accepted], *, now: datetime) -> None:
    """Keep deliveries and wake their lanes; repeats of what we have change nothing."""
    await tx.insert_all_new(
        inbox,
        [
            {
                "lane_key": one.lane_key,
                "platform": one.platform,
                "key": one.key,
                "body": vault.seal(one.body, _PLACE),
                "received_at": now,
                "state": "pending",
                "attempts": 0,
                "failures": 0,
            }
            for one in those
        ],
    )
    await lanes.wake_all(tx, (one.lane_key for one in those), now)


async def begin_try(tx: Tx, lane_key: str) -> bool | None:
    """Count a try of the lane's first delivery, before it is tried: a poison is known by its count.

    False, and not counted, if an earlier try never ended: the process died, maybe of it. None if
    there is no delivery.
    """
    if await tx.run(_COUNT_FIRST_ATTEMPT, lane=lane_key) == 1:
        return True
    return None if await tx.first(_STANDING, lane=lane_key) is None else False


async def count_attempt(tx: Tx, lane_key: str) -> int:
    """Count a try of a delivery that is suspect, right before it is tried by itself; its number.

    When its last try ended in the death of the process, whatever was tried along with it is suspect too.
    """
    row = await tx.first(_COUNT_ATTEMPT, lane=lane_key)
    if row is not None and row.attempts - row.failures == _AFTER_A_DEATH:
        await tx.run(_SUSPECT, lane=lane_key)
    return 0 if row is None else int(row.attempts)


async def forgive_attempt(tx: Tx, lane: Lane, *, counted: int | None = None) -> bool:
    """Take a try back that the database prevented, as long as the lane is ours; False if none was counted.

    `counted`: only if this one is the last that stands, since nobody heard whether it was committed.
    """
    if counted is None:
        return await tx.run(_FORGIVE, lane=lane.key, at_epoch=lane.epoch) > 0
    return await tx.run(_FORGIVE_ONE, lane=lane.key, at_epoch=lane.epoch, counted=counted) > 0


async def waiting(tx: Tx, vault: Vault, lane_key: str, *, most: int) -> list[Kept]:
    """The lane's next deliveries, in the order in which they came."""
    rows = await tx.all(_WAITING, lane=lane_key, most=most)
    return [
        Kept(
            r.id,
            r.lane_key,
            r.platform,
            r.key,
            vault.open(r.body, _PLACE),
            r.received_at,
            r.attempts,
            r.failures,
        )
        for r in rows
    ]


async def settle(tx: Tx, kept: Kept, *, state: str, name: str, reason: str | None, now: datetime) -> None:
    """Bring a delivery to its end: done, refused, unknown or quarantined."""
    await tx.run(_SETTLE, row_id=kept.id, lane=kept.lane_key, to=state, called=name, why=reason, at=now)


async def failed(tx: Tx, kept: Kept, *, reason: str) -> None:
    """Count a failure that was rolled back; the delivery waits for its next try."""
    await tx.run(_FAILED, row_id=kept.id, lane=kept.lane_key, why=reason)


async def counts(tx: Tx) -> dict[str, int]:
    """How many deliveries are in which state."""
    return {row.state: row.n for row in await tx.all(_COUNTS)}
