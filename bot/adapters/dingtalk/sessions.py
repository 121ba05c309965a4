"""Where a message may be answered for free: an address for one conversation, good for some time.

It came from outside and is called without a token, so it is called only where DingTalk lives.
https://open.dingtalk.com/document/development/robot-reply-and-send-messages
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from bot.adapters.dingtalk.config import Config
from bot.kit.clock import Clock

#: Such an address is not used in its last minutes: the platform's clock is not ours.
_SPARE: Final = timedelta(minutes=5)
_MOST: Final = 5_000
_DOMAIN: Final = ".dingtalk.com"


class Sessions:
    """The addresses that this process has heard, by conversation and message."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._clock = clock
        bases = [urlsplit(base) for base in (config.api_base, config.oapi_base)]
        self._bases = {(base.scheme, base.netloc) for base in bases}
        self._known: OrderedDict[tuple[str, str], tuple[str, datetime]] = OrderedDict()

    def heard(self, chat: str, key: str, address: str, until: datetime | None) -> bool:
        """Remember where a message can be answered; False if that is no place of DingTalk's."""
        if until is None or not self._is_allowed(address):
            return False
        self._known[chat, key] = (address, until)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return True

    def find(self, chat: str, key: str) -> str | None:
        """Give the address, if it is good for some minutes more."""
        found = self._known.get((chat, key))
        if found is None:
            return None
        address, until = found
        if self._clock() >= until - _SPARE:
            del self._known[chat, key]
            return None
        return address

    def forget(self, chat: str, key: str) -> None:
        """Not use it again: the platform no longer knows it."""
        self._known.pop((chat, key), None)

    def _is_allowed(self, address: str) -> bool:
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if parts.username is not None or "\\" in address:
            return False
        if (parts.scheme, parts.netloc) in self._bases:
            return True
        return parts.scheme == "https" and port in {None, 443} and host.endswith(_DOMAIN)
