"""The share won after so many days, counted by hand."""

from __future__ import annotations

import pytest

from bot.insight.forecast.incidence import DAYS, Curve, Ended, curve

FOUR = (Ended(2, won=True), Ended(3, won=None), Ended(4, won=False), Ended(6, won=True))


def test_a_deal_that_is_still_open_counts_as_long_as_it_was_watched() -> None:
    """Won: 1 of 4 on day 2; then one is not watched any more, one of two lost on day 4, the last won on day 6."""
    found = curve(FOUR)
    at = dict(zip(DAYS, zip(found.won, found.open, found.watched, strict=True), strict=True))
    assert at[2] == (0.0, 1.0, 4)
    assert at[3] == (0.25, 0.75, 3)
    assert at[5] == (0.25, 0.375, 1)
    assert at[7] == pytest.approx((0.625, 0.0, 0))


def test_what_is_asked_is_of_those_still_open() -> None:
    """Half of the three that were open after three days were won within the next four."""
    found = curve(FOUR)
    assert found.won_within(3, 7, open_at=3) == pytest.approx(0.5)
    assert found.won_within(7, 3, open_at=3) == 0.0
    assert found.won_within(7, 30, open_at=7) == 0.0


def test_between_two_days_of_the_curve_it_is_a_straight_line() -> None:
    """Nothing happened between 14 and 18 days but a win after 15; half of the way, half of it."""
    found = curve([Ended(15, won=True)])
    assert found.won_within(0, 16, open_at=0) == pytest.approx(0.5)


def test_beyond_what_was_watched_deals_end_as_often_as_before() -> None:
    """Two of four ended in 40 deal-days, one won: a tenth of the rest ends in two days, half of it won."""
    found = curve([Ended(5, won=True), Ended(5, won=False), Ended(15, won=None), Ended(15, won=None)])
    assert found.won_within(0, 14, open_at=0) == pytest.approx(0.25)
    later = found.won_within(0, 730, open_at=0)
    assert later == pytest.approx(0.25 + 0.5 * 0.5, abs=0.001)


def test_nothing_is_learned_of_nothing() -> None:
    """An empty curve says nought and stands on nobody."""
    found = curve([])
    assert isinstance(found, Curve)
    assert found.won_within(0, 730, open_at=0) == 0.0
    assert found.watched_at(0) == 0
