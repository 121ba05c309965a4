"""Rates, means and their differences with intervals; whether counts fit the shares they should have."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

LEVEL: Final = 0.95
_ROUNDS: Final = 500
_TINY: Final = 1e-300
#: Wider than any t that is asked for.
_FAR: Final = 2.0**60
_EXACT: Final = 1e-15


@dataclass(frozen=True, slots=True)
class Interval:
    """What was found, and between which bounds the truth lies with the level's confidence."""

    value: float
    low: float
    high: float

    @property
    def has_zero(self) -> bool:
        """Whether nought is among what it may be."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class Sample:
    """Amounts of `n` people: their sum and the sum of their squares."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """On average; 0 of nobody."""
        return self.total / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """Of the sample, by n - 1; 0 below two people."""
        return max(0.0, (self.squares - self.total**2 / self.n) / (self.n - 1)) if self.n > 1 else 0.0


def wilson(found: int, of: int, *, level: float = LEVEL) -> Interval:
    """A rate by Wilson's score interval without continuity correction; of nobody: anything.

    Wilson 1927; method 3 in Newcombe 1998a (Statistics in Medicine 17, 857).
    """
    if of == 0:
        return Interval(0.0, 0.0, 1.0)
    z = _z(level)
    p, weight = found / of, z * z / of
    middle = p + weight / 2
    half = z * math.sqrt(p * (1 - p) / of + weight / (4 * of))
    low, high = (middle - half) / (1 + weight), (middle + half) / (1 + weight)
    return Interval(p, 0.0 if found == 0 else low, 1.0 if found == of else high)


def newcombe(found: int, of: int, other: int, of_other: int, *, level: float = LEVEL) -> Interval:
    """How much the first rate is above the second, by Newcombe's hybrid score interval.

    Method 10 in Newcombe 1998b (Statistics in Medicine 17, 873): squares of the distances to Wilson's bounds.
    """
    a, b = wilson(found, of, level=level), wilson(other, of_other, level=level)
    value = a.value - b.value
    low = value - math.hypot(a.value - a.low, b.high - b.value)
    high = value + math.hypot(a.high - a.value, b.value - b.low)
    return Interval(value, low, high)


def welch(one: Sample, other: Sample, *, level: float = LEVEL) -> Interval | None:
    """How much the first mean is above the second, by Welch 1947 (Biometrika 34, 28).

    None below two people on a side, or where nobody differs from anybody: nothing can be said of chance.
    """
    if min(one.n, other.n) <= 1:
        return None
    a, b = one.variance / one.n, other.variance / other.n
    if a + b <= 0:
        return None
    freedom = (a + b) ** 2 / (a * a / (one.n - 1) + b * b / (other.n - 1))
    half = student(level, freedom) * math.sqrt(a + b)
    value = one.mean - other.mean
    return Interval(value, value - half, value + half)


def chi_square(seen: Sequence[int], shares: Sequence[float]) -> float:
    """How likely counts as far from their shares are by chance alone (Pearson 1900); 1 where there are none.

    A share of nought that got somebody cannot be chance.
    """
    total, whole = sum(seen), sum(shares)
    if any(n and not share for n, share in zip(seen, shares, strict=True)):
        return 0.0
    due = [(n, total * share / whole) for n, share in zip(seen, shares, strict=True) if share]
    if total == 0 or len(due) <= 1:
        return 1.0
    return _upper_gamma((len(due) - 1) / 2, sum((n - e) ** 2 / e for n, e in due) / 2)


def student(level: float, freedom: float) -> float:
    """Between minus and plus which value Student's t stays with this probability."""

    def inside(t: float) -> float:
        return 1 - _beta(freedom / (freedom + t * t), freedom / 2, 0.5)

    high = 2.0
    while inside(high) < level and high < _FAR:
        high *= 2
    return _bisected(inside, level, 0.0, high)


def _bisected(rising: Callable[[float], float], goal: float, low: float, high: float) -> float:
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (middle, high) if rising(middle) < goal else (low, middle)
    return (low + high) / 2


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function (DLMF 8.17), by Lentz's continued fraction."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _ROUNDS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = 1 / _nonzero(1 + term * d), _nonzero(1 + term / c)
            found *= c * d
        if abs(c * d - 1) < _EXACT:
            break
    return found


def _upper_gamma(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function (DLMF 8.2): a series below, a fraction above."""
    if x <= 0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for n in range(1, _ROUNDS * 20):
            term *= x / (a + n)
            total += term
            if term < total * _EXACT:
                break
        return 1 - front * total
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / _nonzero(b)
    found = d
    for n in range(1, _ROUNDS * 20):
        b += 2
        d = 1 / _nonzero(n * (a - n) * d + b)
        c = _nonzero(b + n * (a - n) / c)
        found *= c * d
        if abs(c * d - 1) < _EXACT:
            break
    return front * found


def _nonzero(x: float) -> float:
    return x if abs(x) > _TINY else _TINY
