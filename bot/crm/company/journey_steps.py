"""The steps that a journey is made of, as config/journeys/*.yaml has them: one key names the kind.

What a step does stands in bot/journeys/nodes, one file for each kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from bot.crm.company.journey_spans import Clock, Length, Offset, WaitText
from bot.crm.company.journey_triggers import Happening
from bot.crm.company.kinds import kind_in, tagged
from bot.crm.company.words import Key, Label, Percent, Text
from bot.crm.condition import Condition
from bot.crm.touching import Purpose
from bot.kit.yaml_model import FaultAtError, Strict

#: Rounds of one loop; who needs more wants another journey.
MOST_ROUNDS = 50
_WHOLE = 100

#: Colleagues: whose lead it is, who leads him, or everybody of a role.
Whom: TypeAlias = Literal["owner", "manager", "director", "executive", "marketer", "admin"]
#: Groups: of those who lead his region, and the one in which the leads of his pool ring.
Group: TypeAlias = Literal["manager_group", "pool_group"]
Approver: TypeAlias = Literal["owner", "manager", "director", "executive", "marketer"]
#: Of an experiment: thirds are 33.3, 33.3 and 33.4.
Portion: TypeAlias = Percent | Annotated[float, Field(ge=0, le=100)]
#: Channels by their keys, which are looked up in channels.yaml: another word is told what it is written as.
Names: TypeAlias = tuple[Label, ...]
Points: TypeAlias = Annotated[int, Field(ge=-1_000, le=1_000)]


class _Step(Strict):
    #: Names the place for ever: who is here stays here when the file changes. Made of the kind if left out.
    id: Key | None = None


class Touch(_Step):
    """Say something to the customer, if and where that is permitted."""

    touch: Key
    purpose: Purpose = Purpose.MARKETING
    #: In this order; any that the purpose allows if none is named.
    channels: Names = ()
    campaign: Label | None = None
    #: Later than this it is not said any more; what our own rules make it wait does not count.
    late: Length = "12小时"


class Survey(_Step):
    """Ask how satisfied he is; what he answers is an event."""

    survey: Key
    channels: Names = ()
    late: Length = "3天"


class Coupon(_Step):
    """Give him a code; the texts that follow may say it."""

    coupon: Label


class Wait(_Step):
    """Go on after a span, or at a time of the week."""

    wait: WaitText


class WaitUntil(_Step):
    """Go on around a date that the lead bears; at once if it has none, or that is over."""

    wait_until: Key
    offset: Offset = "0天"
    at: Clock = "10:00"


class WaitFor(_Step):
    """Wait until he does something, but no longer than so long."""

    wait_for: Happening
    within: Length
    then: Steps = ()
    otherwise: Steps = Field(default=(), alias="else")


class Arm(Strict):
    """One way of a branch."""

    when: Condition
    steps: Steps = ()


class Branch(_Step):
    """Take the first way whose condition holds, else the other."""

    branch: tuple[Arm, ...] = Field(min_length=1, max_length=20)
    otherwise: Steps = Field(default=(), alias="else")


class Share(Strict):
    """One part of an experiment."""

    name: Label
    percent: Portion
    steps: Steps = ()


class Split(_Step):
    """Part people by chance, the same person always the same way; the hold-out gets none of it."""

    split: Label
    arms: tuple[Share, ...] = Field(min_length=1, max_length=10)
    hold_out: Portion = 0

    @model_validator(mode="after")
    def _adds_up(self) -> Split:
        if round(sum(arm.percent for arm in self.arms) + self.hold_out, 6) != _WHOLE:
            msg = "各组 percent 加上 hold_out 要正好 100"
            raise FaultAtError(("arms",), msg)
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names):
            msg = "两组不能同名"
            raise FaultAtError(("arms",), msg)
        return self


class Loop(_Step):
    """Do the same again, so many times at the most, until something holds."""

    loop: Steps = Field(min_length=1)
    times: Annotated[int, Field(ge=1, le=MOST_ROUNDS)]
    until: Condition | None = None


class GiveTag(_Step):
    """Put a tag on the lead."""

    tag: Label


class TakeTag(_Step):
    """Take a tag away."""

    untag: Label


class Score(_Step):
    """Give points, or take some."""

    score: Points
    reason: Label


class SetField(_Step):
    """Write a field of the lead."""

    set: Key
    to: str | int | float | bool


class Lifecycle(_Step):
    """Move him on in his lifecycle; never back."""

    lifecycle: Label


class SetStatus(_Step):
    """Close the lead as worthless, give it back to its pool, or say that it is being worked on."""

    status: Literal["invalid", "recycled", "working"]
    #: For `invalid` one of the company's reasons.
    reason: Label = "旅程"


class SetStage(_Step):
    """Bring his open opportunity to this stage, if its gate lets it."""

    stage: Label


class Approve(_Step):
    """Ask somebody above by a card; go on by what he says, or when he has said nothing for so long."""

    approve: Text
    by: Approver = "manager"
    within: Length = "1个工作日"
    then: Steps = ()
    otherwise: Steps = Field(default=(), alias="else")
    #: As `else`, if left out.
    timeout: Steps | None = None


class Assign(_Step):
    """Hand the lead to sales by the rules of routing, unless somebody has it."""

    assign: Literal["sales"]
    reason: Label = "旅程"


class GiveTask(_Step):
    """Give the owner something to do; who leads him where there is none."""

    task: Label
    within: Length = "1个工作日"
    urgent: bool = False


class Notify(_Step):
    """Tell a colleague, everybody of a role, or a group; a group hears no name of a customer."""

    notify: Whom | Group
    text: Text


class Webhook(_Step):
    """Tell other systems that he came by here."""

    webhook: Key


class EnterJourney(_Step):
    """Put him into another journey as well."""

    enter: Key


class LeaveJourney(_Step):
    """Take him out of another journey."""

    leave: Key


class Goal(_Step):
    """He has reached what this journey is for, if it holds; it ends here then."""

    goal: Condition


class Exit(_Step):
    """It ends here."""

    exit: Label


#: By its key, in the order in which they are looked for.
KINDS: Mapping[str, type[_Step]] = {
    "touch": Touch,
    "survey": Survey,
    "coupon": Coupon,
    "wait": Wait,
    "wait_until": WaitUntil,
    "wait_for": WaitFor,
    "branch": Branch,
    "split": Split,
    "loop": Loop,
    "tag": GiveTag,
    "untag": TakeTag,
    "score": Score,
    "set": SetField,
    "lifecycle": Lifecycle,
    "status": SetStatus,
    "stage": SetStage,
    "approve": Approve,
    "assign": Assign,
    "task": GiveTask,
    "notify": Notify,
    "webhook": Webhook,
    "enter": EnterJourney,
    "leave": LeaveJourney,
    "goal": Goal,
    "exit": Exit,
}


def kind_of(step: Any) -> str:  # noqa: ANN401 - whatever the file holds
    """Which kind a step is, by its key."""
    return kind_in(KINDS, step, otherwise="exit")


Step: TypeAlias = Annotated[
    Annotated[Touch, Tag("<touch>")]
    | Annotated[Survey, Tag("<survey>")]
    | Annotated[Coupon, Tag("<coupon>")]
    | Annotated[Wait, Tag("<wait>")]
    | Annotated[WaitUntil, Tag("<wait_until>")]
    | Annotated[WaitFor, Tag("<wait_for>")]
    | Annotated[Branch, Tag("<branch>")]
    | Annotated[Split, Tag("<split>")]
    | Annotated[Loop, Tag("<loop>")]
    | Annotated[GiveTag, Tag("<tag>")]
    | Annotated[TakeTag, Tag("<untag>")]
    | Annotated[Score, Tag("<score>")]
    | Annotated[SetField, Tag("<set>")]
    | Annotated[Lifecycle, Tag("<lifecycle>")]
    | Annotated[SetStatus, Tag("<status>")]
    | Annotated[SetStage, Tag("<stage>")]
    | Annotated[Approve, Tag("<approve>")]
    | Annotated[Assign, Tag("<assign>")]
    | Annotated[GiveTask, Tag("<task>")]
    | Annotated[Notify, Tag("<notify>")]
    | Annotated[Webhook, Tag("<webhook>")]
    | Annotated[EnterJourney, Tag("<enter>")]
    | Annotated[LeaveJourney, Tag("<leave>")]
    | Annotated[Goal, Tag("<goal>")]
    | Annotated[Exit, Tag("<exit>")],
    Discriminator(tagged(KINDS, otherwise="exit")),
]
Steps: TypeAlias = tuple[Step, ...]
for _kind in KINDS.values():
    _kind.model_rebuild()
for _part in (Arm, Share):
    _part.model_rebuild()
