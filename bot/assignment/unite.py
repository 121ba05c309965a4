"""Two of our ids turn out to be one person: his logins at once, then his work, a few pieces a unit."""

from __future__ import annotations

import structlog

from bot.assignment.assign import pass_on
from bot.cards.texts import binding as texts
from bot.crm.signals import MembersAreOne
from bot.crm.user import SYSTEM, User
from bot.store import bindings, departures, tasks, timers
from bot.store.desk import Desk

#: Pieces in one unit of work: each moves a lead with its cards, tasks and deals.
AT_ONCE = 3

_log = structlog.get_logger()


async def can_be_one(desk: Desk, one: User, other: User) -> bool:
    """Whether both are here, and no platform knows both: then they cannot be the same."""
    if one.id == other.id or not (one.active and other.active):
        return False
    theirs = set(await bindings.platforms_of(desk.tx, one.id))
    return not theirs & set(await bindings.platforms_of(desk.tx, other.id))


async def unite(desk: Desk, gone: User, into: User, *, by: str, reason: str) -> None:
    """From now on `gone` is `into`, on all platforms; what he held follows in units of its own."""
    await bindings.move_all(desk, gone, into, by=by, reason=reason)
    await departures.mark_left(desk, gone, by=by, reason=reason)
    await _go_on(desk, gone.id, into.id)
    _log.info("user.united", gone=gone.id, into=into.id, reason=reason)


async def move_work(desk: Desk, gone: User, into: User) -> None:
    """Give him a part of what his other id held, and come back at once for the rest."""
    held = await departures.still_owned(desk.tx, gone.id, at_most=AT_ONCE)
    for lead in held:
        await pass_on(desk, lead, to=into, by=SYSTEM, how="transferred", reason=texts.REASON)
    left = [] if held else (await tasks.open_of_owner(desk, gone.id))[:AT_ONCE]
    for task in left:
        await tasks.hand_over(desk, task, to=into, by=SYSTEM.id)
    if held or left or await departures.pass_on_deals(desk, gone, to=into, at_most=AT_ONCE):
        await _go_on(desk, gone.id, into.id)
        return
    await departures.disown_closed(desk, gone)


async def _go_on(desk: Desk, gone: str, into: str) -> None:
    command = MembersAreOne(gone, into)
    await timers.set_timer(desk, lane_key=f"user:{into}", command=command, key=gone, due_at=desk.now)
