"""One WebSocket of the stream: frames travel for a while, in order, and are lost when it breaks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from bot.adapters.dingtalk.stream.socket import BrokenError
from bot.simulator.dingtalk.gateway import Connection

if TYPE_CHECKING:
    from tests.worlds.dingtalk.platform import DingTalk
    from tests.worlds.loop import Process

_WAY, _HANDSHAKE = (0.002, 0.08), (0.01, 0.4)


class Line:
    """Both ends of it."""

    def __init__(self, ding: DingTalk, process: Process) -> None:
        self.ding, self.process = ding, process
        self.connection: Connection | None = None
        self.is_broken = False
        #: It stands and carries nothing: half open.
        self.is_silent = False
        self._arrived: asyncio.Queue[str | BrokenError] = asyncio.Queue()
        #: When the last thing arrives, at each end: nothing overtakes.
        self._at_bot = self._at_platform = 0.0

    # --- the platform's end, as the gateway wants it ---

    async def send(self, frame: str) -> bool:
        """A frame to us; False if the line is gone."""
        if self.is_broken:
            return False
        if not self.is_silent:
            self._to_bot(frame)
            if self.ding.weather.strikes("line_cut"):
                self.ding.later(self.ding.chance.uniform(0.0, 0.3), self.breaks)
        return True

    async def close(self, code: int) -> None:
        """The gateway says goodbye; what is on its way still arrives."""
        if not self.is_broken:
            self._to_bot(BrokenError(f"closed_{code}"))
            self.ends()

    def abort(self) -> None:
        """It breaks without a word."""
        self.breaks()

    def _to_bot(self, what: str | BrokenError) -> None:
        now, ding = asyncio.get_running_loop().time(), self.ding
        self._at_bot = max(now + ding.chance.uniform(*_WAY), self._at_bot)
        ding.later(self._at_bot - now, self._arrived.put_nowait, what)

    # --- what becomes of it ---

    def breaks(self) -> None:
        """Nothing gets through any more, in either direction."""
        if not self.is_broken:
            self.ends()
            self._arrived.put_nowait(BrokenError("closed_abnormal"))

    def ends(self) -> None:
        """The platform knows that it is gone."""
        self.is_broken = True
        if self in self.ding.lines:
            self.ding.lines.remove(self)
        if self.connection is not None:
            self.ding.gateway.left(self.connection)

    # --- our end, as the adapter wants it ---

    async def give(self, frame: str) -> None:
        """A frame of ours."""
        if self.is_broken:
            msg = "closed"
            raise BrokenError(msg)
        if self.is_silent:
            return
        now, ding = asyncio.get_running_loop().time(), self.ding
        self._at_platform = max(now + ding.chance.uniform(*_WAY), self._at_platform)
        ding.later(self._at_platform - now, self._taken, frame)

    def _taken(self, frame: str) -> None:
        if not self.is_broken and self.connection is not None:
            self.ding.gateway.take(self.connection, frame)

    async def get(self) -> str:
        """The next frame."""
        found = await self._arrived.get()
        if isinstance(found, BrokenError):
            self._arrived.put_nowait(found)
            raise found
        return found


class OurEnd:
    """As the adapter holds it."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def send(self, frame: str) -> None:
        """Put it on its way."""
        await self._line.give(frame)

    async def receive(self) -> str:
        """Give the next."""
        return await self._line.get()

    async def close(self) -> None:
        """Hang up."""
        line = self._line
        line.ding.later(0.01, line.ends)


async def opened(ding: DingTalk, process: Process, url: str) -> OurEnd:
    """Connect with a ticket; it may be too late, or the way may break."""
    await asyncio.sleep(ding.chance.uniform(*_HANDSHAKE))
    if ding.weather.strikes("refused"):
        msg = "ClientConnectorError"
        raise BrokenError(msg)
    (ticket,) = parse_qs(urlsplit(url).query)["ticket"]
    subscriptions = ding.gateway.redeem(ticket)
    if subscriptions is None or ding.weather.strikes("ticket_stale"):
        msg = "WSServerHandshakeError"
        raise BrokenError(msg)
    line = Line(ding, process)
    ding.lines.append(line)
    ding.wire.write("connected", process=process.name)
    # What the gateway does on this connection goes on though whoever opened it dies.
    line.connection = ding.process.context.copy().run(ding.gateway.joined, line, subscriptions)
    return OurEnd(line)


async def befall(ding: DingTalk, kind: str, at: float) -> None:
    """What happens to all lines that stand at some time."""
    await asyncio.sleep(at)
    lines = [line for line in ding.lines if line.connection is not None]
    if lines:
        ding.weather.count(kind)
        ding.wire.write(kind)
    for line in lines:
        assert line.connection is not None
        if kind == "closed":
            await line.close(1000)
        elif kind == "broken":
            line.breaks()
        elif kind == "half_open":
            line.is_silent = True
        else:
            ding.process.start(ding.gateway.disconnect(line.connection))


def storms(ding: DingTalk, until: float) -> list[asyncio.Task[None]]:
    """Everything that befalls the stream in this world."""
    counts, chance = ding.weather.lines, ding.chance
    return [
        ding.process.start(befall(ding, kind, chance.uniform(5, until)))
        for kind in sorted(counts)
        for _ in range(counts[kind])
    ]
