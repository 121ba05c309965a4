"""What became of a message that a journey wanted, whichever way it went: its step says so, who waits goes on.

Somebody whom nothing reached, or only a text message, will never open a mail: he does not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.crm.company.journey_triggers import Event
from bot.crm.touching import TouchState
from bot.journeys import expecting, rows
from bot.journeys.course import Course
from bot.journeys.step import TIME
from bot.store import enrollments, journeys_touched, touch_plans
from bot.store.desk import Desk
from bot.store.enrollments import DONE
from bot.store.journeys_feed import Mark
from bot.store.touch_plans import Plan

#: The kind of mark, and the only thing that is asked of it.
TOUCHED, ANY = "touched", "any"
#: The key of a second try ends so; see bot/touch/deliver.py.
_AGAIN = ":elsewhere"
_UNDER_WAY = frozenset({TouchState.PLANNED, TouchState.LEASED, TouchState.SENDING, TouchState.ASKED})
_WENT = frozenset({TouchState.SENT, TouchState.UNKNOWN})
#: What somebody can do with a message, and by which channels it gets to him so that he can.
_ANSWERS = {"mail_opened": frozenset({"email"})}
#: Carry no link of his own.
_BARE = frozenset({"sms"})
_CLICKED, _REPLIED = "link_clicked", "message_replied"


@dataclass(frozen=True, slots=True)
class _Occasion:
    """`journey:<way>:<place>:<n>`, as the message's key says it."""

    way: str
    place: str
    n: int


async def follow(desk: Desk, way_of: Course | None, mark: Mark) -> None:
    """The message of this mark has come to an end, or to one of two."""
    said = occasion(mark.source)
    row = await enrollments.find(desk.tx, said.way) if said is not None else None
    plan = await _last(desk, mark.source)
    if said is None or row is None or plan is None or plan.state in _UNDER_WAY:
        return
    came_to = outcome(plan)
    await journeys_touched.tell(desk.tx, row, place=said.place, occurrence=said.n, note=came_to)
    if way_of is None or row.state == DONE or not is_in_vain(way_of, said.place, came_to):
        return
    one = rows.standing(row)
    match expecting.heard_in_vain(way_of.graph, one, said.place, said.n):
        case expecting.WAKES:
            await enrollments.wake(desk, row.id, TIME)
        case expecting.KEPT:
            await enrollments.remember(desk.tx, row.id, one.memory.spell())
        case _:
            pass


async def _last(desk: Desk, key: str) -> Plan | None:
    """The message, or its second try on another channel."""
    second = await touch_plans.find_key(desk.tx, f"{key.removesuffix(_AGAIN)}{_AGAIN}")
    return second or await touch_plans.find_key(desk.tx, key.removesuffix(_AGAIN))


def outcome(plan: Plan) -> str:
    """As a step's note says it: the channel by which it went, the colleague, or why it did not go."""
    if plan.state in _WENT:
        return plan.channel
    if plan.state is TouchState.GIVEN_TO_REP:
        return "rep"
    if plan.state is TouchState.FAILED:
        return "failed"
    return f"not_sent:{plan.reason}" if plan.reason else f"not_sent:{plan.state.value}"


def occasion(key: str) -> _Occasion | None:
    """Read a message's key; None for one that no journey wanted."""
    parts = key.removesuffix(_AGAIN).split(":")
    if len(parts) != 4 or parts[0] != "journey" or not parts[3].isdigit():  # noqa: PLR2004 - its four parts
        return None
    return _Occasion(parts[1], parts[2], int(parts[3]))


def is_in_vain(way: Course, place: str, came_to: str) -> bool:
    """Whether what is waited for cannot come from a message that came to this."""
    behind = expecting.wait_behind(way.graph, place)
    trigger = way.graph[behind].config.wait_for if behind is not None else None
    if not isinstance(trigger, Event):
        return False
    nobody_got_it = came_to in {"rep", "failed"} or came_to.startswith("not_sent:")
    if trigger.event in _ANSWERS:
        return nobody_got_it or came_to not in _ANSWERS[trigger.event]
    if trigger.event == _CLICKED:
        return nobody_got_it or came_to in _BARE
    return trigger.event == _REPLIED and nobody_got_it
