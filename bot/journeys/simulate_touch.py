"""What would become of a simulated message: the planner's own decision, on the simulated day.

What is known of the customer is read elsewhere; what the simulation has sent before is laid over it here.
Caps, spans and permissions are used up in memory alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.crm.touching import Intent, Purpose, TouchState
from bot.journeys.live import occasion
from bot.journeys.simulate import Answered, Asked
from bot.store.touch_past import Past
from bot.store.touch_plans import Counted, Plan
from bot.touch.facts import Facts, Waiting, Window
from bot.touch.planner import Decision, good_until, plan, purpose_of
from bot.touch.ways import Mode

_ONCE = (Purpose.MARKETING, Purpose.ADDED)
#: Days around a decision within which anything may count under a cap.
_AROUND = 90


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One decision, and what it stands on; as the ledger would have it."""

    plan: Plan
    facts: Facts = field(repr=False)


@dataclass(slots=True)
class _Sent:
    """A message that was simulated and counts."""

    plan: Plan
    #: It gave its place to a more urgent one.
    is_displaced: bool = False

    def is_waiting(self, now: datetime) -> bool:
        return not self.is_displaced and self.plan.due_at is not None and self.plan.due_at > now


class Source(Protocol):
    """What is known of the customer before anything is simulated."""

    async def facts(self, intent: Intent, asked: Asked) -> Facts:
        """As they are on that day; what counts under caps is left to `past`."""

    async def past(self, at: datetime) -> Sequence[Past]:
        """What he got and will get, as it stood then."""


@dataclass(slots=True)
class Foresight:
    """The planner of one customer's simulated messages."""

    source: Source
    made: list[Foreseen] = field(default_factory=list)
    _sent: list[_Sent] = field(default_factory=list)

    async def __call__(self, asked: Asked) -> Answered:
        """Decide as the planner would."""
        intent = _intent(asked)
        facts = await self._over(await self.source.facts(intent, asked), intent, asked.at)
        decision = plan(intent, facts, asked.at)
        found = Foreseen(_plan(intent, facts, decision, asked.at, n=len(self.made)), facts)
        self.made.append(found)
        if decision.displaces:
            for one in self._sent:
                one.is_displaced = one.is_displaced or one.plan.id == decision.displaces
        if decision.way is not None:
            self._sent.append(_Sent(found.plan))
        return Answered(
            _note(found.plan), found, found.plan.due_at or asked.at, _note(found.plan),
            self._key_of(decision.displaces),
        )  # fmt: skip

    def _key_of(self, touch_id: str) -> str:
        return next((one.plan.key for one in self._sent if one.plan.id == touch_id), "")

    async def _over(self, facts: Facts, intent: Intent, now: datetime) -> Facts:
        """With what was simulated before."""
        if facts.gone:
            return facts
        today = now.astimezone(ZoneInfo(facts.zone)).date().toordinal()
        real = await self.source.past(now)
        sent = [one for one in self._sent if not one.is_displaced]
        counted = [
            *(Counted(r.id, r.channel, r.day, r.priority, r.at > now) for r in real if r.day is not None),
            *(
                Counted(s.plan.id, s.plan.channel, s.plan.counts_on, s.plan.priority, s.is_waiting(now))
                for s in sent
                if s.plan.counts_on is not None
            ),
        ]
        near = [one for one in counted if abs(one.day - today) <= _AROUND]
        had = [one.at for one in real if one.content == intent.content and one.purpose in _ONCE]
        had += [
            s.plan.due_at
            for s in sent
            if s.plan.content == intent.content and s.plan.purpose in _ONCE and s.plan.due_at is not None
        ]
        used = [one.plan for one in sent]
        return replace(
            facts,
            had_content_at=max(had, default=None),
            counted=_by_day(near),
            counted_on={channel: _by_day([c for c in near if c.channel == channel]) for channel in _of(near)},
            waiting=tuple(
                Waiting(touch_id=one.id, channel=one.channel, day=one.day, priority=one.priority)
                for one in sorted(near, key=lambda one: one.id)
                if one.is_waiting
            ),
            windows=_left(facts, used),
            grants={way: one for way, one in facts.grants.items() if one not in {p.grant_id for p in used}},
        )


def _left(facts: Facts, used: list[Plan]) -> dict[str, Window]:
    found = {}
    for way, window in facts.windows.items():
        taken = sum(one.window_id == window.id for one in used)
        if window.remaining > taken:
            found[way] = replace(window, remaining=window.remaining - taken)
    return found


def _by_day(counted: list[Counted]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in counted:
        found[one.day] = found.get(one.day, 0) + 1
    return found


def _of(counted: list[Counted]) -> list[str]:
    return sorted({one.channel for one in counted})


def _intent(asked: Asked) -> Intent:
    said, way = asked.say, asked.way
    return Intent(
        key=occasion(asked.moved), lead_id=asked.moved.after.lead_id, purpose=said.purpose,
        content=said.content, channels=said.channels, campaign=said.campaign, journey=way.key,
        priority=way.journey.priority, not_after=said.not_after, words=dict(asked.moved.after.memory.words),
    )  # fmt: skip


def _plan(intent: Intent, facts: Facts, decision: Decision, now: datetime, *, n: int) -> Plan:
    """The row that would be written."""
    way = decision.way
    state = TouchState.GIVEN_TO_REP if decision.gives_to_rep else TouchState.NOT_SENT
    window = facts.windows[way.key].id if way is not None and way.mode is Mode.WINDOW else None
    grant = facts.grants[way.key] if way is not None and way.mode is Mode.TOKEN else None
    return Plan(
        id=f"sim{n:05}", key=intent.key, lead_id=intent.lead_id, purpose=purpose_of(intent, facts).value,
        content=intent.content, campaign=intent.campaign, journey=intent.journey, priority=intent.priority,
        way=way.key if way else "", channel=way.channel if way else "",
        state=TouchState.PLANNED if way else state,
        reason=decision.reason.value if decision.reason else "",
        skipped={key: why.value for key, why in decision.skipped.items()},
        counts_on=decision.day,
        window_id=window, grant_id=grant,
        decided_at=now, due_at=decision.at, not_after=good_until(intent, decision.at, now),
    )  # fmt: skip


def _note(found: Plan) -> str:
    match found.state:
        case TouchState.PLANNED:
            return found.channel
        case TouchState.GIVEN_TO_REP:
            return "rep"
        case _:
            return f"not_sent:{found.reason}"
