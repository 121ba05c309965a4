"""Take one person out: first what is his, then what only mentions him, so many rows in each unit of work.

What counted goes on counting: rows stay, nothing in them says who it was. With the first unit everything
that goes to him ends, and his name is gone; a process that dies between two goes on where it was.
"""

from __future__ import annotations

import base64
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select, update

from bot.crm.lead import ERASED_REASON, Lead, LeadStatus
from bot.crm.pool import HELD
from bot.crm.signals import RedrawLead
from bot.crm.touching import Refusal as NotSent
from bot.crm.touching import TouchState
from bot.crm.user import User
from bot.store import (
    audit,
    counters,
    enrollments,
    leads,
    tasks,
    tenures,
    timers,
    touch_plans,
    touch_suppressions,
    webhooks,
)
from bot.store.claims import holding_key
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.personal import own
from bot.store.personal import rows as writing
from bot.store.personal.register import MENTIONS, TIES
from bot.store.personal.tie import Mention, Seal
from bot.store.personal.traces import Finder, Known
from bot.store.personal.walk import place_of, some
from bot.store.personal.whose import family_of, key_of
from bot.store.reads.namesakes import is_only_one
from bot.store.tables.journeys import journey_enrollments, journey_marks
from bot.store.tables.leads import lead_keys
from bot.store.tables.leads import leads as leads_table
from bot.store.tables.outside import webhook_deliveries, webhook_messages
from bot.store.tables.privacy import erasures
from bot.store.tables.touch import touch_plans as plans_table
from bot.store.tx import Tx

WAITING, DONE = "waiting", "done"
ERASED = touch_suppressions.ERASED
#: An office's number with a name is not his alone; everything else that he is known by is.
_OFFICE = "landline"


