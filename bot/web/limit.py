"""Who sends too much for a person: counted in memory, for this process alone."""

from __future__ import annotations

import enum
import ipaddress
from collections import OrderedDict

from aiohttp import web

from bot.kit.clock import Monotonic

#: Senders remembered at a time; the one silent longest is forgotten first.
_REMEMBERED = 20_000


class Verdict(enum.Enum):
    """What a sender may do now."""

    OPEN = "open"
    #: Full from this one on.
    CLOSED_NOW = "closed_now"
    CLOSED = "closed"


class Limit:
    """At most `most` in `within` seconds for each key."""

    def __init__(self, monotonic: Monotonic, *, most: int, within: float) -> None:
        self._monotonic = monotonic
        self._most = most
        self._within = within
        #: Key to when its span began, and how many came in it.
        self._spans: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, key: str, times: int = 1) -> Verdict:
        """Count one more, or several that came together."""
        now = self._monotonic()
        began, n = self._spans.pop(key, (now, 0))
        if now - began >= self._within:
            began, n = now, 0
        # Whatever fills it in one go is let through whole; the next one is the first to be turned away.
        self._spans[key] = (began, min(n + times, self._most) if n < self._most else self._most + 1)
        if len(self._spans) > _REMEMBERED:
            self._spans.popitem(last=False)
        if n < self._most:
            return Verdict.OPEN
        return Verdict.CLOSED_NOW if n == self._most else Verdict.CLOSED


def sender(request: web.Request) -> str:
    """The sender's address; behind a proxy on this machine or network, the one that the proxy saw.

    A client on the open internet cannot choose it. Of IPv6 the network, since one person has it all.
    """
    address = _address(request.remote or "")
    if address is None:
        return "unknown"
    if address.is_loopback or address.is_private:
        told = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        address = _address(told) or address
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
