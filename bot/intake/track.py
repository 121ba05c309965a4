"""Calls of tracking: kept with whose they are, and handed to the lane in which they are carried on.

One unit takes what many senders brought at once. It writes rows and sets timers, no more: what an
event is worth to a lead is worked out later, in that lead's lane.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from bot.chat.inbound import OWN, Accepted
from bot.crm.behaviour_signals import LeadHasBehaved, VisitorIsKnown
from bot.intake.clean.tracked import Tracked
from bot.kit.wire import pack
from bot.store import behaviours, inbox, incidents, timers, touch_points, visitors
from bot.store.behaviours import Behaved
from bot.store.desk import Desk
from bot.store.visitors import Visitor

#: What says who somebody is, rather than what he did.
_WHO = frozenset({"identify", "alias"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call and whose write key it came with."""

    source: str
    tracked: Tracked


async def keep(desk: Desk, calls: Sequence[Call]) -> int:
    """Keep what is new; how many that were. Repeats of what we have change nothing."""
    named = [call if call.tracked.message_id else _named(desk, call) for call in calls]
    seen = await visitors.seen(desk.tx, _visitors(named), desk.now)
    fresh = await _fresh(desk, named)
    if not fresh:
        return 0
    kept = [_behaved(desk, call.tracked, seen) for call in fresh]
    await behaviours.record_all(desk.tx, kept)
    await _ways(desk, fresh, kept)
    for lead_id in sorted({one.lead_id for one in kept if one.lead_id}):
        await wake(desk, lead_id)
    await _tell_who(desk, fresh)
    await _count_unknown(desk, fresh)
    return len(fresh)


async def wake(desk: Desk, lead_id: str) -> None:
    """Have what waits of this lead counted, in its lane."""
    lane, command = f"lead:{lead_id}", LeadHasBehaved(lead_id)
    await timers.set_timer(desk, lane_key=lane, command=command, key="", due_at=desk.now)


def _visitors(calls: Iterable[Call]) -> set[str]:
    return {
        visitor for call in calls for visitor in (*call.tracked.visitors, call.tracked.previous) if visitor
    }


def _named(desk: Desk, call: Call) -> Call:
    return replace(call, tracked=replace(call.tracked, message_id=f"{call.source}:{desk.new_id()}"))


async def _fresh(desk: Desk, calls: Sequence[Call]) -> list[Call]:
    known = set(await behaviours.known(desk.tx, [call.tracked.message_id for call in calls]))
    fresh: list[Call] = []
    repeated: Counter[str] = Counter()
    for call in calls:
        if call.tracked.message_id in known:
            repeated[call.source] += 1
        else:
            known.add(call.tracked.message_id)
            fresh.append(call)
    for source, n in sorted(repeated.items()):
        await incidents.count(desk.tx, "tracking.repeated", source, desk.now, times=n)
    return fresh


def _behaved(desk: Desk, one: Tracked, seen: Mapping[str, Visitor]) -> Behaved:
    lead_id = next((found for by in one.visitors if (found := seen[by].lead_id)), None)
    return Behaved(
        message_id=one.message_id, event=one.event, at=one.at, received_at=desk.now, lead_id=lead_id,
        visitor=one.browser or one.user, object=one.object, channel=one.channel,
        properties=one.properties, uncounted=lead_id is not None and one.kind not in _WHO,
    )  # fmt: skip


async def _ways(desk: Desk, fresh: Sequence[Call], kept: Sequence[Behaved]) -> None:
    for call, behaved in zip(fresh, kept, strict=True):
        if call.tracked.way is not None:
            await touch_points.add(desk.tx, replace(call.tracked.way, lead_id=behaved.lead_id))


async def _tell_who(desk: Desk, fresh: Sequence[Call]) -> None:
    """Who somebody is, is worked out in a lane of his own: it may make a lead, or join what he did before."""
    for call in fresh:
        one = call.tracked
        if one.kind not in _WHO:
            continue
        traits = orjson.dumps(dict(one.traits)).decode() if one.traits else ""
        known = VisitorIsKnown(
            source=call.source, user=one.user, browser=one.browser, previous=one.previous, traits=traits
        )
        # All that concerns one browser or customer in one lane: in the order in which it came.
        lane = f"visitor:{one.user or one.browser}"
        body = pack(known).encode()
        accepted = Accepted(platform=OWN, key=one.message_id, lane_key=lane, body=body)
        await inbox.receive(desk.tx, desk.vault, accepted, now=desk.now)


async def _count_unknown(desk: Desk, fresh: Sequence[Call]) -> None:
    """Events that mean nothing to scoring are kept all the same; how many, somebody may want to know."""
    ours = desk.company.scoring.events
    told = Counter(
        call.source for call in fresh if call.tracked.kind == "track" and call.tracked.event not in ours
    )
    for source, n in sorted(told.items()):
        await incidents.count(desk.tx, "tracking.event_unknown", source, desk.now, times=n)
