"""What waits, since when, and how much of everything there is: for readiness, metrics and doctor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, text

from bot.store import incidents
from bot.store.tables.machinery import audit, audit_head, inbox, lanes, outbox, timers
from bot.store.tx import Tx

_LANES = select(func.count().label("n"), func.min(lanes.c.due_at).label("oldest")).where(
    lanes.c.due_at <= bindparam("now_at")
)
_PENDING = select(func.count().label("n"), func.min(inbox.c.id).label("first")).where(
    inbox.c.state == "pending"
)
_RECEIVED = select(inbox.c.received_at).where(inbox.c.id == bindparam("of"))
_UNSENT = select(func.count().label("n"), func.min(outbox.c.due_at).label("oldest")).where(
    # Spelled out as the partial index has it: with values that come later SQLite would not see that it fits.
    text("state IN ('pending', 'leased', 'sending')"),
    outbox.c.due_at <= bindparam("now_at"),
)
_UNLINKED = select(func.count().label("n"), func.min(audit.c.at).label("oldest")).where(audit.c.n.is_(None))
_INBOX = select(inbox.c.state, func.count().label("n")).group_by(inbox.c.state)
_OUTBOX = select(outbox.c.platform, outbox.c.state, func.count().label("n")).group_by(
    outbox.c.platform, outbox.c.state
)
_TIMERS = select(timers.c.state, func.count().label("n")).group_by(timers.c.state)
_OVERDUE = select(func.count().label("n"), func.min(timers.c.due_at).label("oldest")).where(
    timers.c.state == "waiting", timers.c.due_at <= bindparam("now_at")
)
_HEAD = select(audit_head.c.n)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some rows that wait, and since when the first of them does."""

    n: int
    oldest: datetime | None

    def seconds(self, now: datetime) -> int:
        """How long the first has waited; 0 when none does."""
        return 0 if self.oldest is None else max(0, round((now - self.oldest).total_seconds()))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits now; each number comes from an index of what waits, however much is done."""

    #: Deliveries answered and not yet carried out.
    deliveries: Waiting
    #: Lanes with work that is due: deliveries and timers.
    lanes: Waiting
    #: Messages that are due and not sent.
    unsent: Waiting
    #: Audit rows without a place in the chain.
    unlinked: Waiting


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is of everything; counted over whole tables, so not at every look."""

    inbox: Mapping[str, int]
    #: By platform and state.
    outbox: Mapping[tuple[str, str], int]
    timers: Mapping[str, int]
    overdue: Waiting
    #: By name and reason.
    incidents: Mapping[tuple[str, str], int]
    audit_rows: int

    def sends(self, state: str) -> int:
        """Messages in a state, on all platforms."""
        return sum(n for (_, found), n in self.outbox.items() if found == state)


async def backlog(tx: Tx, *, now: datetime) -> Backlog:
    """What waits."""
    pending, first = await tx.first(_PENDING) or (0, None)
    received = None if first is None else await tx.first(_RECEIVED, of=first)
    return Backlog(
        deliveries=Waiting(pending, None if received is None else received.received_at),
        lanes=_waiting(await tx.first(_LANES, now_at=now)),
        unsent=_waiting(await tx.first(_UNSENT, now_at=now)),
        unlinked=_waiting(await tx.first(_UNLINKED)),
    )


async def totals(tx: Tx, *, now: datetime) -> Totals:
    """Count everything."""
    head = await tx.first(_HEAD)
    return Totals(
        inbox={row.state: row.n for row in await tx.all(_INBOX)},
        outbox={(row.platform, row.state): row.n for row in await tx.all(_OUTBOX)},
        timers={row.state: row.n for row in await tx.all(_TIMERS)},
        overdue=_waiting(await tx.first(_OVERDUE, now_at=now)),
        incidents=await incidents.totals(tx),
        audit_rows=0 if head is None else head.n,
    )


def _waiting(row: Any) -> Waiting:  # noqa: ANN401 - a row of two columns
    n, oldest = row
    return Waiting(n, oldest)
