"""What one turn said, slot by slot, before it is joined to what was said before."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from bot.crm.query import Compare, Period, Rank
from bot.insight.ask.meanings import Moment, Whose

#: 商机 without 新增: new ones with a period, open ones without.
SOME_DEALS = "?deals"
SOME_DEAL_AMOUNT = "?deal_amount"

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A name said; `within` are the departments said before it."""

    choices: tuple[Choice, ...]
    within: tuple[Choice, ...] = ()
    sure: bool = True

    @property
    def dimensions(self) -> frozenset[str]:
        """The dimensions it may belong to."""
        return frozenset(dimension for dimension, _ in self.choices)


class Way(enum.Enum):
    """One thing to ask instead."""

    #: The same without the condition.
    WITHOUT = "without"
    #: Everything, the left out beside the rest.
    EACH_BUT = "each_but"
    RANKED = "ranked"
    PARTED = "parted"
    BY_DAY = "by_day"
    #: Before and after.
    COMPARED = "compared"
    LAST_YEAR = "last_year"
    RECENT = "recent"
    #: The highest, and the lowest.
    BOTH_ENDS = "both_ends"
    ATTAINED = "attained"
    EXPECTED = "expected"
    OVERDUE = "overdue"
    IDLE = "idle"
    #: One of several metrics, one of several periods.
    EACH_METRIC = "each_metric"
    EACH_TIME = "each_time"
    #: The time behind a number that was called quick or slow.
    AS_TIME = "as_time"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a turn cannot become a query; `what` is Chinese, for the reply."""

    what: str
    #: Words nobody knows, as against a condition that is understood and cannot be held.
    is_unknown: bool = False
    #: What can be asked instead, the nearest first.
    ways: tuple[Way, ...] = ()
    #: The names that belong to the condition: 除了华东.
    about: tuple[Spoken, ...] = ()
    #: The dimensions that a word may mean: 渠道.
    along: tuple[str, ...] = ()
    #: The periods said, when they are too many for one query.
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """The periods said."""

    #: Each gives a period, or None for a day that does not exist.
    bases: tuple[Callable[[Moment], Period | None], ...] = ()
    #: What the base is set against, when named as a period.
    target: Callable[[Moment], Period | None] | None = None
    #: It was named as the one before (较上月), not by its own name (比10月).
    target_is_before: bool = False
    compare: Compare | None = None
    says_now: bool = False
    says_today: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def is_said(self) -> bool:
        """Whether a period was named."""
        return bool(self.bases)


@dataclass(frozen=True, slots=True)
class Said:
    """One turn."""

    #: Each with its alternatives; more than one is ambiguous.
    metrics: tuple[tuple[str, ...], ...] = ()
    #: One metric in two words, of which one may be a name: 周期本月成交周期.
    repeats: bool = False
    by: tuple[tuple[str, ...], ...] = ()
    #: Group by whatever dimension has several named values.
    groups_named: bool = False
    #: The turn asks for no grouping.
    ungrouped: bool = False
    #: By day, unless a unit of time is named.
    trend: bool = False
    named: tuple[Spoken, ...] = ()
    whose: Whose | None = None
    times: Times = Times()
    rank: Rank | None = None
    #: The ranking is one of speed: 最慢, 最快.
    paced: bool = False
    #: 谁 without a dimension of its own.
    asks_who: bool = False
    #: 哪个, which may be of people or of what was asked before.
    asks_which: bool = False
    idle_days: int | None = None
    attribution: str | None = None
    #: 加上李娜, 跟李娜比: the name stands beside those of before.
    joins: bool = False
    #: 那, 换成, 呢: changes the turn before.
    changes: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was understood."""
        return not (
            self.metrics
            or self.by
            or self.named
            or self.whose
            or self.times.bases
            or self.times.target
            or self.times.compare
            or self.times.says_now
            or self.rank
            or self.idle_days
            or self.attribution
            or self.trend
            or self.ungrouped
            or self.groups_named
            or self.asks_who
        )
