"""A journey's definition as its results need it: the places of its steps, its experiments, its goal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.crm.company import Company
from bot.crm.company.journey_steps import Goal, Split, Step, Steps, kind_of
from bot.crm.company.journey_walk import inside
from bot.crm.company.journeys import Journey
from bot.insight.results.outline import HOLD_OUT, Outline, Stop, Trial
from bot.journeys import wording
from bot.journeys.graph import build
from bot.rules.chinese import describe
from bot.store import Tx, journeys
from bot.store.journeys import Version
from bot.store.reads.journey_nodes import Whom

#: Every version together.
ALL = "all"


def splits_of(journey: Journey) -> frozenset[str]:
    """The places of its experiments."""
    return frozenset(place.id for place in build(journey).places.values() if place.kind == "split")


def outline(company: Company, shown: Version, others: Sequence[Version] = ()) -> Outline:
    """Of one version; with `others` of all together, the steps as `shown` has them."""
    journey = shown.definition
    trials: dict[str, Trial] = {}
    for one in (shown, *(other for other in others if other.version != shown.version)):
        for trial in _trials(one):
            known = trials.get(trial.place)
            trials[trial.place] = (
                trial if known is None else replace(known, shares=(*known.shares, *trial.shares))
            )
    return Outline(
        whom=Whom(
            journey=shown.journey, version=0 if others else shown.version, repeats=journey.may_repeat,
            test_tag=company.touch.test_tag,
        ),
        name=journey.name, goal=_goal(journey, company), days=journey.goal_days,
        stops=tuple(_stops(journey, company)), trials=tuple(trials.values()),
    )  # fmt: skip


def _trials(one: Version) -> Iterator[Trial]:
    for place in build(one.definition).places.values():
        if isinstance(place.config, Split):
            arms = [(arm.name, float(arm.percent)) for arm in place.config.arms]
            held = [(HOLD_OUT, float(place.config.hold_out))] if place.config.hold_out else []
            yield Trial(place.id, place.config.split, ((one.version, (*arms, *held)),))


def _stops(journey: Journey, company: Company) -> Iterator[Stop]:
    names = {id(place.config): place.id for place in build(journey).places.values()}
    for step, depth in _nested(journey.steps, 0):
        yield Stop(names[id(step)], kind_of(step), wording.step(step, company), depth)


def _nested(steps: Steps, depth: int) -> Iterator[tuple[Step, int]]:
    """Every step, in the order of the file, with how deep it stands."""
    for step in steps:
        yield step, depth
        for _, within in inside(step):
            yield from _nested(within, depth + 1)


def _goal(journey: Journey, company: Company) -> str:
    if journey.goal is not None:
        return describe(journey.goal, company.registry)
    ends = [step for step, _ in _nested(journey.steps, 0) if isinstance(step, Goal)]
    return "，或".join(describe(one.goal, company.registry) for one in ends)


async def outline_of(tx: Tx, company: Company, key: str, version: str, *, region: str) -> Outline | None:
    """Of the version that newcomers take, of the one with this number, or of `all`; None if there is none."""
    state = (await journeys.states(tx)).get(key)
    kept = await journeys.versions(tx, key)
    number = int(version) if version.isdigit() else state.version if state is not None else 0
    shown = next((one for one in kept if one.version == number), None)
    if shown is None:
        return None
    found = outline(company, shown, kept if version == ALL else ())
    return replace(found, whom=replace(found.whom, region=region))
