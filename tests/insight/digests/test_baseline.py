"""What is usual on a weekday, and what lies beyond it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bot.insight.digests.baseline import has_fallen, has_risen, median, usual


def of(*values: int) -> list[Fraction]:
    return [Fraction(value) for value in values]


def test_too_few_days_say_nothing():
    """Two of the same weekday are no history."""
    assert usual(of(10, 12)) is None
    assert usual(of(10, 12, 11)).middle == 11


@pytest.mark.parametrize(("value", "is_told"), [(15, False), (16, False), (17, True), (40, True)])
def test_it_must_lie_beyond_all_of_them_and_by_a_share_of_the_middle(value, is_told):
    """Usually 10 to 16, mostly 11: 16 was there before, 17 is more than half above 11."""
    found = usual(of(10, 11, 11, 12, 16))

    assert has_risen(Fraction(value), found, by_percent=50) is is_told


@pytest.mark.parametrize(("value", "is_told"), [(2, True), (0, True), (3, False), (9, False)])
def test_the_same_downwards(value, is_told):
    """Usually 8 to 14, mostly 10: four fifths less is two."""
    assert has_fallen(Fraction(value), usual(of(8, 10, 10, 12, 14)), by_percent=80) is is_told


def test_the_middle_of_an_even_number_is_between_two():
    """4 and 6: 5."""
    assert median(of(6, 1, 4, 9)) == 5
