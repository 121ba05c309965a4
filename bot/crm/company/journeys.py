"""config/journeys/<key>.yaml: one journey, or one rule (a journey of one step), each in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from bot.crm.company.journey_steps import Steps
from bot.crm.company.journey_triggers import Beginning, Scheduled
from bot.crm.company.words import Key, Label, Named, Text
from bot.crm.condition import Condition
from bot.crm.journey_time import Span, read_span
from bot.kit.yaml_model import FaultAtError

NEVER, ALWAYS = "never", "always"
_PER = "per:"


def _again(text: str) -> str:
    if text in {NEVER, ALWAYS} or (text.startswith(_PER) and text.removeprefix(_PER).strip()):
        return text
    if (found := read_span(text)) is None or found.n <= 0:
        ways = "never（一生一次）、always（每次）、30天（隔多久）、per:order_id（每单一次）"
        msg = f"“{text}”看不懂，可以写 {ways}"
        raise ValueError(msg)
    return text


Again: TypeAlias = Annotated[str, AfterValidator(_again)]
Phase: TypeAlias = Literal["获客", "转化", "成交", "售后", "二次营销"]


class Journey(Named):
    """Who enters it, what he goes through, and when it ends."""

    MEANT: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "send": ("touch",),
        "message": ("touch", "text"),
        "content": ("touch",),
        "then": ("steps",),
        "do": ("steps", "then"),
        "due": ("within",),
        "deadline": ("within",),
        "delay": ("wait",),
        "if": ("when", "branch"),
        "channel": ("channels",),
        "trigger": ("enter",),
        "filter": ("only",),
    }

    about: Text | None = None
    phase: Phase | None = None
    #: False: it waits in the file until somebody publishes it.
    live: bool = True
    enter: tuple[Beginning, ...] = Field(min_length=1, max_length=20)
    #: Whoever this does not fit does not enter.
    only: Condition | None = None
    again: Again = NEVER
    #: Whoever comes beyond it waits for the next hour.
    most_per_hour: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    #: Who gets the last place under a cap of messages; higher first.
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    #: Looked at before every step: what it is for, and when it has no sense any more.
    goal: Condition | None = None
    #: In results: what is reached or bought within so many days from his entry counts.
    goal_days: Annotated[int, Field(ge=1, le=730)] = 30
    leave: Condition | None = None
    #: A field with the person's time zone (Asia/Shanghai); the company's where it is empty.
    zone_by: Key | None = None
    steps: Steps = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _sound(self) -> Journey:
        if any(isinstance(one, Scheduled) for one in self.enter) and self.only is None:
            msg = "按时间表进入的旅程要用 only 写明给谁"
            raise FaultAtError(("enter",), msg)
        return self

    @property
    def gap(self) -> Span | None:
        """How long after the last entry he may enter again; None if that is not the rule."""
        return None if self.again in {NEVER, ALWAYS} or self.business_key else read_span(self.again)

    @property
    def business_key(self) -> str:
        """The property of the event of which each value enters once; empty if that is not the rule."""
        return self.again.removeprefix(_PER).strip() if self.again.startswith(_PER) else ""

    @property
    def may_repeat(self) -> bool:
        """Whether one person may go through it more than once."""
        return self.again != NEVER

    @property
    def is_rule(self) -> bool:
        """Whether it is done at once."""
        return len(self.steps) == 1


def title_of(key: str, journey: Journey) -> Label:
    """As people say it."""
    return journey.name or key
