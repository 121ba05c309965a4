"""Whatever dies, stands still or is lost: once at most, within caps and hours, and never after stop."""

from __future__ import annotations

import pytest

from tests.campaign import kept
from tests.touch.life import SEEDS, play


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [*kept(SEEDS), 0, 1])
def test_a_life_keeps_every_promise(seed):
    """Two senders, four customers in three zones, some days; what counts is what was on the wire."""
    world, broken = play(seed, days=2)

    assert broken == []
    assert len(world.wire) > 8
