"""Background work gives way: small units and rests while others write, large ones while nobody does."""

from __future__ import annotations

import pytest

from bot.worker.pacing import BUSY, CALM, LATE, Pace

#: Seconds that one person costs.
EACH = 0.0001


def run(pace: Pace, units: int, *, others: int = 0, lag: float = 0.0) -> int:
    for _ in range(units):
        pace.took(pace.size * EACH, pace.size, others=others, lag=lag)
    return pace.size


def test_alone_it_grows_to_what_fits_and_does_not_rest():
    """No unit holds the writer for longer than that."""
    pace = Pace()

    assert run(pace, 10) == CALM / EACH
    assert pace.rest == 0


@pytest.mark.parametrize("beside", [{"others": 1}, {"lag": LATE * 2}])
def test_while_somebody_is_at_the_door_units_are_small(beside):
    """At once, by what others write or by the loop's own lateness; and half of the time is theirs."""
    pace = Pace()
    run(pace, 10)
    before = pace.size * EACH

    assert run(pace, 1, **beside) == BUSY / EACH
    assert pace.rest == pytest.approx(before)


def test_it_grows_by_and_by():
    """One unit that was quick says little about the next."""
    pace = Pace(first=50)

    assert [run(pace, 1) for _ in range(3)] == [100, 200, 400]


def test_however_slow_there_is_a_least_and_a_most():
    """Slow people go on, and quick ones leave others their turn."""
    pace = Pace(least=20, most=300)
    pace.took(60.0, 100, others=9, lag=1.0)
    slow = pace.size
    for _ in range(9):
        pace.took(0.0001, pace.size, others=0, lag=0.0)

    assert (slow, pace.size) == (20, 300)
