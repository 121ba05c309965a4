"""The ledger of messages to customers: each that was wanted, what was decided, what became of it.

Caps are counted from these rows and from nothing else, so a message that certainly did not go counts
no more by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import String, bindparam, func, or_, select, update

from bot.crm.touching import COUNTED, Purpose, TouchState
from bot.kit.vault import Vault
from bot.store.among import among
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.touch import touch_plans, touch_policies
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

_COUNTED = sorted(one.value for one in COUNTED)
_ONCE = [Purpose.MARKETING.value, Purpose.ADDED.value]


#: Of a row that needs no document.
_NOTHING: Mapping[str, Any] = {}


class Plan(NamedTuple):
    """One row; a tuple, for units write hundreds."""

    id: str
    key: str
    lead_id: str
    state: TouchState
    purpose: str
    content: str
    decided_at: datetime
    campaign: str = ""
    journey: str = ""
    arm: str = ""
    priority: int = 0
    way: str = ""
    channel: str = ""
    #: A `Refusal`, or empty.
    reason: str = ""
    detail: str = ""
    skipped: Mapping[str, str] = _NOTHING
    wanted: Mapping[str, Any] = _NOTHING
    facts: Mapping[str, Any] = _NOTHING
    policy: str = ""
    counts_on: int | None = None
    window_id: str | None = None
    grant_id: str | None = None
    task_id: str | None = None
    due_at: datetime | None = None
    not_after: datetime | None = None
    attempts: int = 0
    fence: int = 0
    ended_at: datetime | None = None
    #: None where they cannot be opened: altered, or the key is gone.
    words: Mapping[str, Any] | None = _NOTHING

    def __repr__(self) -> str:
        """Nobody's words in a log."""
        return f"Plan(id={self.id!r}, key={self.key!r}, state={self.state.value!r}, reason={self.reason!r})"


@dataclass(frozen=True, slots=True)
class Counted:
    """One message that counts under the caps."""

    id: str
    channel: str
    day: int
    priority: int
    is_waiting: bool
    #: When it went, if it did: the day of that hangs on where he is now.
    sent_at: datetime | None = field(default=None, compare=False)