class Refused(enum.Enum):
    """Why nothing was taken out."""

    NOBODY = "nobody"
    #: It was done before.
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One of them, as it stands."""

    lead_id: str
    family: tuple[str, ...]
    state: str
    #: In the register: what is his, then what mentions him.
    place: int
    reached: tuple[Any, ...]
    reason: str
    traces: bytes | None
    mentions: int


_OF = select(erasures).where(erasures.c.lead_id == bindparam("of"))
_ALL = select(erasures).order_by(erasures.c.asked_at, erasures.c.lead_id)
_OPEN = select(erasures).where(erasures.c.state == WAITING).order_by(erasures.c.asked_at).limit(20)
_AGAIN = (
    update(erasures)
    .where(erasures.c.lead_id == bindparam("of"))
    .values(
        state=WAITING, place=bindparam("at_place"), reached=bindparam("up_to"), traces=bindparam("known"),
        family=bindparam("those"), mentions=0, done_at=None,
    )
)  # fmt: skip
_REACHED = (
    update(erasures)
    .where(erasures.c.lead_id == bindparam("of"))
    .values(
        place=bindparam("at_place"), reached=bindparam("up_to"),
        mentions=erasures.c.mentions + bindparam("more"),
    )
)  # fmt: skip
_WALKED = (
    update(erasures)
    .where(erasures.c.lead_id == bindparam("of"))
    .values(place=bindparam("at_place"), reached=bindparam("up_to"), traces=bindparam("known"))
)
_REASON = update(erasures).where(erasures.c.lead_id == bindparam("of")).values(reason=bindparam("said"))
_ENDED = (
    update(erasures)
    .where(erasures.c.lead_id == bindparam("of"))
    .values(state=DONE, traces=None, done_at=bindparam("at"))
)
_HOLLOW = (
    update(leads_table)
    .where(leads_table.c.id == bindparam("of"))
    .values(
        status=bindparam("is_now"), invalid_reason=bindparam("why"), owner_id=None, pool_id=None,
        epoch=leads_table.c.epoch + 1, changed_at=bindparam("at"),
    )
)  # fmt: skip
_NO_HOOKS = (
    update(webhook_deliveries)
    .where(
        webhook_deliveries.c.message_id.in_(
            select(webhook_messages.c.id).where(
                webhook_messages.c.lead_id.in_(bindparam("those", expanding=True))
            )
        ),
        webhook_deliveries.c.state.in_(["pending", "sending"]),
    )
    .values(state="skipped", done_at=bindparam("at"), lease_until=None)
)
_KEYS = select(lead_keys.c.kind, lead_keys.c.digest).where(
    lead_keys.c.lead_id.in_(bindparam("those", expanding=True))
)
_WAYS = select(journey_enrollments.c.id).where(
    journey_enrollments.c.lead_id.in_(bindparam("those", expanding=True)),
    journey_enrollments.c.state != enrollments.DONE,
)
_PLANNED = select(plans_table.c.id).where(
    plans_table.c.lead_id.in_(bindparam("those", expanding=True)),
    plans_table.c.state == TouchState.PLANNED.value,
)
_UNMARK = delete(journey_marks).where(journey_marks.c.of_lead == bindparam("of"))


async def begin(desk: Desk, lead_id: str, *, by: User, reason: str) -> Erasure | Refused:
    """Everything that is his, in one unit: from its commit on nothing goes to him, and nothing names him."""
    family = await family_of(desk.tx, lead_id)
    if not family:
        return Refused.NOBODY
    those = await leads.lock_each(desk.tx, family)
    lead = those[family[0]]
    known = await find(desk.tx, lead.id)
    if known is not None and lead.is_erased and (known.state == DONE or known.traces is not None):
        return Refused.ALREADY if known.state == DONE else known
    await _suppress(desk, family, by)
    for one in those.values():
        await _stop(desk, one, by)
    await _cut(desk, family)
    ids = {"leads": set(family), "lanes": {f"lead:{one}" for one in family}}
    his = Known(await is_only_one(desk.tx, family), ids)
    stand = await own.take_some(desk, his, own.Stand())
    for one in those.values():
        await _hollow(desk, one)
    await _note(desk, lead, family, his, stand, by=by, reason=reason)
    await audit.note(desk, actor=by.id, action="person.erased", of=lead.topic)
    await webhooks.tell(desk, "lead.erased", {"id": lead.id}, lead_id=None)
    begun = await find(desk.tx, lead.id)
    if begun is None:  # it was written just now
        raise KeyError(lead.id)
    return begun


async def find(tx: Tx, lead_id: str) -> Erasure | None:
    """The erasure of this lead."""
    row = await tx.first(_OF, of=lead_id)
    return None if row is None else _read(row)


async def everybody(tx: Tx) -> list[dict[str, str]]:
    """Who was erased, by number, the first first."""
    return [
        {"lead": row.lead_id, "at": row.asked_at.isoformat(), "state": row.state, "reason": row.reason}
        for row in await tx.all(_ALL)
    ]


async def waiting(tx: Tx) -> list[Erasure]:
    """Those that are not through, the first first."""
    return [_read(row) for row in await tx.all(_OPEN)]


async def go_on(desk: Desk, lead_id: str, *, by: User) -> bool:
    """The next step; from the beginning where a backup brought him back. False when all is done."""
    known = await find(desk.tx, lead_id)
    if known is not None and known.state == WAITING and known.traces is None:
        return isinstance(await begin(desk, lead_id, by=by, reason=""), Erasure)
    return await step(desk, lead_id)


async def step(desk: Desk, lead_id: str) -> bool:
    """Some more rows of his, then of others; False when nothing is left to look at."""
    known = await find(desk.tx, lead_id)
    if known is None or known.state == DONE or known.traces is None:
        return False
    his = Known.unsealed(known.traces, desk.vault, lead_id)
    stand = own.Stand(known.place, known.reached)
    if not stand.is_through:
        await _go_on(desk, known, his, stand)
        return True
    if known.place - len(TIES) >= len(MENTIONS):
        await desk.tx.run(_ENDED, of=lead_id, at=desk.now)
        counts = {"rows": his.rows, "mentions": known.mentions}
        await audit.note(desk, actor="system", action="person.forgotten", of=f"lead:{lead_id}", **counts)
        return False
    await _look_through(desk, known, Finder(his.traces()))
    return True


async def _go_on(desk: Desk, known: Erasure, his: Known, stand: own.Stand) -> None:
    """Some more of what is his; when that ends, his cards are drawn once more, from what is left."""
    stand = await own.take_some(desk, his, stand)
    kept = his.sealed(desk.vault, known.lead_id)
    reached = _spelled(stand.reached)
    await desk.tx.run(_WALKED, of=known.lead_id, at_place=stand.place, up_to=reached, known=kept)
    if stand.is_through:
        said = Finder(his.traces()).without(known.reason)
        await desk.tx.run(_REASON, of=known.lead_id, said=said)
        for one in known.family:
            await _redraw(desk, one)


async def _look_through(desk: Desk, known: Erasure, finder: Finder) -> None:
    """Some more rows of others."""
    mention = MENTIONS[known.place - len(TIES)]
    rows = await some(desk.tx, mention, known.reached)
    more = 0
    for row in rows:
        more += await _forget(desk, mention, row, finder)
    place, reached = (known.place, place_of(mention, rows[-1])) if rows else (known.place + 1, ())
    await desk.tx.run(_REACHED, of=known.lead_id, at_place=place, up_to=_spelled(reached), more=more)


async def _suppress(desk: Desk, family: Sequence[str], by: User) -> None:
    """Whatever he was reached by stays closed, by its hash, whoever brings it again."""
    for row in await desk.tx.all(_KEYS, those=list(family)):
        if row.kind != _OFFICE:
            key = LeadKey(row.kind, row.digest)
            await touch_suppressions.suppress(desk, key, channel="", reason=ERASED, by=by.id)


async def _stop(desk: Desk, lead: Lead, by: User) -> None:
    """Tasks and ownership end; his cards are drawn once more, with nothing on them."""
    await tasks.cancel_of_lead(desk, lead.id, by=by.id, reason=ERASED)
    if lead.owner_id is not None and not lead.is_erased:
        await tenures.end(desk, lead, how=ERASED, by=by, reason="")
        if lead.status in HELD and lead.merged_into is None:
            await counters.give(desk.tx, holding_key(lead.owner_id))


async def _cut(desk: Desk, family: Sequence[str]) -> None:
    """Journeys, messages that wait, and what other systems were about to hear."""
    those = list(family)
    for row in await desk.tx.all(_WAYS, those=those):
        await enrollments.end(desk, row.id, ERASED)
    for row in await desk.tx.all(_PLANNED, those=those):
        await touch_plans.skip(desk, row.id, reason=NotSent.GONE.value, detail=ERASED)
    await desk.tx.run(_NO_HOOKS, those=those, at=desk.now)


async def _hollow(desk: Desk, lead: Lead) -> None:
    was_invalid = lead.status is LeadStatus.INVALID
    status = LeadStatus.INVALID if was_invalid else LeadStatus.ERASED
    why = ERASED_REASON if was_invalid else None
    await desk.tx.run(_HOLLOW, of=lead.id, is_now=status.value, why=why, at=desk.now)
    # What changed just now was marked with what it was before.
    await desk.tx.run(_UNMARK, of=lead.id)
    await _redraw(desk, lead.id)


async def _redraw(desk: Desk, lead_id: str) -> None:
    """Cards that hang in chats are drawn from what is left."""
    command = RedrawLead(lead_id, "")
    await timers.set_timer(desk, lane_key=f"lead:{lead_id}", command=command, key="", due_at=desk.now)


async def _note(
    desk: Desk, lead: Lead, family: Sequence[str], his: Known, stand: own.Stand, *, by: User, reason: str
) -> None:
    known, reached = his.sealed(desk.vault, lead.id), _spelled(stand.reached)
    row = {
        "lead_id": lead.id, "family": list(family), "asked_by": by.id, "asked_at": desk.now,
        "reason": Finder(his.traces()).without(reason)[:200], "state": WAITING, "place": stand.place,
        "reached": reached, "traces": known, "mentions": 0, "done_at": None,
    }  # fmt: skip
    if not await desk.tx.insert_new(erasures, row):
        again = {"known": known, "those": list(family), "at_place": stand.place, "up_to": reached}
        await desk.tx.run(_AGAIN, of=lead.id, **again)


async def _forget(desk: Desk, mention: Mention, row: Mapping[str, Any], finder: Finder) -> int:
    """Take him out of one row of somebody else's; how many that were."""
    opened = {name: _opened(desk, seal, row, name) for name, seal in mention.seals.items()}
    about = " ".join(str(row[name]) for name in mention.about)
    if not finder.is_about("\n".join((about, *opened.values()))):
        return 0
    changed = {name: text for name, said in opened.items() if (text := finder.without(said)) != said}
    if not changed:
        return 0
    values = {name: _sealed(desk, mention.seals[name], row, text) for name, text in changed.items()}
    await writing.write(desk.tx, mention.table, key_of(mention.table, row), values)
    return 1


def _opened(desk: Desk, seal: Seal | None, row: Mapping[str, Any], name: str) -> str:
    """As it stands; empty for what nobody can open, and so nobody can read."""
    if not row[name] or seal is None:
        return str(row[name] or "")
    kept = base64.b64decode(row[name]) if seal.is_spelled else bytes(row[name])
    try:
        return desk.vault.open(kept, seal.at(row)).decode(errors="surrogateescape")
    except ValueError:
        return ""


def _sealed(desk: Desk, seal: Seal | None, row: Mapping[str, Any], text: str) -> Any:  # noqa: ANN401 - as the column has it
    if seal is None:
        return text
    sealed = desk.vault.seal(text.encode(errors="surrogateescape"), seal.at(row))
    return base64.b64encode(sealed).decode() if seal.is_spelled else sealed


def _spelled(reached: Sequence[Any]) -> list[Any]:
    return orjson.loads(orjson.dumps(list(reached)))  # type: ignore[no-any-return]


def _read(row: Any) -> Erasure:  # noqa: ANN401 - a row
    return Erasure(
        row.lead_id, tuple(row.family), row.state, row.place, tuple(row.reached), row.reason, row.traces,
        row.mentions,
    )  # fmt: skip
