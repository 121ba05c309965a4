"""What other systems are told: written with the change it tells of, sent after the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, func, or_, select, text, update

from bot.crm.company.webhooks import Endpoint
from bot.crm.hook import AGAIN, TRIES, Outcome, Posted
from bot.crm.lead import Lead
from bot.store import incidents
from bot.store.desk import Desk
from bot.store.tables.outside import (
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
    webhook_messages,
)
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

#: How long a try may take before somebody else believes it dead; the wire has 20 seconds.
LEASE = timedelta(seconds=60)
_PLACE = "webhook_messages.body"


@dataclass(frozen=True, slots=True)
class Hook:
    """One try that is due."""

    id: int
    message_id: str
    endpoint: str
    fence: int
    #: This one included.
    attempts: int


@dataclass(frozen=True, slots=True)
class Told:
    """How one delivery stands, for people who look after it."""

    message_id: str
    type: str
    endpoint: str
    round: int
    state: str
    attempts: int
    due_at: datetime
    created_at: datetime
    last: str


_OPEN = or_(
    webhook_deliveries.c.state == "pending",
    and_(webhook_deliveries.c.state == "sending", webhook_deliveries.c.lease_until < bindparam("now_at")),
)
_READY = (
    select(webhook_deliveries.c.id)
    .where(
        _OPEN,
        webhook_deliveries.c.due_at <= bindparam("now_at"),
        webhook_deliveries.c.endpoint.not_in(bindparam("closed", expanding=True)),
    )
    .order_by(webhook_deliveries.c.due_at, webhook_deliveries.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(webhook_deliveries)
    .where(webhook_deliveries.c.id.in_(_READY))
    .values(
        state="sending",
        attempts=webhook_deliveries.c.attempts + 1,
        fence=webhook_deliveries.c.fence + 1,
        lease_until=bindparam("until"),
    )
    .returning(
        webhook_deliveries.c.id,
        webhook_deliveries.c.message_id,
        webhook_deliveries.c.endpoint,
        webhook_deliveries.c.fence,
        webhook_deliveries.c.attempts,
    )
)
_SETTLE = (
    update(webhook_deliveries)
    .where(
        webhook_deliveries.c.id == bindparam("row_id"), webhook_deliveries.c.fence == bindparam("at_fence")
    )
    .values(
        state=bindparam("becomes"),
        due_at=bindparam("next_at"),
        lease_until=None,
        done_at=bindparam("ended_at"),
    )
)
_SKIP_ALL = (
    update(webhook_deliveries)
    .where(webhook_deliveries.c.endpoint == bindparam("of"), webhook_deliveries.c.state == "pending")
    .values(state="skipped", done_at=bindparam("at"), lease_until=None)
)
_MESSAGE = select(webhook_messages).where(webhook_messages.c.id == bindparam("of"))
_ENDPOINTS = select(webhook_endpoints)
_STAND = text(
    "INSERT INTO webhook_endpoints (endpoint, url_digest, disabled_at, slow_until)"
    " VALUES (:endpoint, :digest, :disabled, :slow)"
    " ON CONFLICT (endpoint) DO UPDATE SET url_digest = excluded.url_digest,"
    " disabled_at = excluded.disabled_at, slow_until = excluded.slow_until"
).bindparams(bindparam("disabled", type_=UTCDateTime), bindparam("slow", type_=UTCDateTime))
_NEXT = select(func.min(webhook_deliveries.c.due_at).label("due_at")).where(
    webhook_deliveries.c.state.in_(["pending", "sending"])
)
_LAST_ROUND = select(func.max(webhook_deliveries.c.round).label("n")).where(
    webhook_deliveries.c.message_id == bindparam("of"), webhook_deliveries.c.endpoint == bindparam("at")
)
_ENDPOINTS_OF = (
    select(webhook_deliveries.c.endpoint).where(webhook_deliveries.c.message_id == bindparam("of")).distinct()
)
_LIST = (
    select(webhook_deliveries, webhook_messages.c.type)
    .join(webhook_messages, webhook_messages.c.id == webhook_deliveries.c.message_id)
    .order_by(webhook_deliveries.c.id.desc())
    .limit(bindparam("most"))
)
_LAST = (
    select(webhook_attempts)
    .where(webhook_attempts.c.delivery_id == bindparam("of"))
    .order_by(webhook_attempts.c.id.desc())
    .limit(1)
)


def lead_data(lead: Lead) -> dict[str, Any]:
    """A lead as other systems are told of it: ways to reach it are masked."""
    return {
        "id": lead.id, "status": lead.status.value, "name": lead.name, "company": lead.company,
        "title": lead.title, "phone_masked": lead.phone_masked, "email_masked": lead.email_masked,
        "city": lead.city, "province": lead.province, "region": lead.region, "industry": lead.industry,
        "source": lead.source, "campaign": lead.campaign, "form": lead.form, "score": lead.score,
        "owner": lead.owner_id,
    }  # fmt: skip


async def tell(desk: Desk, kind: str, data: Mapping[str, Any], *, lead_id: str | None) -> None:
    """Tell whoever wants to hear of it; nothing is written when nobody does."""
    wanting = [one.key for one in desk.company.webhooks.endpoints if kind in one.events]
    if not wanting:
        return
    message_id = f"msg_{desk.new_id()}"
    body = orjson.dumps({"type": kind, "timestamp": desk.now.isoformat(), "data": dict(data)})
    sealed = desk.vault.seal(body, f"{_PLACE}:{message_id}")
    row = {"id": message_id, "type": kind, "lead_id": lead_id, "body": sealed, "at": desk.now}
    await desk.tx.insert(webhook_messages, row)
    for endpoint in wanting:
        await _deliver(desk.tx, message_id, endpoint, 1, desk.now)


async def take(tx: Tx, *, closed: Iterable[str], now: datetime, most: int) -> list[Hook]:
    """Take what is due, committed before the wire is touched."""
    rows = await tx.all(_TAKE, now_at=now, closed=[*closed, ""], until=now + LEASE, most=most)
    return [Hook(r.id, r.message_id, r.endpoint, r.fence, r.attempts) for r in rows]


async def body(desk: Desk, message_id: str) -> bytes:
    """The bytes to sign and to send."""
    row = await desk.tx.first(_MESSAGE, of=message_id)
    if row is None:
        raise KeyError(message_id)
    return desk.vault.open(row.body, f"{_PLACE}:{message_id}")


async def settle(desk: Desk, hook: Hook, posted: Posted, *, jitter: float) -> str:
    """Write down what a try brought, and when the next is; the state it is in then.

    `jitter`, 0 to 1, spreads what failed together over a tenth more of the waiting time.
    """
    outcome = posted.outcome
    await desk.tx.insert(webhook_attempts, {
        "delivery_id": hook.id, "n": hook.attempts, "at": desk.now, "outcome": outcome.value,
        "status": posted.status, "reason": posted.reason,
    })  # fmt: skip
    state, next_at = "pending", desk.now
    if outcome is Outcome.ACCEPTED:
        state = "sent"
    elif outcome is Outcome.GONE:
        state = "skipped"
    elif hook.attempts >= TRIES:
        state = "failed"
    else:
        wait = AGAIN[hook.attempts - 1]
        next_at = desk.now + max(
            wait * (1 + jitter / 10), posted.mercy if outcome is Outcome.SLOW_DOWN else wait
        )
    ended = None if state == "pending" else desk.now
    moved = await desk.tx.run(
        _SETTLE, row_id=hook.id, at_fence=hook.fence, becomes=state, next_at=next_at, ended_at=ended
    )
    if outcome is not Outcome.ACCEPTED:
        await incidents.count(desk.tx, f"webhook.{outcome.value}", hook.endpoint, desk.now)
    return state if moved == 1 else "superseded"


async def drop(desk: Desk, hook: Hook, reason: str) -> None:
    """Not to be sent at all: its endpoint is no longer configured, or has no secret."""
    await desk.tx.insert(webhook_attempts, {
        "delivery_id": hook.id, "n": hook.attempts, "at": desk.now, "outcome": "skipped", "status": None,
        "reason": reason,
    })  # fmt: skip
    await desk.tx.run(
        _SETTLE, row_id=hook.id, at_fence=hook.fence, becomes="skipped", next_at=desk.now, ended_at=desk.now
    )
    await incidents.count(desk.tx, "webhook.skipped", f"{reason}:{hook.endpoint}", desk.now)


async def slow(desk: Desk, endpoint: Endpoint, until: datetime) -> None:
    """Leave an endpoint alone for a while."""
    await desk.tx.run(_STAND, endpoint=endpoint.key, digest=digest(endpoint.url), disabled=None, slow=until)


async def disable(desk: Desk, endpoint: Endpoint) -> int:
    """It is gone for good (410): what waits for it is skipped; how much that was."""
    await desk.tx.run(
        _STAND, endpoint=endpoint.key, digest=digest(endpoint.url), disabled=desk.now, slow=None
    )
    return await desk.tx.run(_SKIP_ALL, of=endpoint.key, at=desk.now)


async def enable(desk: Desk, endpoint: Endpoint) -> None:
    """It is there again."""
    await desk.tx.run(_STAND, endpoint=endpoint.key, digest=digest(endpoint.url), disabled=None, slow=None)


async def closed(tx: Tx, endpoints: Iterable[Endpoint], now: datetime) -> dict[str, str]:
    """Endpoints to which nothing goes now, and why: `disabled` until its address changes, or `slow`."""
    digests = {one.key: digest(one.url) for one in endpoints}
    found = {}
    for row in await tx.all(_ENDPOINTS):
        if row.disabled_at is not None and digests.get(row.endpoint) == row.url_digest:
            found[row.endpoint] = "disabled"
        elif row.slow_until is not None and row.slow_until > now:
            found[row.endpoint] = "slow"
    return found


async def replay(desk: Desk, message_id: str) -> tuple[str, ...]:
    """Tell it once more to each that was told of it; whom."""
    if await desk.tx.first(_MESSAGE, of=message_id) is None:
        raise KeyError(message_id)
    told = sorted(row.endpoint for row in await desk.tx.all(_ENDPOINTS_OF, of=message_id))
    for endpoint in told:
        row = await desk.tx.first(_LAST_ROUND, of=message_id, at=endpoint)
        await _deliver(desk.tx, message_id, endpoint, int(row.n) + 1 if row else 1, desk.now)
    return tuple(told)


async def recent(tx: Tx, *, most: int) -> list[Told]:
    """The newest deliveries and how they stand."""
    found = []
    for row in await tx.all(_LIST, most=most):
        last = await tx.first(_LAST, of=row.id)
        said = (
            ""
            if last is None
            else " ".join(str(one) for one in (last.outcome, last.status, last.reason) if one)
        )
        found.append(
            Told(
                row.message_id, row.type, row.endpoint, row.round, row.state, row.attempts, row.due_at,
                row.created_at, said,
            )
        )  # fmt: skip
    return found


async def next_due(tx: Tx) -> datetime | None:
    """When the next try is due, if any is open."""
    row = await tx.first(_NEXT)
    return None if row is None else row.due_at


def digest(url: str) -> str:
    """Tells whether an address was changed."""
    return hashlib.sha256(url.encode()).hexdigest()[:32]


async def _deliver(tx: Tx, message_id: str, endpoint: str, n: int, now: datetime) -> None:
    await tx.insert(webhook_deliveries, {
        "message_id": message_id, "endpoint": endpoint, "round": n, "state": "pending", "attempts": 0,
        "due_at": now, "fence": 0, "created_at": now,
    })  # fmt: skip