_BY_KEYS = select(touch_plans).where(among(touch_plans.c.key, "keys"))
_BY_ID = select(touch_plans).where(touch_plans.c.id == bindparam("of"))
_OF_LEAD = (
    select(touch_plans)
    .where(touch_plans.c.lead_id == bindparam("of_lead"))
    .order_by(touch_plans.c.decided_at.desc(), touch_plans.c.id.desc())
    .limit(bindparam("most"))
)
_PLANNED = select(touch_plans).where(
    touch_plans.c.lead_id == bindparam("of_lead"), touch_plans.c.state == TouchState.PLANNED.value
)
_COUNTS = select(
    touch_plans.c.lead_id, touch_plans.c.id, touch_plans.c.channel, touch_plans.c.counts_on,
    touch_plans.c.priority, touch_plans.c.state, touch_plans.c.ended_at,
).where(
    among(touch_plans.c.lead_id, "those"),
    touch_plans.c.counts_on.between(bindparam("first"), bindparam("last")),
    touch_plans.c.state.in_(_COUNTED),
    touch_plans.c.id != bindparam("but"),
)  # fmt: skip
_AT = func.max(
    func.coalesce(touch_plans.c.ended_at, touch_plans.c.due_at, touch_plans.c.decided_at),
    type_=UTCDateTime,
)
_HAD = (
    select(touch_plans.c.lead_id, touch_plans.c.content, _AT.label("at"))
    .where(
        among(touch_plans.c.lead_id, "those"),
        among(touch_plans.c.content, "said"),
        touch_plans.c.purpose.in_(_ONCE),
        touch_plans.c.state.in_(_COUNTED),
        touch_plans.c.id != bindparam("but"),
    )
    .group_by(touch_plans.c.lead_id, touch_plans.c.content)
)
_SKIP = (
    update(touch_plans)
    .where(touch_plans.c.id == bindparam("of"), touch_plans.c.state == TouchState.PLANNED.value)
    .values(
        state=TouchState.SKIPPED.value, reason=bindparam("why"), detail=bindparam("because"),
        ended_at=bindparam("at"), lease_until=None,
    )
)  # fmt: skip
_OPEN_TASK = (
    select(touch_plans.c.task_id)
    .where(
        touch_plans.c.lead_id == bindparam("of_lead"),
        touch_plans.c.state == TouchState.GIVEN_TO_REP.value,
        touch_plans.c.task_id.is_not(None),
    )
    .order_by(touch_plans.c.decided_at.desc())
    .limit(5)
)
_IN_TASK = (
    select(touch_plans.c.content, touch_plans.c.skipped)
    .where(touch_plans.c.lead_id == bindparam("of_lead"), touch_plans.c.task_id == bindparam("of_task"))
    .order_by(touch_plans.c.decided_at, touch_plans.c.key)
)
_STANDS_IN = select(touch_plans.c.task_id, touch_plans.c.purpose, touch_plans.c.skipped).where(
    touch_plans.c.lead_id == bindparam("of_lead"),
    touch_plans.c.state == TouchState.GIVEN_TO_REP.value,
    touch_plans.c.task_id.is_not(None),
)
_POLICY = select(touch_policies.c.body).where(touch_policies.c.digest == bindparam("of"))
_TOTALS = (
    select(touch_plans.c.state, touch_plans.c.reason, func.count().label("n"))
    .select_from(touch_plans.outerjoin(leads, leads.c.id == touch_plans.c.lead_id))
    .where(
        touch_plans.c.decided_at >= bindparam("since"),
        or_(leads.c.region == bindparam("of_region"), bindparam("of_region", type_=String) == ""),
    )
    .group_by(touch_plans.c.state, touch_plans.c.reason)
    .order_by(touch_plans.c.state, touch_plans.c.reason)
)
_values_of = attrgetter(*Plan._fields)
#: What a new row has, in this order.
_ADDED = (*Plan._fields, "lease_until", "provider_id")


async def add(desk: Desk, plan: Plan) -> bool:
    """Write one down; False if its key is there."""
    return await desk.tx.insert_new(touch_plans, dict(zip(_ADDED, _row(desk, plan), strict=True)))


async def add_all(desk: Desk, plans: Sequence[Plan]) -> None:
    """Write many down whose keys are not there; what some of them share is spelled once."""
    if plans:
        await desk.tx.insert_rows(touch_plans, _ADDED, [_row(desk, plan) for plan in plans])


def _row(desk: Desk, plan: Plan) -> tuple[Any, ...]:
    touch_id, key, lead_id, state, *same, words = plan
    sealed = desk.vault.seal(orjson.dumps(dict(words)), _place(touch_id)) if words else None
    return touch_id, key, lead_id, str(state), *same, sealed, None, ""


async def find_key(tx: Tx, key: str) -> Plan | None:
    """The message of an occasion, without its words."""
    return (await find_keys(tx, [key])).get(key)


async def find_keys(tx: Tx, keys: Iterable[str]) -> dict[str, Plan]:
    """The messages that there are of these occasions, without their words."""
    return {row.key: read(row) for row in await tx.all(_BY_KEYS, keys=keys)}


async def find(tx: Tx, touch_id: str) -> Plan | None:
    """One by its id, without its words."""
    row = await tx.first(_BY_ID, of=touch_id)
    return None if row is None else read(row)


async def of_lead(tx: Tx, lead_id: str, *, most: int) -> list[Plan]:
    """The latest about somebody, the newest first."""
    return [read(row) for row in await tx.all(_OF_LEAD, of_lead=lead_id, most=most)]


async def waiting(tx: Tx, lead_id: str) -> list[Plan]:
    """What is to go to somebody at its hour."""
    return [read(row) for row in await tx.all(_PLANNED, of_lead=lead_id)]


