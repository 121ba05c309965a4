"""Who gets what by itself and when; each occasion happens once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from bot.crm.cadence import Cadence
from bot.store.desk import Desk
from bot.store.tables.digests import digest_sendings, subscriptions
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

#: The kind of somebody's own question; every other kind is a digest of ours.
QUESTION = "question"
ACTIVE, STOPPED, ENDED = "active", "stopped", "ended"
SENT, SKIPPED = "sent", "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One of them."""

    id: str
    user_id: str
    kind: str
    cadence: Cadence
    next_at: datetime
    question: str = ""
    #: How the question was understood when it was subscribed.
    reading: str = ""
    #: He chose the time himself.
    own_time: bool = False
    #: `platform:group`; empty for himself.
    chat: str = ""
    state: str = ACTIVE
    reason: str = ""
    paused_until: datetime | None = None

    @property
    def is_own(self) -> bool:
        """A question of his own, not one of our digests."""
        return self.kind == QUESTION


_ALL = select(subscriptions)
_DUE = (
    _ALL.where(
        subscriptions.c.state == ACTIVE, subscriptions.c.next_at <= bindparam("until", type_=UTCDateTime)
    )
    .order_by(subscriptions.c.next_at, subscriptions.c.id)
    .limit(bindparam("most"))
)
_STANDARD = _ALL.where(subscriptions.c.standard.is_not(None))
_ONE = _ALL.where(subscriptions.c.id == bindparam("of"))
_OF_USER = _ALL.where(
    subscriptions.c.user_id == bindparam("of_user"),
    or_(
        subscriptions.c.state == ACTIVE,
        (subscriptions.c.state == STOPPED) & subscriptions.c.standard.is_not(None),
    ),
).order_by(subscriptions.c.state, subscriptions.c.standard, subscriptions.c.created_at, subscriptions.c.id)
_LAST_TOUCHED = (
    _ALL.where(
        subscriptions.c.user_id == bindparam("of_user"),
        subscriptions.c.state == ACTIVE,
        # Of ours only what he touched: they all began without him.
        or_(subscriptions.c.standard.is_(None), subscriptions.c.own_time.is_(True)),
    )
    .order_by(subscriptions.c.changed_at.desc(), subscriptions.c.created_at.desc(), subscriptions.c.id.desc())
    .limit(1)
)
_CHANGE = (
    update(subscriptions)
    .where(subscriptions.c.id == bindparam("of"))
    .values(
        cadence=bindparam("to_cadence"),
        own_time=bindparam("is_own_time"),
        state=bindparam("to_state"),
        reason=bindparam("why"),
        paused_until=bindparam("until", type_=UTCDateTime),
        next_at=bindparam("then", type_=UTCDateTime),
        changed_at=bindparam("now_at", type_=UTCDateTime),
    )
)
_MOVE_ON = (
    update(subscriptions)
    .where(
        subscriptions.c.id == bindparam("of"), subscriptions.c.next_at == bindparam("was", type_=UTCDateTime)
    )
    .values(next_at=bindparam("then", type_=UTCDateTime))
)
_PASS_ON = (
    update(subscriptions)
    .where(subscriptions.c.user_id == bindparam("was"), subscriptions.c.kind == QUESTION)
    .values(user_id=bindparam("now_is"))
)
_FORGET = delete(digest_sendings).where(digest_sendings.c.at < bindparam("before", type_=UTCDateTime))
_SENDINGS = (
    select(digest_sendings)
    .where(digest_sendings.c.subscription_id == bindparam("of"))
    .order_by(digest_sendings.c.occasion)
)


async def add(
    desk: Desk,
    *,
    user_id: str,
    kind: str,
    cadence: Cadence,
    question: str = "",
    reading: str = "",
    chat: str = "",
) -> Subscription | None:
    """Begin one; None if somebody has this digest of ours already."""
    found = Subscription(
        id=f"S{await desk.tx.number('subscription')}",
        user_id=user_id, kind=kind, cadence=cadence, question=question, reading=reading, chat=chat,
        next_at=following(desk, cadence), own_time=kind == QUESTION,
    )  # fmt: skip
    row = {
        "id": found.id, "user_id": user_id, "kind": kind, "standard": None if kind == QUESTION else kind,
        "question": question, "reading": reading, "cadence": cadence.spell(), "own_time": found.own_time,
        "chat": chat, "state": ACTIVE, "reason": "", "paused_until": None, "next_at": found.next_at,
        "created_at": desk.now, "changed_at": desk.now,
    }  # fmt: skip
    return found if await desk.tx.insert_new(subscriptions, row) else None


