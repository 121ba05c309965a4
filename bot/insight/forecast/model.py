"""What the company's own deals teach about the next ones, or that they are too few to teach anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.crm.deal_history import Deal
from bot.insight.forecast import chances, worth
from bot.insight.forecast.chances import Chances
from bot.insight.forecast.worth import Worth

#: Fewer than this and nothing is said: a share of ten deals is no share.
LEAST_CLOSED, LEAST_WON, LEAST_DAYS = 30, 10, 90
#: No further ahead: nobody's history says what comes then.
FURTHEST = 366
#: New deals come as often a day as they did in so many days.
LATELY = 180


@dataclass(frozen=True, slots=True)
class TooThin:
    """Why nothing is forecast: what there is, of LEAST_CLOSED, LEAST_WON and LEAST_DAYS."""

    closed: int
    won: int
    days: int


@dataclass(frozen=True, slots=True)
class Model:
    """How deals end and what they bring, as it was known when `today` began."""

    today: int
    chances: Chances
    worth: Worth
    #: What it was learned from.
    closed: int
    won: int
    days: int


def learn(deals: Sequence[Deal], today: int) -> Model | TooThin:
    """Learn from deals as they were known when `today` began."""
    won = sum(deal.won for deal in deals)
    closed = sum(deal.closed is not None for deal in deals)
    days = today - min((deal.created for deal in deals), default=today)
    if closed < LEAST_CLOSED or won < LEAST_WON or days < LEAST_DAYS:
        return TooThin(closed, won, days)
    return Model(today, chances.learn(deals, today), worth.learn(deals), closed, won, days)
