"""What a node is given and what it gives: values, nothing that happens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from bot.crm.condition import Condition
from bot.crm.touching import Purpose
from bot.crm.working_time import WorkingTime

#: What woke somebody who waited.
TIME = "time"


class Facts(NamedTuple):
    """All that a node may look at; a tuple, for one is made for each step."""

    now: datetime
    #: When this step was to be made; `now` is later after an outage.
    due: datetime
    zone: ZoneInfo
    working: WorkingTime
    journey: str
    place: str
    #: Who he was when he entered: the same after a merge, so that chance stays as it fell. Empty where the
    #: node is not personal.
    person: str
    #: 1 for the first time here, 2 for the second.
    occurrence: int
    holds: Callable[[Condition], bool]
    #: A value of the lead's, as conditions know it; None if it is missing.
    value: Callable[[str], object]
    #: What woke him, if he waited here: `time`, or what happened; empty when he has just come.
    woken: str = ""


# --- what a step wants done ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A message to the customer."""

    content: str
    purpose: Purpose
    channels: tuple[str, ...] = ()
    campaign: str = ""
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class GiveCoupon:
    """A code of this stock."""

    stock: str


@dataclass(frozen=True, slots=True)
class PutTag:
    """A tag on, or off."""

    tag: str
    on: bool


@dataclass(frozen=True, slots=True)
class GivePoints:
    """Points."""

    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class WriteField:
    """A field of the lead."""

    field: str
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class MoveOn:
    """Forward in the lifecycle."""

    to: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """To sales."""

    reason: str


@dataclass(frozen=True, slots=True)
class MakeTask:
    """Something to do for his owner."""

    title: str
    due_at: datetime
    urgent: bool


@dataclass(frozen=True, slots=True)
class Tell:
    """A line to a colleague."""

    whom: str
    text: str


@dataclass(frozen=True, slots=True)
class CallOut:
    """Other systems hear of it."""

    name: str


@dataclass(frozen=True, slots=True)
class Join:
    """Another journey begins, or ends, for him."""

    journey: str
    on: bool


@dataclass(frozen=True, slots=True)
class SetTo:
    """The lead's status."""

    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class MoveDeal:
    """His open opportunity, to a stage."""

    stage: str


@dataclass(frozen=True, slots=True)
class AskApproval:
    """A colleague's word."""

    text: str
    by: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class EndApproval:
    """Nobody gave his word in time: it is not asked for any more."""


Effect: TypeAlias = (
    Say
    | GiveCoupon
    | PutTag
    | GivePoints
    | WriteField
    | MoveOn
    | SetTo
    | MoveDeal
    | HandOver
    | MakeTask
    | Tell
    | AskApproval
    | EndApproval
    | CallOut
    | Join
)


class Step(NamedTuple):
    """What a node decided."""

    effects: tuple[Effect, ...] = ()
    #: Which way on; empty if he stays.
    way: str = ""
    #: Stays until then; None with no way and no `ends` is never.
    until: datetime | None = None
    #: Stays until this happens, or `until`.
    awaits: bool = False
    #: It is over for him: goal, exit.
    ends: str = ""
    #: For the log: why.
    note: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One kind of step: what it asks of the lead, and what it decides."""

    run: Callable[[Any, Facts], Step]
    #: Conditions that it may ask of these settings.
    conditions: Callable[[Any], tuple[Condition, ...]] = lambda _: ()
    #: Fields of the lead whose values it reads.
    fields: Callable[[Any], tuple[str, ...]] = lambda _: ()
    #: In Chinese, for tables and pictures.
    label: str = ""
    #: Whether it decides by who he is; all others decide the same for everybody who stands alike.
    personal: bool = False


def chance(*parts: str) -> float:
    """A number from 0 to below 1, the same for the same parts on every machine and for ever."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7]) / 2**56


@dataclass(slots=True)
class Memory:
    """What is remembered of somebody's way: small, kept with him.

    Those who stand alike share one, so nobody changes it but who has just copied it.
    """

    #: How often he came to each place.
    times: dict[str, int] = field(default_factory=dict)
    #: Which arm he got in which experiment.
    arms: dict[str, str] = field(default_factory=dict)
    #: What texts may say: a coupon's code, what began it.
    words: dict[str, str] = field(default_factory=dict)
    #: Where he has arrived and waits; empty if he is on his way.
    waits: str = ""
    #: When something was last said to him, where he will wait for what it brings; and what of it came.
    since: str = ""
    came: dict[str, str] = field(default_factory=dict)

    def spell(self) -> dict[str, object]:
        """As a small document; what is empty stays away."""
        said = {"times": self.times, "arms": self.arms, "words": self.words, "waits": self.waits}
        said |= {"since": self.since, "came": self.came}
        return {key: value for key, value in said.items() if value}

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Memory:
        """What `spell` wrote."""
        return cls(
            dict(said.get("times", {})),
            dict(said.get("arms", {})),
            dict(said.get("words", {})),
            said.get("waits", ""),
            said.get("since", ""),
            dict(said.get("came", {})),
        )

    def copy(self) -> Memory:
        """One that may be changed by itself."""
        return Memory(
            dict(self.times), dict(self.arms), dict(self.words), self.waits, self.since, dict(self.came)
        )
