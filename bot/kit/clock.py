"""The only room, beside app, that asks what time it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TypeAlias

#: Gives the present instant, aware and in UTC.
Clock: TypeAlias = Callable[[], datetime]
#: Gives seconds that never go back; only differences mean anything.
Monotonic: TypeAlias = Callable[[], float]


def system_clock() -> datetime:
    """Ask the machine for the present instant, in UTC."""
    return datetime.now(timezone.utc)


def thread_seconds() -> float:
    """Ask the machine how long this thread has worked, waiting not counted."""
    return time.thread_time()


def system_monotonic() -> float:
    """Ask the machine for a steady number of seconds."""
    return time.monotonic()