async def counted_each(
    tx: Tx, lead_ids: Iterable[str], *, first: int, last: int, but: str = ""
) -> dict[str, list[Counted]]:
    """By lead: messages that count under the caps, by day; `but` one."""
    waiting, sent = TouchState.PLANNED.value, TouchState.SENT.value
    found: dict[str, list[Counted]] = {}
    for row in await tx.all(_COUNTS, those=lead_ids, first=first, last=last, but=but):
        at = row.ended_at if row.state == sent else None
        one = Counted(row.id, row.channel, row.counts_on, row.priority, row.state == waiting, at)
        found.setdefault(row.lead_id, []).append(one)
    return found


async def had_content(tx: Tx, lead_id: str, content: str, *, but: str = "") -> datetime | None:
    """When somebody got, or will get, this content as marketing; None for never."""
    return (await had_content_each(tx, [lead_id], [content], but=but)).get((lead_id, content))


async def had_content_each(
    tx: Tx, lead_ids: Iterable[str], contents: Iterable[str], *, but: str = ""
) -> dict[tuple[str, str], datetime]:
    """By lead and content, when he got, or will get, it as marketing; who never did is not there."""
    rows = await tx.all(_HAD, those=lead_ids, said=contents, but=but)
    return {(row.lead_id, row.content): row.at for row in rows}


async def skip(desk: Desk, touch_id: str, *, reason: str, detail: str) -> bool:
    """It will not be sent; False if it is under way or over."""
    return await desk.tx.run(_SKIP, of=touch_id, why=reason, because=detail, at=desk.now) == 1


async def task_of_lead(tx: Tx, lead_id: str) -> tuple[str, ...]:
    """Tasks that owners got about somebody in place of messages, the newest first."""
    return tuple(row.task_id for row in await tx.all(_OPEN_TASK, of_lead=lead_id))


async def in_task(tx: Tx, lead_id: str, task_id: str) -> list[tuple[str, Mapping[str, str]]]:
    """What a task stands for: each content with the reasons of its ways, the oldest first."""
    rows = await tx.all(_IN_TASK, of_lead=lead_id, of_task=task_id)
    return [(row.content, row.skipped) for row in rows]


async def stands_in(tx: Tx, lead_id: str) -> dict[str, list[tuple[str, Mapping[str, str]]]]:
    """By task of an owner: the purpose of each message for which it stands, and the reasons of its ways."""
    found: dict[str, list[tuple[str, Mapping[str, str]]]] = {}
    for row in await tx.all(_STANDS_IN, of_lead=lead_id):
        found.setdefault(row.task_id, []).append((row.purpose, row.skipped))
    return found


async def keep_policy(desk: Desk, digest: str, body: Mapping[str, Any]) -> None:
    """Keep a version of the rules, once."""
    await desk.tx.insert_new(touch_policies, {"digest": digest, "body": dict(body), "first_at": desk.now})


async def policy(tx: Tx, digest: str) -> Mapping[str, Any] | None:
    """The rules that a decision found."""
    row = await tx.first(_POLICY, of=digest)
    return None if row is None else row.body


async def totals(tx: Tx, since: datetime, *, region: str = "") -> Sequence[tuple[str, str, int]]:
    """How many, by state and reason; of leads of one region, or of all."""
    return [(row.state, row.reason, row.n) for row in await tx.all(_TOTALS, since=since, of_region=region)]


def read(row: Any, vault: Vault | None = None) -> Plan:  # noqa: ANN401 - a row
    """Read a row; its words only with the keys."""
    words = _opened(vault, row) if vault and row.words else {}
    return Plan._make(_values_of(row))._replace(state=TouchState(row.state), words=words)


def _opened(vault: Vault, row: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a row
    """One that cannot be opened must not hold up all the others that are read with it."""
    try:
        found: dict[str, Any] = orjson.loads(vault.open(row.words, _place(row.id)))
    except ValueError:
        return None
    return found


def _place(touch_id: str) -> str:
    return f"touch_plans.words:{touch_id}"
