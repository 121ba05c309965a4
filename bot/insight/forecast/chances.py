"""The chance that a deal which stands in a stage at an age is won within a span, from the own history.

Of the deals that stood in that stage at that age, the share won then. The fewer they are the more counts
what is known of all that ever came into the stage, and then of all deals of the company.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import exp

from bot.crm.deal_history import Deal, OpenDeal
from bot.insight.forecast.incidence import Curve, Ended, curve

#: Days in a stage at which deals are looked at.
AGES = (0, 7, 14, 30, 60, 90, 120, 180, 270)
#: So many deals of one's own weigh as much as what is known of the wider group.
_EQUAL = 15


@dataclass(frozen=True, slots=True)
class Pace:
    """Of a deal that is open, how often a day it is won, and how often it is lost."""

    won: float
    lost: float

    def won_within(self, since: int, until: int) -> float:
        """The share won from `since` days on and before `until`."""
        each = self.won + self.lost
        return self.won / each * (exp(-each * since) - exp(-each * until)) if each else 0.0


@dataclass(frozen=True, slots=True)
class Chances:
    """Everything learned of how deals end."""

    pace: Pace
    #: By stage, then for each of AGES.
    stages: Mapping[str, tuple[Curve, ...]]
    #: From the day of creation on, whatever the stages.
    created: Curve

    def of(self, deal: OpenDeal, *, today: int, since: int, until: int) -> float:
        """Chance of an open deal to be won from `since` days from now and before `until`."""
        company = _blend(self.created, today - deal.created, since, until, self.pace.won_within(since, until))
        curves = self.stages.get(deal.stage)
        if curves is None:
            return company
        age = max(today - deal.since, 0)
        stage = _blend(curves[0], age, since, until, company)
        place = bisect_right(AGES, age) - 1
        return stage if not place else _blend(curves[place], age - AGES[place], since, until, stage)

    def of_new(self, since: int, until: int) -> float:
        """Chance of a deal created today to be won from `since` days from now and before `until`."""
        return self.created.won_within(since, until, open_at=0)


@dataclass(frozen=True, slots=True)
class _Spell:
    """One deal in one stage: how many days it stood there, and what became of it."""

    stayed: int
    ended: Ended


def learn(deals: Iterable[Deal], today: int) -> Chances:
    """From everything that was known when `today` began."""
    known = list(deals)
    spells: dict[str, list[_Spell]] = {}
    for deal in known:
        for stage, spell in _spells(deal, today):
            spells.setdefault(stage, []).append(spell)
    whole = [_from(deal, deal.created, today) for deal in known]
    return Chances(
        pace=_pace(whole),
        stages={stage: tuple(_at_age(found, age) for age in AGES) for stage, found in spells.items()},
        created=curve(whole),
    )


def _spells(deal: Deal, today: int) -> Iterator[tuple[str, _Spell]]:
    ends = deal.closed if deal.closed is not None else today
    lefts = [day for day, _ in deal.stages[1:]] + [ends]
    for (since, stage), left in zip(deal.stages, lefts, strict=True):
        # A deal is also moved to «won»; that is its end, not a stage that it stands in.
        if deal.closed is None or since < deal.closed or len(deal.stages) == 1:
            yield stage, _Spell(max(left - since, 0), _from(deal, since, today))


def _from(deal: Deal, since: int, today: int) -> Ended:
    if deal.closed is None:
        return Ended(max(today - since, 0), None)
    return Ended(max(deal.closed - since, 0), deal.won)


def _at_age(spells: Iterable[_Spell], age: int) -> Curve:
    return curve(Ended(one.ended.after - age, one.ended.won) for one in spells if one.stayed >= age)


def _pace(found: list[Ended]) -> Pace:
    days = float(sum(max(one.after, 1) for one in found)) or 1.0
    return Pace(sum(one.won is True for one in found) / days, sum(one.won is False for one in found) / days)


def _blend(own: Curve, passed: int, since: int, until: int, wider: float) -> float:
    """Of those open after `passed` days the share won in the span; the fewer, the nearer to the wider."""
    passed = max(passed, 0)
    seen = own.watched_at(passed)
    share = own.won_within(passed + since, passed + until, open_at=passed)
    return (seen * share + _EQUAL * wider) / (seen + _EQUAL)
