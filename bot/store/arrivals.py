"""What came by other doors than our forms: kept once, sealed for some days, failed ones to be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.store.desk import Desk
from bot.store.tables.capture import arrivals
from bot.store.tx import Tx

TAKEN, FAILED, SKIPPED = "taken", "failed", "skipped"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One push or mail."""

    id: str
    door: str
    state: str
    reason: str
    form: str
    lead_id: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DoorCount:
    """What came by one door in one state, and when last."""

    door: str
    state: str
    n: int
    last_at: datetime


_ROW = select(
    arrivals.c.id,
    arrivals.c.door,
    arrivals.c.state,
    arrivals.c.reason,
    arrivals.c.form,
    arrivals.c.lead_id,
    arrivals.c.received_at,
)
_BY_KEY = _ROW.where(arrivals.c.door == bindparam("by_door"), arrivals.c.key == bindparam("of_key"))
_FAILED = (
    _ROW.where(
        arrivals.c.state == FAILED,
        arrivals.c.body.is_not(None),
        arrivals.c.door == bindparam("by_door"),
        arrivals.c.received_at >= bindparam("since"),
    )
    .order_by(arrivals.c.received_at, arrivals.c.id)
    .limit(bindparam("most"))
)
_UNTRIED = (
    _ROW.where(
        arrivals.c.state == FAILED,
        arrivals.c.body.is_not(None),
        arrivals.c.door == bindparam("by_door"),
        arrivals.c.received_at >= bindparam("since"),
        arrivals.c.settled_at < bindparam("until"),
    )
    .order_by(arrivals.c.received_at, arrivals.c.id)
    .limit(bindparam("most"))
)
_BODY = select(arrivals.c.body).where(arrivals.c.id == bindparam("of"))
_SETTLE = (
    update(arrivals)
    .where(arrivals.c.id == bindparam("of"), arrivals.c.state == FAILED)
    .values(
        state=bindparam("to"),
        reason=bindparam("why"),
        form=bindparam("of_form"),
        lead_id=bindparam("to_lead"),
        submission_id=bindparam("by_submission"),
        settled_at=bindparam("at"),
    )
)
_SENT_BY = select(func.count().label("n")).where(
    arrivals.c.sender == bindparam("of_sender"), arrivals.c.received_at > bindparam("since")
)
_COUNTS = (
    select(
        arrivals.c.door,
        arrivals.c.state,
        func.count().label("n"),
        func.max(arrivals.c.received_at).label("last_at"),
    )
    .group_by(arrivals.c.door, arrivals.c.state)
    .order_by(arrivals.c.door, arrivals.c.state)
)
_FORGET = (
    update(arrivals)
    .where(
        arrivals.c.body.is_not(None),
        arrivals.c.received_at < bindparam("before"),
        arrivals.c.door == bindparam("by_door"),
        arrivals.c.state == bindparam("of_state"),
    )
    .values(body=None)
)


async def find(desk: Desk, door: str, key: str) -> Arrival | None:
    """What came under this key."""
    row = await desk.tx.first(_BY_KEY, by_door=door, of_key=key_of(desk, door, key))
    return None if row is None else _read(row)


async def keep(
    desk: Desk,
    arrival_id: str,
    *,
    door: str,
    key: str,
    state: str,
    reason: str = "",
    form: str = "",
    sender: str = "",
    body: bytes,
) -> bool:
    """Keep what came, its body sealed; False if its key came before."""
    return await desk.tx.insert_new(
        arrivals,
        {
            "id": arrival_id,
            "door": door,
            "key": key_of(desk, door, key),
            "state": state,
            "reason": reason,
            "form": form,
            "sender": sender,
            "body": desk.vault.seal(body, _place(arrival_id)),
            "received_at": desk.now,
            "settled_at": desk.now,
        },
    )


_LINK = (
    update(arrivals)
    .where(arrivals.c.id == bindparam("of"))
    .values(lead_id=bindparam("to_lead"), submission_id=bindparam("by_submission"))
)


async def link(desk: Desk, arrival_id: str, *, lead_id: str, submission_id: str) -> None:
    """Say whom it brought."""
    await desk.tx.run(_LINK, of=arrival_id, to_lead=lead_id, by_submission=submission_id)


async def settle(
    desk: Desk,
    arrival_id: str,
    *,
    state: str,
    reason: str = "",
    form: str = "",
    lead_id: str | None = None,
    submission_id: str | None = None,
) -> bool:
    """Say what became of one that had failed; False if it is settled already."""
    changed = await desk.tx.run(
        _SETTLE, of=arrival_id, to=state, why=reason, of_form=form, to_lead=lead_id,
        by_submission=submission_id, at=desk.now,
    )  # fmt: skip
    return changed == 1


async def failed(tx: Tx, door: str, *, since: datetime, most: int) -> list[Arrival]:
    """Those that wait for a mended map, the earliest first."""
    return [_read(row) for row in await tx.all(_FAILED, by_door=door, since=since, most=most)]


async def untried(tx: Tx, door: str, *, since: datetime, until: datetime, most: int) -> list[Arrival]:
    """As `failed`, without those that were tried since `until`."""
    rows = await tx.all(_UNTRIED, by_door=door, since=since, until=until, most=most)
    return [_read(row) for row in rows]


async def body(desk: Desk, arrival_id: str) -> bytes | None:
    """As it came; None if it is no longer kept."""
    row = await desk.tx.first(_BODY, of=arrival_id)
    return None if row is None or row.body is None else desk.vault.open(row.body, _place(arrival_id))


async def sent_by(tx: Tx, sender: str, *, since: datetime) -> int:
    """How many came from this sender since then."""
    row = await tx.first(_SENT_BY, of_sender=sender, since=since)
    return 0 if row is None else int(row.n)


async def counts(tx: Tx) -> list[DoorCount]:
    """What came, by door and state."""
    return [DoorCount(row.door, row.state, int(row.n), row.last_at) for row in await tx.all(_COUNTS)]


async def forget(tx: Tx, door: str, state: str, *, before: datetime) -> int:
    """Drop the bodies of those that came before then; how many."""
    return await tx.run(_FORGET, by_door=door, of_state=state, before=before)


def key_of(desk: Desk, door: str, key: str) -> str:
    """As the row has it: what names a mail or a lead elsewhere is nobody's business."""
    return desk.vault.index(f"arrival.{door}", key)


def _place(arrival_id: str) -> str:
    return f"arrivals.body:{arrival_id}"


def _read(row: Any) -> Arrival:  # noqa: ANN401 - a row
    return Arrival(row.id, row.door, row.state, row.reason, row.form, row.lead_id, row.received_at)
