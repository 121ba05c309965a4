"""From the ledger to the wire: leased, asked again, marked SENDING and committed, only then sent.

SENDING is a tombstone: nobody but the fence that wrote it may put this message on the wire.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, text, update

from bot.crm.touching import TouchState
from bot.kit.vault import Vault
from bot.store.tables.outreach import group_message_members
from bot.store.tables.touch import touch_plans
from bot.store.touch_plans import Plan, read
from bot.store.tx import Tx

#: Longer than any call's deadline, so that a lease never ends while its call is under way.
LEASE = timedelta(seconds=30)
#: Rows looked at for each one taken: several may be one customer's.
_LOOK = 4

_OPEN = text("touch_plans.state IN ('planned', 'leased', 'sending')")
_other = touch_plans.alias("other")
_BUSY = select(_other.c.lead_id).where(
    text("other.state IN ('planned', 'leased', 'sending')"),
    or_(_other.c.state == "leased", _other.c.state == "sending"),
    _other.c.lease_until >= bindparam("now_at"),
)
_READY = (
    _OPEN,
    touch_plans.c.due_at <= bindparam("now_at"),
    or_(
        touch_plans.c.state == "planned",
        (touch_plans.c.state == "leased") & (touch_plans.c.lease_until < bindparam("now_at")),
    ),
    touch_plans.c.lead_id.not_in(_BUSY),
)
_IN_ORDER = (touch_plans.c.due_at, touch_plans.c.priority.desc(), touch_plans.c.id)
_DUE = (
    select(touch_plans)
    .where(
        *_READY,
        touch_plans.c.channel.not_in(bindparam("but", expanding=True)),
        touch_plans.c.way.not_in(bindparam("but_ways", expanding=True)),
    )
    .order_by(*_IN_ORDER)
    .limit(bindparam("most"))
)
_DUE_BY = (
    select(touch_plans)
    .where(*_READY, touch_plans.c.way == bindparam("by_way"))
    .order_by(*_IN_ORDER)
    .limit(bindparam("most"))
)
_this = (touch_plans.c.id == bindparam("of"), touch_plans.c.fence == bindparam("at_fence"))
_LEASE = (
    update(touch_plans)
    .where(*_this, or_(touch_plans.c.state == "planned", touch_plans.c.state == "leased"))
    .values(state="leased", lease_until=bindparam("until"), fence=touch_plans.c.fence + 1)
)
_SENDING = (
    update(touch_plans)
    .where(*_this, touch_plans.c.state == "leased")
    .values(
        state="sending", lease_until=bindparam("until"), attempts=touch_plans.c.attempts + 1,
        counts_on=bindparam("day"),
    )
)  # fmt: skip
_AGAIN = (
    update(touch_plans)
    .where(*_this, or_(touch_plans.c.state == "leased", touch_plans.c.state == "sending"))
    .values(
        state="planned", due_at=bindparam("next_due"), counts_on=bindparam("day"),
        detail=bindparam("because"), lease_until=None, not_after=bindparam("good_until"),
    )
)  # fmt: skip
_END = (
    update(touch_plans)
    .where(*_this, or_(touch_plans.c.state == "leased", touch_plans.c.state == "sending"))
    .values(
        state=bindparam("to"), reason=bindparam("why"), detail=bindparam("because"),
        provider_id=bindparam("theirs"), ended_at=bindparam("at"), lease_until=None,
    )
)  # fmt: skip
_STUCK = (
    select(touch_plans)
    .where(_OPEN, touch_plans.c.state == "sending", touch_plans.c.lease_until < bindparam("now_at"))
    .order_by(touch_plans.c.lease_until, touch_plans.c.id)
    .limit(100)
)
_SETTLE = (
    update(touch_plans)
    .where(touch_plans.c.id == bindparam("of"), touch_plans.c.state.in_(bindparam("states", expanding=True)))
    .values(state=bindparam("to"), detail=bindparam("because"), ended_at=bindparam("at"))
)
_ASKED = (
    select(touch_plans.c.id)
    .where(
        touch_plans.c.state == TouchState.ASKED.value,
        touch_plans.c.ended_at < bindparam("before"),
        # Those in a colleague's task are settled with it.
        touch_plans.c.id.not_in(select(group_message_members.c.touch_id)),
    )
    .limit(100)
)


async def lease(
    tx: Tx,
    vault: Vault,
    *,
    now: datetime,
    most: int,
    but: Collection[str] = (),
    but_ways: Collection[str] = (),
) -> list[Plan]:
    """Take what is due, one message for each customer who has none under way; but some channels, ways."""
    skipped = {"but": sorted(but) or [""], "but_ways": sorted(but_ways) or ["-"]}
    return await _leased(tx, vault, await tx.all(_DUE, now_at=now, most=most * _LOOK, **skipped), now, most)


async def has_waited(tx: Tx, way: str, *, now: datetime, since: datetime) -> bool:
    """Whether the first that is due by a way has been so `since` then: others have had time to join it."""
    first = await tx.first(_DUE_BY, now_at=now, by_way=way, most=1)
    return first is not None and first.due_at <= since


async def lease_way(tx: Tx, vault: Vault, way: str, *, now: datetime, most: int) -> list[Plan]:
    """Take all that is due by one way."""
    rows = await tx.all(_DUE_BY, now_at=now, by_way=way, most=most * _LOOK)
    return await _leased(tx, vault, rows, now, most)


async def _leased(tx: Tx, vault: Vault, rows: Sequence[Any], now: datetime, most: int) -> list[Plan]:
    taken: dict[str, Plan] = {}
    for row in rows:
        if len(taken) == most or row.lead_id in taken:
            continue
        if await tx.run(_LEASE, of=row.id, at_fence=row.fence, until=now + LEASE) == 1:
            taken[row.lead_id] = read(row._replace(fence=row.fence + 1, state="leased"), vault)
    return list(taken.values())


async def mark_sending(tx: Tx, plan: Plan, *, day: int | None, now: datetime) -> bool:
    """Write the tombstone; from now on it counts on the day of the wire. False if another holds the row."""
    until = now + LEASE
    return await tx.run(_SENDING, of=plan.id, at_fence=plan.fence, until=until, day=day) == 1


async def again(
    tx: Tx, plan: Plan, *, at: datetime, day: int | None, why: str, not_after: datetime | None = None
) -> bool:
    """It certainly did not go: ask again at `at`, good until `not_after` or as long as it was.

    False if another holds the row.
    """
    known: dict[str, Any] = {"of": plan.id, "at_fence": plan.fence, "next_due": at, "day": day}
    until = not_after or plan.not_after
    return await tx.run(_AGAIN, **known, because=why[:200], good_until=until) == 1


async def end(
    tx: Tx,
    plan: Plan,
    state: TouchState,
    *,
    now: datetime,
    reason: str = "",
    detail: str = "",
    provider_id: str = "",
) -> bool:
    """Bring it to its end; False if another holds the row."""
    known: dict[str, Any] = {"of": plan.id, "at_fence": plan.fence, "to": state.value, "why": reason}
    return await tx.run(_END, **known, because=detail[:200], theirs=provider_id, at=now) == 1


async def stuck(tx: Tx, now: datetime) -> Sequence[Plan]:
    """Messages whose sender vanished between the tombstone and the answer."""
    return [read(row) for row in await tx.all(_STUCK, now_at=now)]


async def settle(
    tx: Tx, touch_id: str, state: TouchState, *, of: Collection[TouchState], now: datetime, detail: str = ""
) -> bool:
    """What was open (asked, unknown) is known now; False if it was not in one of these states."""
    states = sorted(one.value for one in of)
    return await tx.run(_SETTLE, of=touch_id, states=states, to=state.value, because=detail, at=now) == 1


async def asked_before(tx: Tx, before: datetime) -> Sequence[str]:
    """Messages that a colleague was asked to send so long ago."""
    return [row.id for row in await tx.all(_ASKED, before=before)]
