"""The free edition's monthly quotas, for the whole organisation, and calls per second.

https://open.dingtalk.com/document/development/dingtalk-application-development-platform-billing-model
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.kit.clock import Clock

API_CALLS, PUSHES = 5_000, 3_000
#: Per app and API.
QPS = ((20, timedelta(seconds=1)),)
#: Per custom robot; then it is silent for ten minutes.
ROBOT_MESSAGES = ((20, timedelta(minutes=1)),)
ROBOT_BAN = timedelta(minutes=10)
#: Per member and app of the company.
NOTICES_PER_DAY = ((500, timedelta(days=1)),)
_CHINA = timezone(timedelta(hours=8))


class Quotas:
    """How much of this month's two quotas is used."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shift = timedelta()
        self._month = ""
        self.api_calls = 0
        self.pushes = 0
        self.most_api_calls = API_CALLS
        self.most_pushes = PUSHES

    def take_call(self) -> bool:
        """Count one paid call, unless the month's are used up."""
        self._turn()
        if self.api_calls >= self.most_api_calls:
            return False
        self.api_calls += 1
        return True

    def take_push(self) -> bool:
        """Count one push, unless the month's are used up."""
        self._turn()
        if self.pushes >= self.most_pushes:
            return False
        self.pushes += 1
        return True

    def pass_time(self, span: timedelta) -> None:
        """Let time go by, for a new month."""
        self._shift += span

    def _turn(self) -> None:
        now: datetime = self._clock() + self._shift
        month = now.astimezone(_CHINA).strftime("%Y-%m")
        if month != self._month:
            self._month, self.api_calls, self.pushes = month, 0, 0
