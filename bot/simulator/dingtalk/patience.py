"""How long the simulated DingTalk waits, and how often it comes again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


def _s(*seconds: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=one) for one in seconds)


@dataclass(frozen=True, slots=True)
class Patience:
    """Deadlines and pauses; tests shorten them."""

    #: For the acknowledgement of a frame.
    stream: timedelta = timedelta(seconds=3)
    #: For the answer to a robot message over HTTP.
    http: timedelta = timedelta(seconds=2.5)
    #: For the encrypted success; one older page says so, another 2.5 s.
    event: timedelta = timedelta(seconds=1.5)
    #: For the answer to a tap.
    card: timedelta = timedelta(seconds=2)
    #: Before each repeat of what was not acknowledged; reports say about a minute.
    again: Sequence[timedelta] = _s(60, 60)
    #: The same of events.
    events_again: Sequence[timedelta] = _s(10, 30)
    #: Between SYSTEM disconnect and the end of the connection.
    grace: timedelta = timedelta(seconds=10)
    #: Between two SYSTEM pings.
    ping: timedelta = timedelta(seconds=60)
    #: Life of a ticket.
    ticket: timedelta = timedelta(seconds=90)
    #: How long an out-of-order push is held back for one that overtakes it.
    hold: timedelta = timedelta(seconds=2)
