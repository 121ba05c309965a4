"""Journeys and rules beside each other: which set each other off for ever, which undo what others do.

What can never end is a mistake. What undoes something is a notice: two journeys that begin with the same
thing are entered by priority, the higher first, then by key; so what the later one says stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from bot.crm.company import journey_steps as s
from bot.crm.company import journey_triggers as t
from bot.crm.company.journey_walk import inside, walk_steps
from bot.crm.company.journeys import NEVER, Journey
from bot.crm.company.segments import Segment, Segments
from bot.crm.condition import field_keys

#: Steps a phase should have at most, for small teams.
_MANY = 3
ENDLESS = "会没完没了：{names}。请把其中一个的 again 改成 never 或隔几天"
MANY = "旅程“{journey}”在“{phase}”阶段有 {n} 步触达和任务，建议不超过 {most} 步"
HEARD = (
    "旅程“{journey}”的试验“{split}”留了对照组，可各组之后还有发给客户的步骤，对照组也会收到；"
    "要对照组什么也收不到，把后面的内容写进各组里"
)
UNDONE = "“{first}”和“{last}”会因为同一件事开始，又各做各的（{what}）：先走“{first}”，最后是“{last}”说了算"
IN_AND_OUT = "“{one}”把人放进“{journey}”，“{other}”又把人拿出来，两个会因为同一件事开始"
_NO_SEGMENTS = Segments()


def circles(journeys: Mapping[str, Journey], segments: Segments = _NO_SEGMENTS) -> Iterator[tuple[str, str]]:
    """Journeys that set each other off for ever: each may be entered again and makes the next one begin."""
    leads_to = {key: sorted(_set_off(one, journeys, segments)) for key, one in journeys.items()}
    for key in sorted(journeys):
        way = _way_back(key, leads_to)
        if way and all(journeys[one].again != NEVER and journeys[one].gap is None for one in way):
            yield key, ENDLESS.format(names=" → ".join(journeys[one].name for one in (*way, key)))


def _way_back(start: str, leads_to: Mapping[str, list[str]]) -> tuple[str, ...]:
    """A way from a journey back to itself; empty if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in leads_to.get(way[-1], []):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()


def _set_off(journey: Journey, journeys: Mapping[str, Journey], segments: Segments) -> Iterator[str]:
    steps = list(walk_steps(journey.steps))
    for key, other in journeys.items():
        if any(_begins(step, key, trigger, segments) for step in steps for trigger in other.enter):
            yield key


def _begins(step: Any, key: str, trigger: Any, segments: Segments) -> bool:  # noqa: ANN401, PLR0911 - any kinds
    if isinstance(trigger, t.Entered):
        return _moves_into(step, segments.meant(trigger.segment))
    match step, trigger:
        case s.EnterJourney(), _:
            return bool(step.enter == key)
        case s.GiveTag(), t.Tagged():
            return bool(step.tag == trigger.tagged)
        case s.SetField(), t.Changed():
            return bool(step.set == trigger.changed and trigger.to in {None, step.to})
        case s.Lifecycle(), t.Changed():
            return bool(trigger.changed == "lifecycle")
        case s.Score(), t.Changed():
            return trigger.changed in {"score", "tier"}
        case s.SetStatus(), t.Status():
            return bool(step.status == trigger.status)
        case s.SetStage(), t.Stage():
            return bool(step.stage == trigger.stage)
        case _:
            return False


def _moves_into(step: Any, segment: Segment | None) -> bool:  # noqa: ANN401 - any kind
    """Whether it changes something that the segment asks for."""
    asked = field_keys([segment.when]) if segment is not None else frozenset()
    match step:
        case s.GiveTag() | s.TakeTag():
            return "tags" in asked
        case s.SetField():
            return step.set in asked
        case s.Score():
            return not asked.isdisjoint({"score", "tier"})
        case s.Lifecycle():
            return "lifecycle" in asked
        case s.SetStatus():
            return "status" in asked
        case _:
            return False


def notices(journeys: Mapping[str, Journey], of: str = "") -> Iterator[str]:
    """What is no mistake, yet should be known; `of` names one journey whose alone are wanted."""
    for key, journey in journeys.items():
        if of in {"", key}:
            yield from _many(journey)
            for split in _heard(journey.steps):
                yield HEARD.format(journey=journey.name, split=split)
    for one, other in combinations(sorted(journeys), 2):
        if of in {"", one, other}:
            yield from _undone(journeys, one, other)


def _many(journey: Journey) -> Iterator[str]:
    """A phase with more steps than a small team can look after."""
    said = sum(isinstance(one, s.Touch | s.Survey | s.GiveTask) for one in walk_steps(journey.steps))
    if journey.phase and said > _MANY:
        yield MANY.format(journey=journey.name, phase=journey.phase, n=said, most=_MANY)


def _heard(steps: s.Steps, *, goes_on: bool = False) -> Iterator[str]:
    """Experiments whose control is written to behind the arms; `goes_on`: also by what stands outside."""
    for n, step in enumerate(steps):
        later = goes_on or any(isinstance(one, s.Touch | s.Survey) for one in walk_steps(steps[n + 1 :]))
        if isinstance(step, s.Split) and step.hold_out and later:
            yield step.split
        for _, inner in inside(step):
            yield from _heard(inner, goes_on=later)


def _undone(journeys: Mapping[str, Journey], one: str, other: str) -> Iterator[str]:
    first, last = sorted((one, other), key=lambda key: (-journeys[key].priority, key))
    if not _begin_alike(journeys[first], journeys[last]):
        return
    done = [list(walk_steps(journeys[key].steps)) for key in (first, last)]
    names = [journeys[key].name for key in (first, last)]
    for what in sorted({said for a in done[0] for b in done[1] if (said := _against(a, b))}):
        yield UNDONE.format(first=names[0], last=names[1], what=what)
    yield from _in_and_out(journeys, names, done)


def _in_and_out(
    journeys: Mapping[str, Journey], names: Sequence[str], done: Sequence[Sequence[Any]]
) -> Iterator[str]:
    for a, b in ((0, 1), (1, 0)):
        into = {step.enter for step in done[a] if isinstance(step, s.EnterJourney)}
        out = {step.leave for step in done[b] if isinstance(step, s.LeaveJourney)}
        for key in sorted(into & out):
            name = journeys[key].name if key in journeys else key
            yield IN_AND_OUT.format(one=names[a], journey=name, other=names[b])


def _begin_alike(one: Journey, other: Journey) -> bool:
    return any(a == b for a in one.enter for b in other.enter if not isinstance(a, t.Manual | t.Api))


def _against(a: Any, b: Any) -> str:  # noqa: ANN401 - any kinds
    """What one does that the other undoes; empty if nothing."""
    match a, b:
        case (s.GiveTag(tag=x), s.TakeTag(untag=y)) | (s.TakeTag(untag=x), s.GiveTag(tag=y)) if x == y:
            return f"标签“{x}”"
        case s.SetField(), s.SetField() if a.set == b.set and a.to != b.to:
            return f"字段“{a.set}”"
        case s.SetStatus(), s.SetStatus() if a.status != b.status:
            return "线索状态"
        case s.SetStage(), s.SetStage() if a.stage != b.stage:
            return "商机阶段"
        case _:
            return ""
