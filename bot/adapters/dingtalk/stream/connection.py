"""One connection of the stream: read frames, keep what they bring, acknowledge on the same connection.

A connection that is to go is drained: it takes no notice of the new one, answers what is under way,
goes on reading for some seconds, and closes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog

from bot.adapters.dingtalk import decode, kept
from bot.adapters.dingtalk.codes import PLATFORM
from bot.adapters.dingtalk.stream import frames
from bot.adapters.dingtalk.stream.frames import Frame
from bot.adapters.dingtalk.taps import Json, Taps
from bot.chat.adapter import Closed, Ending, Host
from bot.chat.inbound import Accepted
from bot.errors import BotError
from bot.kit.clock import Clock, Monotonic
from bot.reach.sockets import BrokenError, Socket

#: Seconds without any frame after which a new connection is opened beside this one: there are sockets
#: that stand, answer pings and bring nothing.
IDLE_S: Final = 300.0
#: Seconds that a connection lives at the most.
LIFE_S: Final = 6 * 3600.0
#: Seconds between looks at both, and how far the clock may run ahead of the steady one: a machine slept.
LOOK_S: Final = 5.0
_SLEPT_S: Final = 30.0
#: Seconds that an old connection is read after a new one is due; the gateway closes it by itself then.
DRAIN_S: Final = 10.0
#: Frames being kept at once; more of them wait on the wire.
_AT_ONCE: Final = 256

Sleep = Callable[[float], Awaitable[None]]
_log = structlog.get_logger()


class Connection:
    """From the handshake to the end."""

    def __init__(
        self,
        socket: Socket,
        host: Host,
        *,
        clock: Clock,
        monotonic: Monotonic,
        sleep: Sleep,
        taps: Taps,
        heard: Callable[[Accepted], None],
    ) -> None:
        self._socket = socket
        self._host = host
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._taps = taps
        self._heard = heard
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._reading: asyncio.Task[None] | None = None
        self._ended: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()
        self._last_at = monotonic()

    async def serve(self) -> Closed:
        """Read until it ends or is to go; after LEAVING it still stands, to be drained."""
        self._reading = asyncio.create_task(self._read())
        watching = asyncio.create_task(self._watch())
        try:
            return await asyncio.shield(self._ended)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def drain(self) -> None:
        """Serve what still comes for some seconds, then close."""
        patience = asyncio.ensure_future(self._sleep(DRAIN_S))
        reading = self._reading
        try:
            if reading is not None:
                await asyncio.wait({reading, patience}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
            await self.close()

    async def close(self) -> None:
        """Stop reading, end what is under way, and close."""
        self._end(Ending.DROPPED, "stopped")
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        # What has been taken off the wire is kept all the same, and acknowledged while that can be done.
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()

    def _end(self, ending: Ending, reason: str) -> None:
        if not self._ended.done():
            self._ended.set_result(Closed(ending, reason))

    async def _watch(self) -> None:
        """Go when nothing comes, when it is old, or when the machine has slept."""
        began, wall = self._monotonic(), self._clock()
        while True:
            await self._sleep(LOOK_S)
            now = self._monotonic()
            slept = (self._clock() - wall) - timedelta(seconds=now - began)
            if now - self._last_at >= IDLE_S:
                self._end(Ending.LEAVING, "idle")
            elif now - began >= LIFE_S:
                self._end(Ending.LEAVING, "old")
            elif abs(slept) >= timedelta(seconds=_SLEPT_S):
                self._end(Ending.LEAVING, "slept")

    async def _read(self) -> None:
        while True:
            try:
                raw = await self._socket.receive()
            except BrokenError as exc:
                self._end(Ending.DROPPED, str(exc))
                return
            self._last_at = self._monotonic()
            try:
                frame = frames.read(raw)
            except ValueError:
                self._host.count("stream.frame_unreadable", "not_json")
                continue
            await self._room.acquire()
            task = asyncio.create_task(self._take(frame))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._room.release()
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._host.count("stream.frame_failed", type(failure).__name__)
            _log.error("stream.frame_failed", error=type(failure).__name__, exc_info=failure)

    async def _take(self, frame: Frame) -> None:
        match frame.kind:
            case frames.SYSTEM:
                await self._system(frame)
            case frames.EVENT:
                await self._event(frame)
            case frames.CALLBACK if frame.topic == frames.ROBOT_TOPIC:
                await self._message(frame)
            case frames.CALLBACK if frame.topic == frames.CARD_TOPIC:
                await self._tap(frame)
            case _:
                self._host.count("stream.frame_unknown", f"{frame.kind} {frame.topic}"[:64])
                await self._ack(frame, frames.NOT_FOUND, frames.response(None), "not found")

    async def _system(self, frame: Frame) -> None:
        if frame.topic == frames.DISCONNECT:
            # Nothing more is delivered here from now on: the next one is opened at once, beside it.
            self._end(Ending.LEAVING, "disconnect")
            return
        if frame.topic != frames.PING:
            self._host.count("stream.system", frame.topic[:64])
        await self._ack(frame, frames.OK, frame.data or "{}")

    async def _event(self, frame: Frame) -> None:
        try:
            data = frame.content()
        except ValueError:
            await self._unreadable(frame)
            return
        headers = frame.headers
        name, event_id = headers.get("eventType", ""), headers.get("eventId", "")
        accepted = kept.event(name, event_id, headers.get("eventBornTime", ""), data)
        is_kept = await self._kept(accepted)
        # Later comes again by itself.
        await self._ack(frame, frames.OK, frames.status("SUCCESS" if is_kept else "LATER"))

    async def _message(self, frame: Frame) -> None:
        try:
            data = frame.content()
        except ValueError:
            await self._unreadable(frame)
            return
        if decode.is_over_quota(data):
            self._host.count("platform.over_quota", "pushes")
            _log.error("platform.over_quota", platform=PLATFORM, kind="pushes")
        accepted = kept.robot(data)
        self._heard(accepted)
        # Unacknowledged it comes again after a minute or so; acknowledged, never.
        if await self._kept(accepted):
            await self._ack(frame, frames.OK, frames.response(None))

    async def _tap(self, frame: Frame) -> None:
        try:
            data = frame.content()
        except ValueError:
            await self._unreadable(frame)
            return
        accepted = kept.card(data, at=self._clock())

        async def keep() -> None:
            await self._host.keep(accepted)

        async def out(card: Json) -> bool:
            return await self._ack(frame, frames.OK, frames.response(card))

        try:
            await self._taps.attend(kept.tap_code(accepted), str(data.get("userId", "")), keep, out)
        except BotError as exc:
            self._lost(accepted, exc)
            await self._ack(frame, frames.FAILED, frames.response({}), "not kept")

    async def _unreadable(self, frame: Frame) -> None:
        self._host.count("stream.frame_unreadable", "data")
        await self._ack(frame, frames.BAD, frames.response(None), "not JSON")

    async def _kept(self, accepted: Accepted) -> bool:
        try:
            await self._host.keep(accepted)
        except BotError as exc:
            self._lost(accepted, exc)
            return False
        return True

    def _lost(self, accepted: Accepted, exc: BotError) -> None:
        self._host.count("stream.callback_lost", type(exc).__name__)
        _log.error("stream.callback_lost", key=accepted.key, error=type(exc).__name__)

    async def _ack(self, frame: Frame, code: int, data: str, message: str = "OK") -> bool:
        """Acknowledge where it came from; False if that connection is gone."""
        try:
            await self._socket.send(frames.ack(frame, code, data, message))
        except BrokenError as exc:
            self._host.count("stream.ack_lost", str(exc))
            return False
        return True
