"""Which callbacks can still be answered under their own id."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from bot.kit.clock import Monotonic

#: Seconds. A stream lives for six minutes, or for ten, as one reads the page.
MESSAGE_S: Final = 300.0
#: Seconds of the five that a tap has: the rest is the way.
TAP_S: Final = 4.7
_MOST = 5_000


class Recent:
    """Ids by key, each for its span."""

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def add(self, key: str, req_id: str, span: float) -> None:
        """Remember an id under a key."""
        self._known[key] = (req_id, self._monotonic() + span)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)

    def take(self, key: str) -> str | None:
        """Give the id, once; None when it is unknown, used or too late."""
        found = self._known.pop(key, None)
        return found[0] if found is not None and self._monotonic() < found[1] else None
