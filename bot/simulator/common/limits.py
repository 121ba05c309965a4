"""Counting per span of time: what is over the limit is told, or dropped in silence."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Spans = tuple[tuple[int, timedelta], ...]


class Limits:
    """Sliding windows by key."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[datetime]] = {}

    def admit(self, key: str, spans: Spans, *, now: datetime, weight: int = 1) -> bool:
        """Count `weight` occurrences of `key`, unless that would exceed one of `spans`."""
        seen = self._seen.setdefault(key, deque())
        longest = max(span for _, span in spans)
        while seen and seen[0] <= now - longest:
            seen.popleft()
        for most, span in spans:
            if _younger(seen, now - span) + weight > most:
                return False
        seen.extend([now] * weight)
        return True


def _younger(seen: deque[datetime], than: datetime) -> int:
    if not seen or seen[0] > than:
        return len(seen)
    count = 0
    for at in reversed(seen):
        if at <= than:
            break
        count += 1
    return count
