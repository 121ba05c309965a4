"""How the smart robot's frames travel."""

from __future__ import annotations

from bot.reach import sockets
from bot.reach.sockets import BrokenError, Socket

__all__ = ["BrokenError", "Socket", "open_socket"]


async def open_socket(url: str, proxy: str = "") -> Socket:
    """Connect; BrokenError if nobody is there. The platform's heartbeat is a frame, not WebSocket's own."""
    return await sockets.open_socket(url, ping_s=None, proxy=proxy)
