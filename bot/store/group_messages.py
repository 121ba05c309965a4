"""Messages that a colleague is asked to send to many of his customers: gathered, asked, settled.

Each row is one task for one colleague. `due_at` is the next moment at which something has to be done
with it; whoever does it holds its fence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.errors import StoreBusyError
from bot.store.desk import Desk
from bot.store.erased import is_erased
from bot.store.tables.leads import consents, leads
from bot.store.tables.outreach import group_message_members as members
from bot.store.tables.outreach import group_messages as groups
from bot.store.tx import Tx

GATHERING, SENDING, LOST, ASKED = "gathering", "sending", "lost", "asked"
#: The ends.
SENT, REFUSED, DECLINED, EXPIRED = "sent", "refused", "declined", "expired"
UNKNOWN, WITHDRAWN = "unknown", "withdrawn"
WAITING = "waiting"
#: Longer than all calls of one step together.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One task."""

    id: str
    user_id: str
    account: str
    content: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    fence: int
    began_at: datetime | None
    tries: int
    provider_id: str
    asked_at: datetime | None
    reminders: int
    reminded_at: datetime | None
    looks: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One customer in it."""

    touch_id: str
    lead_id: str
    state: str
    #: His id on the platform; empty where it was not asked for.
    address: str = field(default="", repr=False)
    #: He was erased: nothing of him is left but the blind index of that id.
    erased_as: str = field(default="", repr=False)


_OPEN = select(groups.c.id, groups.c.opened_at).where(groups.c.gathers == bindparam("of"))
_LATER = (
    update(groups)
    .where(groups.c.id == bindparam("of"), groups.c.state == GATHERING)
    .values(due_at=bindparam("at"))
)
_FULL = update(groups).where(groups.c.id == bindparam("of")).values(gathers=None)
_COUNT = select(func.count().label("n")).where(members.c.group_id == bindparam("of"))
_ID = select(groups).where(groups.c.id == bindparam("of"))
_TEXT = select(groups.c.text).where(groups.c.id == bindparam("of"))
_DUE = (
    select(groups)
    .where(groups.c.due_at <= bindparam("now_at"))
    .order_by(groups.c.due_at, groups.c.id)
    .limit(1)
)
_LEASE = (
    update(groups)
    .where(
        groups.c.id == bindparam("of"),
        groups.c.fence == bindparam("at_fence"),
        groups.c.due_at <= bindparam("now_at"),
    )
    .values(due_at=bindparam("until"), fence=groups.c.fence + 1)
)
_SET: Mapping[str, Any] = {
    "state": bindparam("to"), "reason": bindparam("why"), "due_at": bindparam("next_at"),
    "began_at": bindparam("began"), "tries": bindparam("tried"), "provider_id": bindparam("theirs"),
    "asked_at": bindparam("asked"), "reminders": bindparam("reminded"),
    "reminded_at": bindparam("reminded_last"), "looks": bindparam("looked"), "ended_at": bindparam("ended"),
}  # fmt: skip
_WRITE = (
    update(groups)
    .where(groups.c.id == bindparam("of"), groups.c.fence == bindparam("at_fence"))
    .values(**_SET, gathers=None)
)
_AT_ONCE = (
    update(groups)
    .where(groups.c.id == bindparam("of"), groups.c.state == ASKED, groups.c.due_at > bindparam("at"))
    .values(due_at=bindparam("at"))
)
_DECLINE = (
    update(groups)
    .where(groups.c.id == bindparam("of"), groups.c.state == ASKED)
    .values(reason=bindparam("because"), due_at=bindparam("at"), fence=groups.c.fence + 1)
)
_MEMBERS = select(members).where(members.c.group_id == bindparam("of")).order_by(members.c.touch_id)
_FORGET = update(members).where(members.c.touch_id == bindparam("of")).values(digest="")
_SETTLE = (
    update(members)
    .where(members.c.touch_id == bindparam("of"), members.c.state == WAITING)
    .values(state=bindparam("to"))
)
_MOVE = (
    update(members)
    .where(members.c.touch_id == bindparam("of"), members.c.state == WAITING)
    .values(group_id=bindparam("to_group"), joined_at=bindparam("at"))
)
_IS_ERASED = (
    select(leads.c.id)
    .where(
        leads.c.id == members.c.lead_id,
        is_erased(),
    )
    .exists()
)
_WAITING = (
    select(members, _IS_ERASED.label("is_erased"))
    .where(members.c.group_id == bindparam("of"), members.c.state == WAITING)
    .order_by(members.c.touch_id)
)
_merged = leads.alias()
_REFUSED = (consents.c.at >= members.c.joined_at, consents.c.given.is_(False))
#: Said stop, to anything, after he had joined, also under the number that was merged into his; or was erased.
_HAS_STOPPED = (
    select(consents.c.id).where(consents.c.lead_id == members.c.lead_id, *_REFUSED).exists()
    | select(consents.c.id)
    .join(_merged, _merged.c.id == consents.c.lead_id)
    .where(_merged.c.merged_into == members.c.lead_id, *_REFUSED)
    .exists()
    | _IS_ERASED
)
_STOPPED = (
    select(members.c.group_id)
    .join(groups, groups.c.id == members.c.group_id)
    .where(groups.c.due_at.is_not(None), members.c.state == WAITING, _HAS_STOPPED)
)
_STOPPED_IN = select(members.c.touch_id).where(
    members.c.group_id == bindparam("of"), members.c.state == WAITING, _HAS_STOPPED
)
_STOPPED_ONE = _STOPPED.where(groups.c.state == ASKED, groups.c.due_at > bindparam("now_at")).limit(1)
_HURRY = (
    update(groups)
    .where(
        groups.c.state == ASKED,
        groups.c.due_at > bindparam("now_at"),
        groups.c.id.in_(_STOPPED.scalar_subquery()),
    )
    .values(due_at=bindparam("now_at"))
)
_KNOWN = select(groups.c.provider_id).where(
    groups.c.account == bindparam("of_account"), groups.c.provider_id != ""
)
_OF_USER = (
    select(groups)
    .where(groups.c.user_id == bindparam("of_user"), groups.c.due_at.is_not(None))
    .order_by(groups.c.opened_at, groups.c.id)
)


async def join(
    desk: Desk, group: Group, *, gathers: str, text: str, member: Member, most: int, until: datetime
) -> str:
    """Put somebody into the task of this colleague, content, words and day, made if there is none; its id.

    It waits a little for others, but not beyond `until` after it was opened. One that is full is closed.
    """
    group_id = await _open_one(desk, gathers, group, most=most, until=until)
    if group_id is None:
        made = await desk.tx.insert_new(groups, _row(desk, group, gathers=gathers, text=text))
        # Somebody else may have opened one in the same moment.
        group_id = group.id if made else await _open_one(desk, gathers, group, most=most, until=until)
    if group_id is None:
        msg = "a task was opened and closed in one moment"
        raise StoreBusyError(msg)
    await desk.tx.insert_new(
        members,
        {
            "touch_id": member.touch_id,
            "group_id": group_id,
            "lead_id": member.lead_id,
            "address": desk.vault.seal(member.address.encode(), _place(member.touch_id)),
            "digest": index_of(desk, member.address),
            "joined_at": desk.now,
            "state": WAITING,
        },
    )
    return group_id


async def _open_one(desk: Desk, gathers: str, group: Group, *, most: int, until: datetime) -> str | None:
    """The one that gathers, held so that nobody closes it meanwhile; None if there is none with room."""
    row = await desk.tx.first(_OPEN, of=gathers)
    if row is None:
        return None
    longest = row.opened_at + (until - desk.now)
    at = min(group.due_at or desk.now, longest)
    if await desk.tx.run(_LATER, of=row.id, at=at) != 1:
        return None
    counted = await desk.tx.first(_COUNT, of=row.id)
    if counted is not None and counted.n < most:
        return str(row.id)
    await desk.tx.run(_FULL, of=row.id)
    return None


async def begin_again(desk: Desk, group: Group, *, text: str, touch_ids: Sequence[str]) -> None:
    """A new task for those who are left of one that was taken back."""
    await desk.tx.insert(groups, _row(desk, group, gathers=None, text=text))
    for touch_id in touch_ids:
        await desk.tx.run(_MOVE, of=touch_id, to_group=group.id, at=desk.now)


def _row(desk: Desk, group: Group, *, gathers: str | None, text: str) -> dict[str, Any]:
    known = {name: getattr(group, name) for name in Group.__dataclass_fields__}
    sealed = desk.vault.seal(text.encode(), _text_place(group.id))
    return {**known, "gathers": gathers, "text": sealed, "ended_at": None}


async def lease(tx: Tx, now: datetime) -> Group | None:
    """Take the one that has waited longest for something to be done; None if there is none."""
    row = await tx.first(_DUE, now_at=now)
    if row is None:
        return None
    if await tx.run(_LEASE, of=row.id, at_fence=row.fence, now_at=now, until=now + LEASE) != 1:
        return None
    return _read(row._replace(fence=row.fence + 1))


async def write(tx: Tx, group: Group, *, ended_at: datetime | None = None) -> bool:
    """Write how it stands now; nobody joins it any more. False if another holds it."""
    return (
        await tx.run(
            _WRITE, of=group.id, at_fence=group.fence, to=group.state, why=group.reason[:200],
            next_at=group.due_at, began=group.began_at, tried=group.tries, theirs=group.provider_id,
            asked=group.asked_at, reminded=group.reminders, reminded_last=group.reminded_at,
            looked=group.looks, ended=ended_at,
        )
        == 1
    )  # fmt: skip


async def at_once(tx: Tx, group_id: str, now: datetime) -> bool:
    """Have its results looked at now; False if that is under way, or nothing is left to look at."""
    return await tx.run(_AT_ONCE, of=group_id, at=now) == 1


async def decline(tx: Tx, group_id: str, why: str, now: datetime) -> bool:
    """Its colleague does not send it; False if nothing waits for him any more."""
    return await tx.run(_DECLINE, of=group_id, because=why, at=now) == 1


async def is_due(tx: Tx, now: datetime) -> bool:
    """Whether there is something to do."""
    return await tx.first(_DUE, now_at=now) is not None


async def is_stopped(tx: Tx, now: datetime) -> bool:
    """Whether somebody said stop who is in one that waits for its next look."""
    return await tx.first(_STOPPED_ONE, now_at=now) is not None


async def hurry_stopped(tx: Tx, now: datetime) -> int:
    """Whoever said stop is taken out at once, not at the next look; how many tasks that concerns."""
    return await tx.run(_HURRY, now_at=now)


async def find(tx: Tx, group_id: str) -> Group | None:
    """One by its id."""
    row = await tx.first(_ID, of=group_id)
    return None if row is None else _read(row)


async def text_of(desk: Desk, group_id: str) -> str:
    """Its words."""
    row = await desk.tx.first(_TEXT, of=group_id)
    return "" if row is None else desk.vault.open(row.text, _text_place(group_id)).decode()


async def everybody(tx: Tx, group_id: str) -> list[Member]:
    """All who are, or were, in it; without their addresses."""
    return [Member(row.touch_id, row.lead_id, row.state) for row in await tx.all(_MEMBERS, of=group_id)]


async def waiting(desk: Desk, group_id: str) -> list[Member]:
    """Those of whom nothing is known yet, with their addresses."""
    rows = await desk.tx.all(_WAITING, of=group_id)
    return [
        Member(
            touch_id=row.touch_id,
            lead_id=row.lead_id,
            state=row.state,
            address=desk.vault.open(row.address, _place(row.touch_id)).decode(),
            erased_as=row.digest if row.is_erased else "",
        )
        for row in rows
    ]


async def stopped(tx: Tx, group_id: str) -> frozenset[str]:
    """The touches of those in it who said stop since they joined."""
    return frozenset(row.touch_id for row in await tx.all(_STOPPED_IN, of=group_id))


async def settle(tx: Tx, touch_id: str, state: str) -> bool:
    """What became of it for one of them; False if that is known."""
    return await tx.run(_SETTLE, of=touch_id, to=state) == 1


async def forget(tx: Tx, touch_id: str) -> None:
    """By which blind index somebody who was erased was told apart, once nothing is asked of him any more."""
    await tx.run(_FORGET, of=touch_id)


def index_of(desk: Desk, address: str) -> str:
    """The blind index of an id on the platform."""
    return desk.vault.index("wecom", address)


async def known_ids(tx: Tx, account: str) -> frozenset[str]:
    """The platform's ids of this colleague's tasks that are ours."""
    return frozenset(row.provider_id for row in await tx.all(_KNOWN, of_account=account))


async def of_user(tx: Tx, user_id: str) -> list[Group]:
    """The tasks of a colleague that are not over, the oldest first."""
    return [_read(row) for row in await tx.all(_OF_USER, of_user=user_id)]


def _read(row: Any) -> Group:  # noqa: ANN401 - a row
    return Group(**{name: getattr(row, name) for name in Group.__dataclass_fields__})


def _place(touch_id: str) -> str:
    return f"group_message_members.address:{touch_id}"


def _text_place(group_id: str) -> str:
    return f"group_messages.text:{group_id}"
