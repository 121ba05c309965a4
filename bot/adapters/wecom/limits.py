"""Stay under the platform's limits per call, and stay away while it says so."""

from __future__ import annotations

from datetime import timedelta

from bot.adapters.wecom.codes import PLATFORM
from bot.errors import PlatformBusyError
from bot.kit.clock import Monotonic

#: Calls per minute of one corp to one address of the platform.
PER_MINUTE = 10_000
_MINUTE_S = 60.0


class CallLimits:
    """Counts calls per path and minute; `shut` closes a path for a while."""

    def __init__(self, monotonic: Monotonic, *, per_minute: int = PER_MINUTE) -> None:
        self._monotonic = monotonic
        self._per_minute = per_minute
        #: Path to when its minute began and how many calls it has had.
        self._counts: dict[str, tuple[float, int]] = {}
        self._shut_until: dict[str, float] = {}

    def enter(self, path: str) -> None:
        """Count one call; PlatformBusyError if it may not be made now."""
        now = self._monotonic()
        wait = self._shut_until.get(path, now) - now
        began, count = self._counts.get(path, (now, 0))
        if now - began >= _MINUTE_S:
            began, count = now, 0
        if count >= self._per_minute:
            wait = max(wait, began + _MINUTE_S - now)
        if wait > 0:
            raise PlatformBusyError(PLATFORM, timedelta(seconds=wait), f"({path}: called too often)")
        self._counts[path] = (began, count + 1)

    def shut(self, path: str, span: timedelta) -> None:
        """Let no call through for `span`: the platform counts refused calls too."""
        self._shut_until[path] = self._monotonic() + span.total_seconds()
