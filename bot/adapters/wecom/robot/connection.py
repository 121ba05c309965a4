"""One long connection: subscribe, keep it alive, read frames, and ask one thing at a time under one id."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from bot.adapters.wecom.codes import PLATFORM
from bot.adapters.wecom.robot import errors, frames
from bot.adapters.wecom.robot.frames import Frame, Json
from bot.chat.adapter import Closed, Ending
from bot.errors import AnswerLostError, PlatformBusyError
from bot.reach.sockets import BrokenError, Socket

#: Seconds between heartbeats, and how many may stay unanswered.
HEARTBEAT_S: Final = 30.0
MISSED_MAX: Final = 2
#: Seconds for an acknowledgement.
ACK_S: Final = 5.0
#: Callbacks being kept at once; more of them wait on the wire.
_AT_ONCE = 256
_DISCONNECTED = "disconnected_event"

Sleep = Callable[[float], Awaitable[None]]


class Connection:
    """From `subscribe` to the end of `serve`; then every question that is open is lost."""

    def __init__(
        self,
        socket: Socket,
        *,
        sleep: Sleep,
        new_id: Callable[[], str],
        on_callback: Callable[[Frame], Awaitable[None]],
        count: Callable[[str, str], None],
    ) -> None:
        self._socket = socket
        self._sleep = sleep
        self._new_id = new_id
        self._on_callback = on_callback
        self._count = count
        self._waiting: dict[str, asyncio.Future[Frame]] = {}
        self._lines: dict[str, tuple[asyncio.Lock, int]] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()
        self._unheard = 0

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return not self._ended.done()

    async def serve(self, bot_id: str, secret: str, opened: Callable[[], None]) -> Closed:
        """Subscribe and read until the end; cancelled, close."""
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._live(bot_id, secret, opened))]
        try:
            return await asyncio.shield(self._ended)
        finally:
            self.end(Ending.DROPPED, "stopped")
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._socket.close()
            # What has been taken off the wire is kept all the same: nobody sends it again.
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def end(self, ending: Ending, reason: str) -> None:
        """Begin the end; the first reason counts."""
        if self._ended.done():
            return
        self._ended.set_result(Closed(ending, reason))
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(AnswerLostError(PLATFORM, f"the connection ended: {reason}"))

    async def ask(self, cmd: str, req_id: str, body: Json | None = None) -> Frame:
        """Send a frame and give its acknowledgement, whatever its code.

        Frames of one id go one after another: a second one beside the first would be refused.
        PlatformBusyError if nothing left us, AnswerLostError if nobody knows.
        """
        async with self._line(req_id):
            if self._ended.done():
                raise PlatformBusyError(PLATFORM, errors.AGAIN, "(not connected)")
            waiting = self._waiting[req_id] = asyncio.get_running_loop().create_future()
            try:
                return await self._answered(waiting, frames.written(cmd, req_id, body))
            finally:
                self._waiting.pop(req_id, None)

    async def _answered(self, waiting: asyncio.Future[Frame], frame: str) -> Frame:
        try:
            await self._socket.send(frame)
        except BrokenError as exc:
            waiting.cancel()
            self.end(Ending.DROPPED, str(exc))
            raise PlatformBusyError(PLATFORM, errors.AGAIN, f"(not connected: {exc})") from None
        patience = asyncio.ensure_future(self._sleep(ACK_S))
        either: set[asyncio.Future[Any]] = {waiting, patience}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
        if not waiting.done():
            waiting.cancel()
            raise AnswerLostError(PLATFORM, f"no acknowledgement within {ACK_S:.0f} s")
        answer = waiting.result()
        if answer.code == errors.NOT_SUBSCRIBED:
            # The connection stands and is good for nothing.
            self.end(Ending.DROPPED, "not_subscribed")
        return answer

    @contextlib.asynccontextmanager
    async def _line(self, req_id: str) -> AsyncIterator[None]:
        lock, users = self._lines.get(req_id, (asyncio.Lock(), 0))
        self._lines[req_id] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._lines[req_id]
            if users == 1:
                del self._lines[req_id]
            else:
                self._lines[req_id] = (lock, users - 1)

    async def _live(self, bot_id: str, secret: str, opened: Callable[[], None]) -> None:
        """Subscribe once, then a heartbeat every half minute: a frame, not WebSocket's own ping."""
        try:
            answer = await self.ask(frames.SUBSCRIBE, self._new_id(), {"bot_id": bot_id, "secret": secret})
        except (PlatformBusyError, AnswerLostError):
            self.end(Ending.DROPPED, "no_answer_to_subscribe")
            return
        if answer.code != 0:
            is_passing = answer.code is None or answer.code in errors.PASSING
            self.end(Ending.DROPPED if is_passing else Ending.REFUSED, f"subscribe_{answer.code}")
            return
        opened()
        while True:
            await self._sleep(HEARTBEAT_S)
            if self._unheard >= MISSED_MAX:
                self.end(Ending.DROPPED, "silent")
                return
            self._unheard += 1
            task = asyncio.create_task(self._beat())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _beat(self) -> None:
        with contextlib.suppress(PlatformBusyError, AnswerLostError):
            await self.ask(frames.PING, self._new_id())
            self._unheard = 0

    async def _read(self) -> None:
        while True:
            try:
                raw = await self._socket.receive()
            except BrokenError as exc:
                self.end(Ending.DROPPED, str(exc))
                return
            try:
                frame = frames.read(raw)
            except ValueError:
                self._count("stream.frame_unreadable", "not_json")
                continue
            await self._take(frame)

    async def _take(self, frame: Frame) -> None:
        if frame.cmd in {frames.MESSAGE, frames.EVENT}:
            if _is_goodbye(frame):
                self.end(Ending.KICKED, _DISCONNECTED)
                return
            await self._room.acquire()
            task = asyncio.create_task(self._callback(frame))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif frame.cmd:
            self._count("stream.frame_unknown", frame.cmd[:64])
        else:
            waiting = self._waiting.get(frame.req_id)
            if waiting is None or waiting.done():
                self._count("stream.frame_unknown", "late_acknowledgement")
            else:
                waiting.set_result(frame)

    async def _callback(self, frame: Frame) -> None:
        try:
            await self._on_callback(frame)
        finally:
            self._room.release()


def _is_goodbye(frame: Frame) -> bool:
    event = frame.body.get("event")
    return frame.cmd == frames.EVENT and isinstance(event, dict) and event.get("eventtype") == _DISCONNECTED
