"""What a span is expected to bring: from the deals that are open, and from those that are not there yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from bot.crm.deal_history import OpenDeal
from bot.insight.forecast.model import Model

#: Of the standard normal distribution: four times in five a number lies within this much of its mean.
_EIGHTY = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class Outlook:
    """Cents: won already, expected of open deals and of new ones, and how far chance alone spreads them."""

    won: float = 0.0
    open: float = 0.0
    coming: float = 0.0
    #: Of `open` and `coming`: the sum of squares by which chance makes them differ.
    variance: float = 0.0

    @property
    def ahead(self) -> float:
        """What is not won yet."""
        return self.open + self.coming

    @property
    def mean(self) -> float:
        """Everything."""
        return self.won + self.ahead

    def __add__(self, other: Outlook) -> Outlook:
        """Two groups together."""
        return Outlook(
            self.won + other.won, self.open + other.open, self.coming + other.coming,
            self.variance + other.variance,
        )  # fmt: skip


def of_open(model: Model, found: Iterable[OpenDeal], *, today: int, begins: int, ends: int) -> Outlook:
    """Of deals open when `today` began: what they bring from `begins` on and before `ends`."""
    since, until = max(begins - today, 0), ends - today
    mean = variance = 0.0
    if until > since:
        for one in found:
            chance = model.chances.of(one, today=today, since=since, until=until)
            worth = model.worth.of(one.amount, one.product)
            mean += chance * worth
            variance += chance * (1 - chance) * worth * worth
    return Outlook(open=mean, variance=variance)


def of_coming(model: Model, a_day: float, *, today: int, begins: int, ends: int) -> Outlook:
    """Of deals created from `today` on, so many a day."""
    wins = a_day * wins_of_one_a_day(model, today=today, begins=begins, ends=ends)
    # As many as they happen to be, each as large as it happens to be.
    return Outlook(coming=wins * model.worth.mean, variance=wins * model.worth.square)


def wins_of_one_a_day(model: Model, *, today: int, begins: int, ends: int) -> float:
    """How many wins in the span come of one new deal a day."""
    return sum(model.chances.of_new(max(begins - day, 0), ends - day) for day in range(today, ends))


def interval(outlook: Outlook, error: float) -> tuple[float, float]:
    """Four times in five it lies between these; `error`: how far what is ahead misses beyond chance."""
    spread = outlook.variance + (error * outlook.ahead) ** 2
    if outlook.ahead <= 0 or spread <= 0:
        return outlook.mean, outlook.mean
    shape = outlook.ahead**2 / spread
    return (
        outlook.won + outlook.ahead * _gamma(shape, -_EIGHTY),
        outlook.won + outlook.ahead * _gamma(shape, _EIGHTY),
    )


def _gamma(shape: float, normal: float) -> float:
    """A quantile of a gamma distribution of mean 1, after Wilson and Hilferty: money is never negative."""
    return float(max(1 - 1 / (9 * shape) + normal / (3 * sqrt(shape)), 0.0) ** 3)
