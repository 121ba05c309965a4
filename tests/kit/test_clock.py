"""Spans are measured by a clock that nobody sets."""

from __future__ import annotations

import time
from datetime import timedelta, timezone

from bot.kit.clock import system_clock, system_monotonic, thread_seconds


def test_seconds_are_steady():
    """They are those of the machine's monotonic clock: a wall clock that is set moves none of them."""
    before = time.monotonic()
    told = system_monotonic()
    after = time.monotonic()

    assert before <= told <= after


def test_the_present_is_in_utc():
    assert system_clock().tzinfo is timezone.utc
    assert system_clock().utcoffset() == timedelta(0)


def test_waiting_is_no_work():
    """A unit is not punished for a machine that stands still."""
    began = thread_seconds()
    time.sleep(0.2)

    assert thread_seconds() - began < 0.1
