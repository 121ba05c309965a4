"""How much may be said in a conversation. Two copies of the page disagree; the stricter numbers hold.

Kept in memory by whoever holds the connection: a restart forgets what was said, and then the
platform's own refusal tells.
https://developer.work.weixin.qq.com/document/path/101463
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

#: Answers within a day after each message of a user, and what may be said besides on a calendar day.
REPLIES: Final = 30
REPLY_WITHIN: Final = timedelta(hours=24)
PUSHES_A_DAY: Final = 10
#: Looked at again after this: somebody may have written meanwhile.
AGAIN: Final = timedelta(minutes=10)
_ZONE = ZoneInfo("Asia/Shanghai")
#: Conversations remembered.
_MOST = 20_000


@dataclass(slots=True)
class _Talk:
    heard_at: datetime | None = None
    replies: int = 0
    pushed_on: date | None = None
    pushes: int = 0


class Quota:
    """Counts what is said in each conversation."""

    def __init__(self) -> None:
        self._talks: OrderedDict[str, _Talk] = OrderedDict()

    def heard(self, chat: str, now: datetime) -> None:
        """Somebody wrote there: answers are free again."""
        talk = self._talk(chat)
        talk.heard_at, talk.replies = now, 0

    def spend(self, chat: str, now: datetime) -> timedelta | None:
        """Count one message; None if it may be sent, else how long to wait."""
        talk = self._talk(chat)
        if talk.heard_at is not None and now < talk.heard_at + REPLY_WITHIN and talk.replies < REPLIES:
            talk.replies += 1
            return None
        today = now.astimezone(_ZONE).date()
        if talk.pushed_on != today:
            talk.pushed_on, talk.pushes = today, 0
        if talk.pushes >= PUSHES_A_DAY:
            return AGAIN
        talk.pushes += 1
        return None

    def _talk(self, chat: str) -> _Talk:
        talk = self._talks.setdefault(chat, _Talk())
        self._talks.move_to_end(chat)
        if len(self._talks) > _MOST:
            self._talks.popitem(last=False)
        return talk