def following(desk: Desk, cadence: Cadence, since: datetime | None = None) -> datetime:
    """When it comes next."""
    time = desk.company.working_time
    return cadence.after(since or desk.now, time.zone, lambda day: bool(time.spans_on(day)))


async def change(
    desk: Desk,
    found: Subscription,
    *,
    cadence: Cadence | None = None,
    state: str = ACTIVE,
    reason: str = "",
    paused_until: datetime | None = None,
    own_time: bool | None = None,
) -> None:
    """Another time, another state; it comes next after now."""
    new = cadence or found.cadence
    await desk.tx.run(
        _CHANGE, of=found.id, to_cadence=new.spell(),
        is_own_time=found.own_time if own_time is None else own_time, to_state=state, why=reason,
        until=paused_until, then=following(desk, new), now_at=desk.now,
    )  # fmt: skip


async def due(tx: Tx, now: datetime, *, most: int) -> list[Subscription]:
    """Those whose time has come, the earliest first."""
    return [_read(row) for row in await tx.all(_DUE, until=now, most=most)]


async def standard(tx: Tx) -> dict[tuple[str, str], Subscription]:
    """Our digests of everybody, by person and kind."""
    return {(row.user_id, row.standard): _read(row) for row in await tx.all(_STANDARD)}


async def of_user(tx: Tx, user_id: str) -> list[Subscription]:
    """What he gets, then which of our digests he stopped."""
    return [_read(row) for row in await tx.all(_OF_USER, of_user=user_id)]


async def last_touched(tx: Tx, user_id: str) -> Subscription | None:
    """The one that he chose or changed last."""
    row = await tx.first(_LAST_TOUCHED, of_user=user_id)
    return None if row is None else _read(row)


async def find(tx: Tx, subscription_id: str) -> Subscription | None:
    """The one of this number."""
    row = await tx.first(_ONE, of=subscription_id)
    return None if row is None else _read(row)


async def settle(
    desk: Desk, found: Subscription, outcomes: Mapping[str, tuple[str, str]], *, then: datetime
) -> bool:
    """Write down what becomes of its occasions and when it comes next; False if somebody did before."""
    if not await desk.tx.run(_MOVE_ON, of=found.id, was=found.next_at, then=then):
        return False
    for occasion, (state, reason) in outcomes.items():
        row = {"subscription_id": found.id, "occasion": occasion, "state": state, "reason": reason}
        if not await desk.tx.insert_new(digest_sendings, {**row, "at": desk.now}) and state == SENT:
            return False
    return True


async def sendings(tx: Tx, subscription_id: str) -> list[tuple[str, str, str]]:
    """Occasion, state and reason of each, the earliest first."""
    return [(row.occasion, row.state, row.reason) for row in await tx.all(_SENDINGS, of=subscription_id)]


async def pass_on(tx: Tx, *, gone: str, into: str) -> None:
    """Two ids are one person: his own questions go with him."""
    await tx.run(_PASS_ON, was=gone, now_is=into)


async def forget(tx: Tx, before: datetime) -> int:
    """Drop what is known of occasions long past."""
    return await tx.run(_FORGET, before=before)


def _read(row: Any) -> Subscription:  # noqa: ANN401 - a row
    return Subscription(
        id=row.id,
        user_id=row.user_id,
        kind=row.kind,
        cadence=Cadence.read(row.cadence),
        next_at=row.next_at,
        question=row.question,
        reading=row.reading,
        own_time=bool(row.own_time),
        chat=row.chat,
        state=row.state,
        reason=row.reason,
        paused_until=row.paused_until,
    )
