"""The company's journeys over a stretch of its year: once at most, permitted, within caps and hours."""

from __future__ import annotations

import pytest

from tests.campaign import kept
from tests.year.life import SEEDS, play


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [*kept(SEEDS), 0])
def test_a_stretch_of_the_year_keeps_every_promise(seed):
    """Twelve customers in five zones through the spring holiday; two processes that die and stand still."""
    seen = play(seed, people=12, days=40)

    assert seen.breaches == []
    assert seen.counts["on the wire"] > 15
    assert seen.counts["ways"] > 25
    assert seen.counts["processes"] > 2
