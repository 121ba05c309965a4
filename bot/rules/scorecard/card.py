"""The card: trained when there is enough to learn from, trusted when it proves itself, told in points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.scorecard.bins import Cut, Facts, cut
from bot.rules.scorecard.check import Band, auc, bands
from bot.rules.scorecard.fit import fit, probability

#: Leads, won and not won, below which nothing is learned.
LEAST, LEAST_EACH = 300, 50
#: Worse than this on leads it has not seen, the rules stay alone.
LEAST_AUC = 0.6
#: The share of the latest leads that it is proved on.
_PROOF = 0.3
#: So many points double the odds.
_DOUBLE = 20
_REASONS = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """One lead whose end is known."""

    facts: Facts
    won: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is known of a lead, and its points against the average lead."""

    field: str
    value: str
    points: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the card says of one lead."""

    #: 0 to 1.
    chance: float
    #: The strongest first.
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points for each bin of each field."""

    cut: Cut
    intercept: float
    #: Log odds per place.
    weights: tuple[float, ...]
    #: Mean weight of each field over the leads it was trained on: the average lead has no points.
    middle: tuple[float, ...]

    def chance(self, facts: Facts) -> float:
        """0 to 1."""
        return probability(self.intercept + sum(self.weights[place] for place in self.cut.places(facts)))

    def forecast(self, facts: Facts) -> Forecast:
        """The chance, and what speaks for it and against it."""
        names = self.cut.names()
        reasons = [
            Reason(*names[place], round((self.weights[place] - middle) * _DOUBLE / math.log(2)))
            for place, middle in zip(self.cut.places(facts), self.middle, strict=True)
        ]
        told = sorted((one for one in reasons if one.points), key=lambda one: -abs(one.points))
        return Forecast(self.chance(facts), tuple(told[:_REASONS]))


@dataclass(frozen=True, slots=True)
class Proof:
    """How it did on the latest leads, trained on those before them."""

    leads: int
    auc: float
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class TooFew:
    """Not enough outcomes to learn from: the rules' score stands alone."""

    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class TooWeak:
    """It does not tell the leads apart: the rules' score stands alone."""

    proof: Proof
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class Trained:
    """A card to go by."""

    card: Scorecard
    proof: Proof
    leads: int
    won: int


def train(outcomes: Sequence[Outcome], fields: Sequence[str]) -> Trained | TooFew | TooWeak:
    """Learn from outcomes in the order in which the leads came.

    The proof splits by time: the card of the older leads is asked about the later ones. What is
    handed out then is trained on all of them.
    """
    won = sum(one.won for one in outcomes)
    lost = len(outcomes) - won
    if len(outcomes) < LEAST or min(won, lost) < LEAST_EACH:
        return TooFew(won, lost)
    border = round(len(outcomes) * (1 - _PROOF))
    older, later = outcomes[:border], outcomes[border:]
    if any(len({one.won for one in part}) < 2 for part in (older, later)):  # noqa: PLR2004 - won and not
        return TooFew(won, lost)
    proof = prove(fitted(older, fields), later)
    if proof.auc < LEAST_AUC:
        return TooWeak(proof, won, lost)
    return Trained(fitted(outcomes, fields), proof, len(outcomes), won)


def fitted(outcomes: Sequence[Outcome], fields: Sequence[str]) -> Scorecard:
    """A card of these outcomes, whatever it is worth."""
    bins = cut([one.facts for one in outcomes], fields)
    rows = [bins.places(one.facts) for one in outcomes]
    intercept, weights = fit(rows, [one.won for one in outcomes], bins.size)
    middle = tuple(sum(weights[row[n]] for row in rows) / len(rows) for n in range(len(bins.fields)))
    return Scorecard(bins, intercept, weights, middle)


def prove(card: Scorecard, outcomes: Sequence[Outcome]) -> Proof:
    """Ask it about leads whose end is known."""
    chances = [card.chance(one.facts) for one in outcomes]
    won = [one.won for one in outcomes]
    return Proof(len(outcomes), auc(chances, won), bands(chances, won))
