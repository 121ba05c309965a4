"""Which sums are kept beside the facts: books of days, the series in them, and the cubes of each.

Nothing is defined here: a series is metrics of the registry that stand on the same facts, and its
cells are worked out by their own SQL. Numbers of different leads or visitors do not add up over
days or people, and who bought first or again changes far from where something happened: these have no
series and are always counted. So are costs, which are a few rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timezone, tzinfo
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Compiled
from sqlalchemy.dialects import sqlite

from bot.crm.company import Company
from bot.crm.query import Period
from bot.store.metrics import deals, follow_ups, funnel, leads, touches
from bot.store.metrics.fact import NOW, Measure, Parts, rows
from bot.store.metrics.statement import Slice, statement
from bot.store.tables.rollups import DIMS, SUMS

Grain = tuple[str, ...]
_TEAMS: Grain = ("region", "team")
_PEOPLE: Grain = ("region", "team", "owner")
#: For what is the same whatever the period.
ANY_PERIOD = Period(date(2026, 1, 1), date(2026, 1, 2))
_DAY = "day"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Metrics that stand on the same facts, kept in the same cells."""

    id: str
    measures: Mapping[str, Measure]
    #: What it may be cut by beside region, team and owner; one at a time.
    extras: tuple[str, ...]

    @property
    def grains(self) -> tuple[Grain, ...]:
        """The dimensions of its cubes, from the smallest cube to the largest."""
        return (_TEAMS, *(("region", extra) for extra in self.extras), _PEOPLE)

    @property
    def dims(self) -> Grain:
        """Every dimension that some cube has."""
        return tuple(dict.fromkeys(dim for grain in self.grains for dim in grain))

    def cube(self, grain: Grain) -> str:
        """What its cells are called in the tables."""
        return f"{self.id}:{'+'.join(grain)}"

    def grain_for(self, dims: frozenset[str]) -> Grain | None:
        """The smallest cube that knows all of these."""
        return next((grain for grain in self.grains if dims <= set(grain)), None)

    @property
    def combined(self) -> Measure:
        """The number of facts and every sum of its metrics, in one statement."""
        return _combined(self)

    @property
    def width(self) -> int:
        """How many sums its cells have beside the number of facts."""
        return len(_sums(self))

    def columns(self, measure: Measure) -> tuple[str, ...]:
        """Where the sums of one of its metrics are kept."""
        return _columns(self, measure)


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """Series that the same changes touch: its days are marked and worked out together."""

    id: str
    #: Names under which the triggers mark its hours.
    marks: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def asks_now(self) -> bool:
        """Whether a number in it depends on the moment of asking."""
        return any(_asks_now(one) for one in self.series)

    def digest(self, company: Company) -> str:
        """Of all that its cells were worked out by: another one is another book under the same name."""
        return _digest(self, company.org.zone, tuple(company.pipeline.quoting))


def by_day(series: Series, period: Period, zone: tzinfo) -> Slice:
    """Its facts by local day and every dimension of its cubes."""
    return Slice(by=(_DAY, *series.dims), where={}, period=period, zone=zone)


@cache
def _sums(series: Series) -> Parts:
    """The different sums of its metrics; how many facts there are is kept anyway."""
    found: list[ColumnElement[Any]] = []
    for measure in series.measures.values():
        for part in measure.parts:
            if not part.compare(rows()) and not any(part.compare(other) for other in found):
                found.append(part)
    if len(found) > SUMS or any(len(grain) > DIMS for grain in series.grains):
        msg = f"{series.id}: more than a cell has room for"
        raise ValueError(msg)
    return tuple(found)


@cache
def _combined(series: Series) -> Measure:
    first, *_ = series.measures.values()
    needs = dict.fromkeys(need for one in series.measures.values() for need in one.needs)
    return Measure(first.fact, (rows(), *_sums(series)), tuple(needs))


@cache
def _columns(series: Series, measure: Measure) -> tuple[str, ...]:
    places = [(rows(), "n"), *((part, f"s{n}") for n, part in enumerate(_sums(series)))]
    return tuple(next(name for one, name in places if part.compare(one)) for part in measure.parts)


