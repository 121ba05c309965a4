"""Segments that journeys wait for: by entering one they begin, or go on."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.company.journey_steps import WaitFor
from bot.crm.company.journey_triggers import Entered
from bot.crm.company.journey_walk import walk_steps
from bot.crm.company.journeys import Journey


def segments_of(journeys: Mapping[str, Journey]) -> frozenset[str]:
    """Their keys."""
    found = [trigger for one in journeys.values() for trigger in (*one.enter, *_waited(one))]
    return frozenset(one.segment for one in found if isinstance(one, Entered))


def _waited(journey: Journey) -> list[object]:
    return [step.wait_for for step in walk_steps(journey.steps) if isinstance(step, WaitFor)]
