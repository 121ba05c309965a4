"""One metric: what it counts, in which unit, for whom, and along what."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from bot.crm.metrics.dimension import PEOPLE, TIME_UNITS, Dimension
from bot.crm.user import Role

D = Dimension


class Unit(enum.StrEnum):
    """What one of it is."""

    COUNT = "count"
    MONEY = "money"
    #: Shares are fractions of one; they are shown as percent.
    PERCENT = "percent"
    #: Working minutes.
    MINUTES = "minutes"
    DAYS = "days"
    #: A survey mark from 1 to 5.
    MARK = "mark"
    #: Return on cost: 1 means the cost was earned twice.
    RATIO = "ratio"


class Kind(enum.StrEnum):
    """How it stands to the period."""

    #: Counts what happened in the period.
    FLOW = "flow"
    #: A share or a mean of what happened in the period.
    RATE = "rate"
    #: Of those who began in the period, what became of them by now.
    COHORT = "cohort"
    #: As of now; has no period.
    SNAPSHOT = "snapshot"


class Subject(enum.StrEnum):
    """What is counted; also the noun that may stand beside its name without adding anything."""

    LEAD = "lead"
    FOLLOW_UP = "follow_up"
    TASK = "task"
    DEAL = "deal"
    CUSTOMER = "customer"
    TOUCH = "touch"
    COST = "cost"
    PAGE = "page"


class Audience(enum.StrEnum):
    """Who may ask; an admin never may, a marketer only for totals."""

    #: Everyone with sales numbers, each in his own scope.
    SALES = "sales"
    #: Executive, director, marketer.
    MARKETING = "marketing"
    #: Everyone with sales numbers, whatever his scope.
    OPEN = "open"


LEAD_DIMENSIONS = PEOPLE | {D.SOURCE, D.INDUSTRY, D.CAMPAIGN, D.TAG, D.LIFECYCLE}
DEAL_DIMENSIONS = LEAD_DIMENSIONS | {D.PRODUCT}
TOUCH_DIMENSIONS = PEOPLE | {D.CHANNEL, D.CAMPAIGN, D.TAG, D.INDUSTRY, D.LIFECYCLE}
COST_DIMENSIONS = frozenset({D.SOURCE, D.CAMPAIGN})

#: Subjects whose records carry the company's custom fields.
WITH_CUSTOM_FIELDS = frozenset(
    {Subject.LEAD, Subject.FOLLOW_UP, Subject.TASK, Subject.DEAL, Subject.CUSTOMER, Subject.TOUCH}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number with one meaning everywhere."""

    id: str
    #: Chinese.
    name: str
    #: What else people call it.
    words: tuple[str, ...] = ()
    #: Chinese, a sentence without a full stop.
    definition: str
    #: What it is easily taken for, Chinese.
    is_not: str
    unit: Unit
    kind: Kind
    subject: Subject
    audience: Audience = Audience.SALES
    #: Without the units of time, which every metric but a snapshot has.
    dimensions: frozenset[Dimension]
    #: The units of time it can be cut by.
    time_units: frozenset[Dimension] = TIME_UNITS
    #: Whether parts add up to the whole, so that a rollup of sums serves it.
    additive: bool = False

    @property
    def is_snapshot(self) -> bool:
        """Whether it is as of now."""
        return self.kind is Kind.SNAPSHOT

    def takes(self, key: str) -> bool:
        """Whether it can be filtered and grouped by this dimension or custom field."""
        try:
            dimension = Dimension(key)
        except ValueError:
            return self.subject in WITH_CUSTOM_FIELDS
        if dimension in TIME_UNITS:
            return not self.is_snapshot and dimension in self.time_units
        return dimension in self.dimensions

    def open_to(self, role: Role) -> bool:
        """Whether this role may ask for it at all; the scope is another question."""
        if role is Role.ADMIN:
            return False
        if self.audience is Audience.MARKETING:
            return role in {Role.EXECUTIVE, Role.DIRECTOR, Role.MARKETER}
        return True
