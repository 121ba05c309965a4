"""Intervals as published, and as other ways of reckoning have them."""

from __future__ import annotations

import math
import random
from statistics import NormalDist

import pytest

from bot.kit.statistics import Sample, chi_square, newcombe, student, welch, wilson

#: Method 3 of Newcombe 1998a, table I: found, of, low, high.
WILSON = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
#: Method 10 of Newcombe 1998b, table II.
NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
    (10, 10, 0, 10, 0.6075, 1.0),
]
#: Any table of Student's t, two-sided 95 %.
STUDENT = [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980)]
#: Any table of chi-square at 0.001: degrees of freedom, value.
CHI_SQUARE = [(1, 10.828), (2, 13.816), (3, 16.266), (9, 27.877)]


@pytest.mark.parametrize(("found", "of", "low", "high"), WILSON)
def test_a_rate_has_the_published_bounds(found, of, low, high):
    one = wilson(found, of)

    assert one.value == found / of
    assert (one.low, one.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@pytest.mark.parametrize(("a", "m", "b", "n", "low", "high"), NEWCOMBE)
def test_a_difference_of_rates_has_the_published_bounds(a, m, b, n, low, high):
    one = newcombe(a, m, b, n)

    assert one.value == pytest.approx(a / m - b / n)
    assert (one.low, one.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


def test_wilsons_bounds_solve_the_score_equation():
    """Each bound is a rate under which what was seen is exactly 1.96 standard errors away."""
    z = NormalDist().inv_cdf(0.975)
    for found, of in ((1, 10), (7, 9), (120, 5000), (4999, 5000)):
        one = wilson(found, of)
        for bound in (one.low, one.high):
            assert abs(one.value - bound) == pytest.approx(z * math.sqrt(bound * (1 - bound) / of))


def test_of_nobody_nothing_is_known():
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert newcombe(0, 0, 3, 10).has_zero
    assert welch(Sample(1, 5.0, 25.0), Sample(9, 9.0, 9.0)) is None
    assert welch(Sample(9, 9.0, 9.0), Sample(9, 18.0, 36.0)) is None


@pytest.mark.parametrize(("freedom", "t"), STUDENT)
def test_students_t_is_as_in_the_tables(freedom, t):
    assert student(0.95, freedom) == pytest.approx(t, abs=6e-4)


def test_students_t_holds_what_its_density_integrates_to():
    """Simpson over the density, nothing of ours in it; also for broken degrees of freedom."""
    for freedom in (1.7, 4.2, 57.3, 3000.5):
        t = student(0.95, freedom)
        log = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)

        def density(x: float, log: float = log, freedom: float = freedom) -> float:
            return math.exp(log - (freedom + 1) / 2 * math.log1p(x * x / freedom))

        n = 4000
        step = t / n
        inner = sum((4 if k % 2 else 2) * density(k * step) for k in range(1, n))
        assert 2 * step / 3 * (density(0) + inner + density(t)) == pytest.approx(0.95, abs=1e-9)


def test_a_difference_of_means_by_the_textbook():
    """Welch's own formulas, over plain lists."""
    dice = random.Random(7)
    a, b = [dice.gauss(10, 3) for _ in range(40)], [dice.gauss(9, 6) for _ in range(25)]
    means = [sum(x) / len(x) for x in (a, b)]
    errors = [
        sum((one - mean) ** 2 for one in x) / (len(x) - 1) / len(x)
        for x, mean in zip((a, b), means, strict=True)
    ]
    freedom = sum(errors) ** 2 / (errors[0] ** 2 / 39 + errors[1] ** 2 / 24)
    half = student(0.95, freedom) * math.sqrt(sum(errors))

    one = welch(*(Sample(len(x), sum(x), sum(v * v for v in x)) for x in (a, b)))

    assert one is not None
    assert one.value == pytest.approx(means[0] - means[1])
    assert (one.low, one.high) == (pytest.approx(one.value - half), pytest.approx(one.value + half))
    assert 24 < freedom < 63


@pytest.mark.parametrize(("freedom", "value"), CHI_SQUARE)
def test_chi_square_is_as_in_the_tables(freedom, value):
    """Two cells move so far that the sum is the table's value."""
    due = 1_000_000
    off = round(math.sqrt(value * due / 2))
    seen = [due + off, due - off, *[due] * (freedom - 1)]

    assert chi_square(seen, [1.0] * (freedom + 1)) == pytest.approx(0.001, rel=5e-3)


def test_shares_as_they_should_be_are_no_surprise():
    assert chi_square([500, 300, 200], [50, 30, 20]) == 1.0
    assert chi_square([], []) == 1.0
    assert chi_square([7], [100]) == 1.0
    assert chi_square([10, 1], [100, 0]) == 0.0


def test_intervals_hold_as_often_as_they_say():
    """Two thousand made-up experiments without any difference: about one in twenty says that there is one."""
    dice = random.Random(20261122)
    wrong = 0
    for _ in range(2000):
        a, b = (sum(dice.random() < 0.1 for _ in range(150)) for _ in "ab")
        wrong += not newcombe(a, 150, b, 150).has_zero
    assert 0.03 <= wrong / 2000 <= 0.07
