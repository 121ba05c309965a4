"""What a stretch of a question may mean; plain values, one class per meaning."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.crm.metrics.metric import Subject
from bot.crm.query import Compare, Order, Period


@dataclass(frozen=True, slots=True)
class Noise:
    """Adds nothing."""


@dataclass(frozen=True, slots=True)
class Link:
    """和, 跟, 与, 、"""


@dataclass(frozen=True, slots=True)
class Cross:
    """×: the dimensions on either side are crossed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """换成, 那: this turn changes the one before."""


@dataclass(frozen=True, slots=True)
class MetricWord:
    """Names a metric; more than one id is ambiguous."""

    ids: tuple[str, ...]


class Act(enum.StrEnum):
    """What is done with a noun; together they name a metric."""

    NEW = "new"
    FOLLOW = "follow"
    WIN = "win"
    SELL = "sell"
    HOLD = "hold"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Verb:
    """An act."""

    act: Act


@dataclass(frozen=True, slots=True)
class Noun:
    """What is counted: lead, deal, customer, task."""

    subject: Subject


class Measure(enum.StrEnum):
    """How it is measured."""

    AMOUNT = "amount"
    COUNT = "count"
    AVERAGE = "average"
    TIMES = "times"
    #: 多久: how long it took.
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure said."""

    measure: Measure


@dataclass(frozen=True, slots=True)
class Mention:
    """A value of a dimension by name; several choices if the name has several bearers."""

    choices: tuple[tuple[str, str], ...]
    #: A nickname is never taken without asking.
    sure: bool = True

    @property
    def dimensions(self) -> frozenset[str]:
        """The dimensions it may be a value of."""
        return frozenset(dimension for dimension, _ in self.choices)


@dataclass(frozen=True, slots=True)
class Cut:
    """A bare word for dimensions: 渠道."""

    dimensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """按渠道, 各渠道, 每天."""

    dimensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Which:
    """谁, 哪个渠道; without dimensions it is of those named, else of people."""

    dimensions: tuple[str, ...]


class Shape(enum.StrEnum):
    """How the answer should be laid out."""

    EACH = "each"
    TREND = "trend"
    SPREAD = "spread"
    UNGROUPED = "ungrouped"
    GROUPED = "grouped"


@dataclass(frozen=True, slots=True)
class Shaped:
    """分别, 走势, 分布."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Versus:
    """对比, 比: sets values or periods against each other."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking; limit None keeps all."""

    order: Order
    limit: int | None


@dataclass(frozen=True, slots=True)
class Superlative:
    """最多, 最慢: the first by value, or the first N if a number follows."""

    order: Order


@dataclass(frozen=True, slots=True)
class Comparative:
    """多, 快: a superlative only after 谁 or 哪个."""

    order: Order


@dataclass(frozen=True, slots=True)
class Counted:
    """两个, 三位."""

    number: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What a time phrase is resolved against."""

    today: date
    #: The first half of a range, for its second half.
    since: Period | None = None
    #: Looks ahead: a month without a year is the next one, not the last.
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A time phrase; None if there is no such day."""

    resolve: Callable[[Moment], Period | None]
    #: Of the two ends of a range, this can only be the second.
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """现在, 目前."""


@dataclass(frozen=True, slots=True)
class Today:
    """今天: a day for a flow, nothing for a snapshot."""


@dataclass(frozen=True, slots=True)
class UntilNow:
    """至今, 以来."""


@dataclass(frozen=True, slots=True)
class RangeTo:
    """到, 至, -."""


@dataclass(frozen=True, slots=True)
class Compared:
    """环比, 同比."""

    compare: Compare


@dataclass(frozen=True, slots=True)
class Growth:
    """增长率: asks for a comparison without saying with what."""


@dataclass(frozen=True, slots=True)
class Idle:
    """3天没跟进."""

    days: int


@dataclass(frozen=True, slots=True)
class Attributed:
    """按末次归因."""

    model: str


class Whose(enum.StrEnum):
    """Pronouns and the like."""

    MINE = "mine"
    OURS = "ours"
    #: 团队, 我手下: whoever works for the asker.
    OUR_TEAM = "our_team"
    #: 我们组: the team he sits in.
    OUR_GROUP = "our_group"
    OUR_REGION = "our_region"
    EVERYONE = "everyone"
    ALL_PEOPLE = "all_people"


@dataclass(frozen=True, slots=True)
class Belonging:
    """我的, 我们组, 全公司."""

    whose: Whose


@dataclass(frozen=True, slots=True)
class Beyond:
    """Understood, but no query can say it; `what` names it in Chinese."""

    what: str


Meaning = (
    Noise
    | Link
    | Cross
    | Turn
    | MetricWord
    | Verb
    | Noun
    | Measured
    | Mention
    | Cut
    | Group
    | Which
    | Shaped
    | Versus
    | Ranked
    | Superlative
    | Comparative
    | Counted
    | When
    | Now
    | Today
    | UntilNow
    | RangeTo
    | Compared
    | Growth
    | Idle
    | Attributed
    | Belonging
    | Beyond
)


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the text with one meaning."""

    begins: int
    ends: int
    text: str
    meaning: Meaning
