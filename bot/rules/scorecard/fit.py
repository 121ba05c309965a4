"""Ridge logistic regression by Newton's method over places that are there or not.

Each lead has one place per field, so a row is a handful of indices and equal rows are counted
together: ten thousand leads take about a second without any library.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

#: Pulls each weight to 0, as if this many leads without a difference had been seen.
RIDGE = 1.0
_MOST_STEPS = 40
_ENOUGH = 1e-8
_STEEP = 30.0


def probability(log_odds: float) -> float:
    """Between 0 and 1, without overflow."""
    return 1 / (1 + math.exp(-max(-_STEEP, min(_STEEP, log_odds))))


def fit(
    rows: Sequence[tuple[int, ...]], won: Sequence[bool], size: int, *, ridge: float = RIDGE
) -> tuple[float, tuple[float, ...]]:
    """Intercept and the weight of each place, in log odds. ValueError if there is nothing to tell apart."""
    if not any(won) or all(won):
        msg = "all outcomes are alike"
        raise ValueError(msg)
    seen, wins = Counter(rows), Counter(row for row, is_won in zip(rows, won, strict=True) if is_won)
    # Place `size` is the intercept; it alone is not pulled to 0.
    counted = [((*row, size), n, wins[row]) for row, n in sorted(seen.items())]
    pull = [ridge] * size + [1e-9]
    share = sum(won) / len(won)
    weights = [0.0] * size + [math.log(share / (1 - share))]
    cost = _cost(counted, weights, pull)
    for _ in range(_MOST_STEPS):
        step = _solve(*_slope(counted, weights, pull))
        weights, cost, gained = _walk(counted, weights, step, pull, cost)
        if gained < _ENOUGH:
            break
    return weights[size], tuple(weights[:size])


_Counted = Sequence[tuple[tuple[int, ...], int, int]]


def _cost(counted: _Counted, weights: Sequence[float], pull: Sequence[float]) -> float:
    total = sum(p * w * w for p, w in zip(pull, weights, strict=True)) / 2
    for row, n, wins in counted:
        odds = sum(weights[place] for place in row)
        # log(1 + e^odds), which must not overflow.
        total += n * (max(odds, 0.0) + math.log1p(math.exp(-abs(odds)))) - wins * odds
    return total


def _slope(
    counted: _Counted, weights: Sequence[float], pull: Sequence[float]
) -> tuple[list[list[float]], list[float]]:
    """The curvature and the gradient downhill."""
    n_places = len(weights)
    curve = [[0.0] * n_places for _ in range(n_places)]
    slope = [-p * w for p, w in zip(pull, weights, strict=True)]
    for row, n, wins in counted:
        chance = probability(sum(weights[place] for place in row))
        miss, spread = wins - n * chance, n * chance * (1 - chance)
        for place in row:
            slope[place] += miss
            line = curve[place]
            for other in row:
                line[other] += spread
    for place, p in enumerate(pull):
        curve[place][place] += p
    return curve, slope


def _walk(
    counted: _Counted, weights: list[float], step: Sequence[float], pull: Sequence[float], cost: float
) -> tuple[list[float], float, float]:
    """As far along the step as it goes downhill."""
    length = 1.0
    while length > _ENOUGH:
        there = [w + length * s for w, s in zip(weights, step, strict=True)]
        if (found := _cost(counted, there, pull)) <= cost:
            return there, found, cost - found
        length /= 2
    return weights, cost, 0.0


def _solve(curve: list[list[float]], slope: Sequence[float]) -> list[float]:
    """Cholesky: the curvature is symmetric and, with the pull, positive."""
    n = len(slope)
    lower = [[0.0] * n for _ in range(n)]
    for i in range(n):
        line = lower[i]
        for j in range(i + 1):
            rest = curve[i][j] - sum(a * b for a, b in zip(line[:j], lower[j][:j], strict=True))
            line[j] = math.sqrt(max(rest, 1e-12)) if i == j else rest / lower[j][j]
    found: list[float] = []
    for i in range(n):
        known = sum(a * b for a, b in zip(lower[i][:i], found, strict=True))
        found.append((slope[i] - known) / lower[i][i])
    for i in reversed(range(n)):
        known = sum(lower[k][i] * found[k] for k in range(i + 1, n))
        found[i] = (found[i] - known) / lower[i][i]
    return found