@cache
def _asks_now(series: Series) -> bool:
    return NOW.key in _compiled(series, timezone.utc).params


@cache
def _digest(book: Book, zone: tzinfo, quoting: tuple[str, ...]) -> str:
    parts = [str(zone), repr(quoting)]
    for one in book.series:
        compiled = _compiled(one, zone)
        parts += [one.id, str(one.grains), str(compiled), repr(sorted(compiled.params.items()))]
        parts += [f"{key}={one.columns(measure)}" for key, measure in one.measures.items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _compiled(series: Series, zone: tzinfo) -> Compiled:
    return statement(series.combined, by_day(series, ANY_PERIOD, zone)).compile(dialect=sqlite.dialect())


def _one(name: str, family: Mapping[str, Measure], metrics: str, extras: str) -> Series:
    return Series(name, {key: family[key] for key in metrics.split()}, tuple(extras.split()))


def _book(name: str, *series: Series, marks: str = "") -> Book:
    return Book(name, tuple((marks or name).split()), series)


_LEADS, _WORK, _DEALS, _TOUCHES = leads.MEASURES, follow_ups.MEASURES, deals.MEASURES, touches.MEASURES
_LATER = "lead_to_mql_rate lead_to_won_rate invalid_rate wechat_added_rate funnel"
_WON = "won_deals won_amount sales_cycle_days avg_deal_amount"
_OF_LEAD = "source campaign industry"
_OF_DEAL = f"{_OF_LEAD} product"
_OF_TOUCH = "channel campaign industry"

BOOKS: tuple[Book, ...] = (
    _book("created", _one("created", _LEADS, "new_leads", _OF_LEAD)),
    # What became of leads later is marked for the hour in which they were created.
    _book("cohort", _one("cohort", {**_LEADS, **funnel.MEASURES}, _LATER, _OF_LEAD), marks="created cohort"),
    _book("mql", _one("mql", _LEADS, "mql mql_to_sql_rate", _OF_LEAD)),
    _book("sql", _one("sql", _LEADS, "sql", _OF_LEAD)),
    _book("added", _one("added", _LEADS, "wechat_added", _OF_LEAD)),
    _book("asked", _one("asked", _LEADS, "re_enquiries", _OF_LEAD)),
    _book(
        "followed",
        _one("followed", _WORK, "follow_ups", _OF_LEAD),
        _one("answered", _WORK, "first_response_minutes", _OF_LEAD),
    ),
    _book("due", _one("due", _WORK, "on_time_rate", _OF_LEAD)),
    _book("done", _one("done", _WORK, "tasks_done", _OF_LEAD)),
    _book("opened", _one("opened", _DEALS, "new_deals deal_amount", f"{_OF_DEAL} stage")),
    _book(
        "closed",
        _one("closed", _DEALS, "win_rate", _OF_DEAL),
        _one("won", _DEALS, _WON, _OF_DEAL),
        _one("lost", _DEALS, "lost_deals", f"{_OF_DEAL} lost_reason"),
    ),
    _book("paid", _one("paid", _DEALS, "payments", _OF_DEAL)),
    _book(
        "touched",
        _one("sent", _TOUCHES, "touches_sent", _OF_TOUCH),
        _one("delivered", _TOUCHES, "delivery_rate", _OF_TOUCH),
        _one("viewed", _TOUCHES, "open_rate", _OF_TOUCH),
        _one("clicked", _TOUCHES, "click_rate", _OF_TOUCH),
        _one("unsubscribed", _TOUCHES, "unsubscribe_rate", _OF_TOUCH),
        _one("failed", _TOUCHES, "failure_rate", _OF_TOUCH),
    ),
)

#: By the measure that is asked for.
KEPT: Mapping[Measure, tuple[Book, Series]] = {
    measure: (book, series)
    for book in BOOKS
    for series in book.series
    for measure in series.measures.values()
}


def of_marks(name: str) -> Sequence[Book]:
    """The books that marks of this name are for."""
    return tuple(book for book in BOOKS if name in book.marks)
