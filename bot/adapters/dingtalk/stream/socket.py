"""Where a stream connects: the place that the gateway names, with a ticket that is good once."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote_plus

from bot.reach import sockets
from bot.reach.sockets import BrokenError, Socket

__all__ = ["PING_S", "BrokenError", "Socket", "address", "open_socket"]

#: Seconds between WebSocket pings: a half-open connection is found by the missing pong.
PING_S: Final = 20.0


def address(endpoint: str, ticket: str) -> str:
    """Join the place with the ticket, which is good once."""
    return f"{endpoint}?ticket={quote_plus(ticket)}"


async def open_socket(url: str) -> Socket:
    """Connect; BrokenError if nobody is there or the ticket is not taken."""
    return await sockets.open_socket(url, ping_s=PING_S)
