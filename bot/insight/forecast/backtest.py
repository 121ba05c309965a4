"""How far off it would have been: at the beginning of each past period, from what was known then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from bot.crm.deal_history import Deal, OpenDeal
from bot.insight.forecast.model import LATELY, Model, TooThin, learn
from bot.insight.forecast.outlook import Outlook, of_coming, of_open

#: What an untried forecast is taken to miss by, beyond chance; so many trials weigh as much.
_UNTRIED, _EQUAL = 0.25, 2
_QUARTER = 91


@dataclass(frozen=True, slots=True)
class Trial:
    """One past period, in cents: what would have been said at `origin`, and what came."""

    origin: int
    begins: int
    ends: int
    outlook: Outlook
    #: As much as in the quarter before, by the day.
    naive: float
    #: Every open deal by the share of its stage that is ever won.
    staged: float
    actual: float


def outlook_of(model: Model, known: Sequence[Deal], *, today: int, begins: int, ends: int) -> Outlook:
    """The whole company's, from deals as they were known when `today` began."""
    found = [OpenDeal.of(one) for one in known if one.closed is None]
    return (
        Outlook(won=won_between(known, begins, min(ends, today)))
        + of_open(model, found, today=today, begins=begins, ends=ends)
        + of_coming(model, created_a_day(known, today), today=today, begins=begins, ends=ends)
    )


def created_a_day(known: Iterable[Deal], today: int) -> float:
    """New deals a day lately."""
    days = [one.created for one in known]
    span = min(LATELY, today - min(days, default=today))
    return sum(day >= today - span for day in days) / span if span > 0 else 0.0


def trial(deals: Sequence[Deal], *, origin: int, begins: int, ends: int) -> Trial | None:
    """Go back to the morning of `origin`; None if too little was known then."""
    known = [then for one in deals if (then := one.as_of(origin)) is not None]
    model = learn(known, origin)
    if isinstance(model, TooThin):
        return None
    return Trial(
        origin=origin,
        begins=begins,
        ends=ends,
        outlook=outlook_of(model, known, today=origin, begins=begins, ends=ends),
        naive=naive(known, origin=origin, begins=begins, ends=ends),
        staged=staged(known, model, origin=origin, begins=begins, ends=ends),
        actual=won_between(deals, begins, ends),
    )


def won_between(deals: Iterable[Deal], begins: int, ends: int) -> float:
    """What was won from `begins` on and before `ends`."""
    return float(
        sum(
            one.amount or 0
            for one in deals
            if one.won and one.closed is not None and begins <= one.closed < ends
        )
    )


def naive(known: Iterable[Deal], *, origin: int, begins: int, ends: int) -> float:
    """What is won already, and for the days to come as much a day as in the quarter before."""
    found = list(known)
    a_day = won_between(found, origin - _QUARTER, origin) / _QUARTER
    return won_between(found, begins, origin) + a_day * (ends - max(begins, origin))


def staged(known: Iterable[Deal], model: Model, *, origin: int, begins: int, ends: int) -> float:
    """What is won already, and each open deal by the share of its stage that was won in the end."""
    found = list(known)
    won, closed = dict[str, int](), dict[str, int]()
    for one in found:
        if one.closed is not None:
            for stage in {stage for since, stage in one.stages if since < one.closed} or {one.stage}:
                closed[stage] = closed.get(stage, 0) + 1
                won[stage] = won.get(stage, 0) + one.won
    usual = sum(one.won for one in found) / max(sum(one.closed is not None for one in found), 1)
    weighted = sum(
        (won[one.stage] / closed[one.stage] if one.stage in closed else usual)
        * model.worth.of(one.amount, one.product)
        for one in found
        if one.closed is None
    )
    return won_between(found, begins, min(origin, ends)) + weighted


def weighted_error(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Of what was said and what came: all misses ÷ all that came (wMAPE); None if nothing came."""
    found = list(pairs)
    came = sum(abs(actual) for _, actual in found)
    return sum(abs(said - actual) for said, actual in found) / came if came else None


def beyond_chance(trials: Sequence[Trial]) -> float:
    """The share of what was ahead by which it missed, beyond what chance alone explains."""
    squares = [
        ((one.actual - one.outlook.mean) ** 2 - one.outlook.variance) / one.outlook.ahead**2
        for one in trials
        if one.outlook.ahead > 0
    ]
    usual = (sum(squares) + _EQUAL * _UNTRIED**2) / (len(squares) + _EQUAL)
    return sqrt(max(usual, 0.0))
