"""Simulate and live agree row for row; the long campaign is `python -m tests.journeys --journeys 1000`."""

from __future__ import annotations

import pytest

from tests.journeys import replayed
from tests.journeys.agree import compare

#: Once told apart: what happens at the very moment that a wait ends.
_TIES = (213, 330)


@pytest.mark.parametrize("seed", [*range(12), *_TIES])
async def test_what_is_simulated_is_what_happens(lite, company, seed):
    """A random pair of journeys and a random life: every step at the same moment, with the same outcome."""
    happened, foretold = await compare(seed, lite, company)

    assert happened == foretold


@pytest.mark.parametrize("seed", [*range(6), *_TIES])
async def test_what_is_replayed_is_what_happened(lite, company, seed):
    """A life that was lived, gone through again from what the store kept: the very same steps."""
    happened, again = await replayed.compare(seed, lite, company)

    assert again == happened
