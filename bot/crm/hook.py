"""How another system is told of an event: what its answer means, and when it is told again."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

#: After each try that failed, as Standard Webhooks proposes.
AGAIN = tuple(
    timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)  # fmt: skip
#: All tries.
TRIES = len(AGAIN) + 1
#: How long nothing goes to an endpoint that asks for mercy without saying how long.
SLOW = timedelta(minutes=1)
LONGEST_SLOW = timedelta(hours=1)
_GONE = 410
_SLOW_DOWN = frozenset({429, 502, 504})


class Outcome(enum.StrEnum):
    """What became of one try; stored, so never rename one."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    SLOW_DOWN = "slow_down"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    #: Its address leads into a network that is not the public one.
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True)
class Posted:
    """What one try brought: an answer's status, or why there was none."""

    status: int | None
    #: timeout, refused, tls, name …; `unsafe_address`. Never the answer's own words.
    reason: str = ""
    #: Seconds, if the answer named some.
    retry_after: int | None = None

    @property
    def outcome(self) -> Outcome:
        """How it is to be taken; a redirect is a refusal."""
        if self.status is None:
            return Outcome.UNSAFE if self.reason == "unsafe_address" else Outcome.UNREACHABLE
        if 200 <= self.status < 300:  # noqa: PLR2004 - HTTP's own classes
            return Outcome.ACCEPTED
        if self.status == _GONE:
            return Outcome.GONE
        return Outcome.SLOW_DOWN if self.status in _SLOW_DOWN else Outcome.REFUSED

    @property
    def mercy(self) -> timedelta:
        """For how long its endpoint is left alone."""
        asked = SLOW if self.retry_after is None else timedelta(seconds=self.retry_after)
        return min(max(asked, timedelta(seconds=1)), LONGEST_SLOW)


class Poster(Protocol):
    """Whoever brings a body to an address."""

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes, internal: bool) -> Posted:
        """Send it once; follows no redirect, and goes to no private network unless `internal`."""

    async def close(self) -> None:
        """Let go of connections."""
