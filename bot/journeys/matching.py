"""Does what happened fit what a journey begins with, or what somebody waits for? Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.crm.company.journey_steps import WaitFor, WaitUntil
from bot.crm.company.journey_triggers import (
    ANYTHING,
    Bought,
    Changed,
    Created,
    Entered,
    Event,
    Quoted,
    Stage,
    Status,
    Submitted,
    Tagged,
)
from bot.crm.company.journeys import Journey
from bot.crm.condition import FieldRegistry, FieldSpec
from bot.crm.condition_values import NUMBERS
from bot.journeys.graph import walk

_CUSTOM = "custom."


@dataclass(frozen=True, slots=True)
class Occurred:
    """Something that happened to a person."""

    kind: str
    ref: str
    at: datetime
    #: Names this one time: the same is never counted twice.
    source: str = ""
    object: str = ""
    before: str | None = None
    after: str | None = None
    #: Which time of all times, where somebody asks for that.
    nth: int = 0


def fits(trigger: Any, happened: Occurred, fields: FieldRegistry) -> bool:  # noqa: ANN401 - one line a kind
    """Whether it is what the trigger means."""
    match trigger:
        case Event():
            is_it = happened.kind == "event" and happened.ref == trigger.event
            is_there = trigger.object is None or trigger.object == happened.object
            return is_it and is_there and (trigger.nth is None or trigger.nth == happened.nth)
        case Changed():
            return happened.kind == "changed" and _changed(trigger, happened, fields)
        case Bought():
            return happened.kind == "bought" and trigger.bought in {ANYTHING, happened.ref}
        case Quoted():
            over = trigger.discount_over
            return happened.kind == "quoted" and (over is None or _percent(happened.after) > over)
        case _:
            found = wanted(trigger, fields)
            return found is not None and found == (happened.kind, happened.ref)


def _percent(hundredths: str | None) -> Decimal:
    return Decimal(hundredths or 0) / 100


def _changed(trigger: Changed, happened: Occurred, fields: FieldRegistry) -> bool:
    spec = fields.get(trigger.changed)
    if spec is None:
        return False
    before, after = happened.before, happened.after
    if spec.column.startswith(_CUSTOM):
        if happened.ref != "custom":
            return False
        key = spec.column.removeprefix(_CUSTOM)
        before, after = _of(before, key), _of(after, key)
    elif happened.ref != spec.column:
        return False
    if before == after:
        return False
    return trigger.to is None or after == _spelled(trigger.to) or _is_number(spec, after, trigger.to)


def _is_number(spec: FieldSpec, after: str | None, to: object) -> bool:
    """500000.0 in the file is 500000 in the row; that it is a number at all, the check of the file said."""
    return spec.type in NUMBERS and after is not None and Decimal(after) == Decimal(_spelled(to))


def _of(document: str | None, key: str) -> str | None:
    found = json.loads(document).get(key) if document else None
    return None if found is None else _spelled(found)


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def wanted(trigger: Any, fields: FieldRegistry) -> tuple[str, str] | None:  # noqa: ANN401, C901, PLR0911 - one line a kind
    """What must be marked for this trigger; None for what does not happen by itself."""
    match trigger:
        case Event():
            return "event", trigger.event
        case Submitted():
            return "form", trigger.form
        case Created():
            return "created", "lead"
        case Changed():
            spec = fields.get(trigger.changed)
            column = "" if spec is None else spec.column
            return "changed", "custom" if column.startswith(_CUSTOM) else column
        case Status():
            return "status", trigger.status
        case Stage():
            return "stage", trigger.stage
        case Quoted():
            return "quoted", "any"
        case Bought():
            return "bought", trigger.bought
        case Tagged():
            return "tagged", trigger.tagged
        case Entered():
            return "segment", trigger.segment
        case _:
            return None


def wants(journey: Journey, fields: FieldRegistry) -> Iterator[tuple[str, str]]:
    """All that a journey wants to know, to begin with it or to go on."""
    dates = (Changed(changed=step.wait_until) for step in walk(journey.steps) if isinstance(step, WaitUntil))
    for trigger in (*journey.enter, *_waited(journey), *dates):
        found = wanted(trigger, fields)
        if found is not None:
            yield found
    if any(True for _ in _waited(journey)):
        # Who waits for what a message may bring wants to know that it never came.
        yield "touched", "any"


def begins(journey: Journey, happened: Occurred, fields: FieldRegistry) -> bool:
    """Whether this makes somebody enter."""
    return any(fits(trigger, happened, fields) for trigger in journey.enter)


def asks_nth(journeys: Mapping[str, Journey], event: str) -> bool:
    """Whether somebody wants to know which time it was."""
    triggers = (t for j in journeys.values() for t in (*j.enter, *_waited(j)))
    return any(isinstance(t, Event) and t.event == event and t.nth is not None for t in triggers)


def _waited(journey: Journey) -> Iterator[Any]:
    return (step.wait_for for step in walk(journey.steps) if isinstance(step, WaitFor))
