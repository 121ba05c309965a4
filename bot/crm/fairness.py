"""Was it fair? Shares of leads among colleagues, and whether they differ more than chance would have it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

#: Fewer leads a head than this say nothing: the usual rule for the chi-squared test.
_ENOUGH = 5
#: Standard normal quantile of one in a hundred: no alarm where all is fair, but for one month in eight years.
_ONE_IN_HUNDRED = 2.326


@dataclass(slots=True)
class Share:
    """What one colleague got in a month."""

    user_id: str
    name: str
    region: str
    #: By way: claimed, rule, hand, created.
    ways: dict[str, int] = field(default_factory=dict)
    #: Of these, at or above the SQL line.
    hot: int = 0
    #: Working minutes of each first answer.
    responses: list[int] = field(default_factory=list)

    @property
    def got(self) -> int:
        """Leads that others could have had: his own entries are not among them."""
        return sum(n for way, n in self.ways.items() if way != "created")

    @property
    def response(self) -> int | None:
        """Median of his first answers, in working minutes."""
        return int(median(self.responses)) if self.responses else None


@dataclass(frozen=True, slots=True)
class Skew:
    """How far the shares are apart; `is_more_than_chance` is None where there is too little to tell."""

    most: Share
    least: Share
    is_more_than_chance: bool | None


def skew(shares: Sequence[Share], way: str = "") -> Skew | None:
    """Compare what each got, by one way or by all; None for fewer than two people or no lead."""
    counts = [_count(one, way) for one in shares]
    if len(shares) < 2 or not sum(counts):  # noqa: PLR2004 - one alone has nobody beside him
        return None
    ranked = sorted(zip(counts, shares, strict=True), key=lambda pair: (pair[0], pair[1].user_id))
    return Skew(ranked[-1][1], ranked[0][1], _differs(counts))


def _count(share: Share, way: str) -> int:
    return share.ways.get(way, 0) if way else share.got


def _differs(counts: Sequence[int]) -> bool | None:
    """Chi-squared against equal shares, its quantile by Wilson and Hilferty."""
    expected = sum(counts) / len(counts)
    if expected < _ENOUGH:
        return None
    freedom = len(counts) - 1
    statistic = sum((n - expected) ** 2 for n in counts) / expected
    spread = 2 / (9 * freedom)
    line = freedom * (1 - spread + _ONE_IN_HUNDRED * math.sqrt(spread)) ** 3
    return statistic > line
