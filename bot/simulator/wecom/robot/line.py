"""The robot's long connection: who holds it, what frames are allowed, how each is acknowledged.

Frames are texts here; how they travel is the socket's business.
https://developer.work.weixin.qq.com/document/path/101463
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from bot.kit.clock import Monotonic
from bot.simulator.wecom import codes
from bot.simulator.wecom.call import text
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.robot import answers, callbacks, pushes, quotas, uploads
from bot.simulator.wecom.world import World

SUBSCRIBE, PING = "aibot_subscribe", "ping"
MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
_REQ_ID_LETTERS = 24

#: cmd → what it does: (world, req_id, body) → the body of the acknowledgement.
_COMMANDS: dict[str, Callable[[World, str, Json], Json | None]] = {
    "aibot_respond_welcome_msg": answers.welcome,
    "aibot_respond_msg": answers.respond,
    "aibot_respond_update_msg": answers.update,
    "aibot_send_msg": lambda world, _req_id, body: pushes.push(world, body),
    "aibot_upload_media_init": lambda world, _req_id, body: uploads.begin(world, body),
    "aibot_upload_media_chunk": lambda world, _req_id, body: uploads.take_piece(world, body),
    "aibot_upload_media_finish": lambda world, _req_id, body: uploads.finish(world, body),
}


class Wire(Protocol):
    """One connection as the line needs it."""

    async def send(self, frame: str) -> bool:
        """Send one text frame; False once the connection is gone."""

    async def close(self) -> None:
        """Close it politely."""

    def abort(self) -> None:
        """Break it without a word."""


@dataclass(slots=True, eq=False)
class Link:
    """One connection and what is under way on it."""

    wire: Wire
    #: req_ids whose frame is not yet acknowledged.
    busy: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame of the robot's program."""

    link: Link
    cmd: str
    req_id: str
    body: Json
    started: float


class Line:
    """Holds at most one subscribed connection; the newest wins."""

    def __init__(self, world: World, *, monotonic: Monotonic, ack_after: float = 0.005) -> None:
        self._world = world
        self._monotonic = monotonic
        #: Seconds between a frame and its acknowledgement: a second frame in between is one too many.
        self._ack_after = ack_after
        self._live: Link | None = None
        self._links: set[Link] = set()
        world.faults.listeners.append(self._obey)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_online(self) -> bool:
        """Whether some connection is subscribed."""
        return self._live is not None

    @property
    def is_cut(self) -> bool:
        """Whether nobody can connect at present."""
        return "robot_cut" in self._world.faults.active

    def joined(self, wire: Wire) -> Link:
        """A connection was opened; it hears nothing before it subscribes."""
        link = Link(wire)
        self._links.add(link)
        return link

    def left(self, link: Link) -> None:
        """A connection is gone."""
        self._links.discard(link)
        if self._live is link:
            self._live = None
            self._tell_presence()

    async def deliver(self, cmd: str, req_id: str, body: Json) -> bool:
        """Send one callback to whoever is subscribed; False if nobody hears it."""
        link, started = self._live, self._monotonic()
        frame = {"cmd": cmd, "headers": {"req_id": req_id}, "body": body}
        heard = link is not None and await link.wire.send(_written(frame))
        self._log_callback(cmd, body, started, "" if heard else "the robot is not connected")
        return heard

    def mint_req_id(self) -> str:
        """A fresh id for one callback."""
        return self._world.mint("", _REQ_ID_LETTERS)

    async def take(self, link: Link, raw: str) -> None:
        """Act on one frame and acknowledge it; what is not a frame is only logged."""
        frame = _read(link, raw, self._monotonic())
        if frame is None:
            self._log(_Frame(link, "?", "", {"raw": raw}, self._monotonic()), None, "not a frame")
            return
        if frame.req_id in link.busy:
            await self._acknowledge(frame, RefusedError(codes.CONCURRENT))
            return
        link.busy.add(frame.req_id)
        try:
            await self._answer(frame)
        finally:
            link.busy.discard(frame.req_id)

    async def close(self) -> None:
        """Let everybody go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(link.wire.close() for link in list(self._links)))

    async def kick(self) -> None:
        """Do to the subscribed connection what a second one's subscribing does."""
        await self._retire(self._live)

    async def _answer(self, frame: _Frame) -> None:
        faults, cmd = self._world.faults, frame.cmd
        slow = faults.take("robot_slow", cmd)
        await asyncio.sleep(slow.value if slow else self._ack_after)
        try:
            answer: Json | RefusedError = await self._act(frame) or {}
        except RefusedError as refused:
            answer = refused
        lost = faults.take("robot_no_pong") if cmd == PING else faults.take("robot_lost_ack", cmd)
        if lost:
            self._log(frame, None, "acknowledgement lost after acting (fault)")
        else:
            await self._acknowledge(frame, answer)

    async def _act(self, frame: _Frame) -> Json | None:
        world, cmd = self._world, frame.cmd
        if cmd == SUBSCRIBE:
            await self._subscribe(frame.link, frame.body)
            return None
        if frame.link is not self._live or world.faults.take("robot_unsubscribed", cmd):
            raise RefusedError(codes.NOT_SUBSCRIBED)
        if cmd == PING:
            return None
        act = _COMMANDS.get(cmd)
        if act is None:
            raise RefusedError(codes.BAD_PARAMETER, f"cmd {cmd}")
        if world.faults.take("robot_busy", cmd):
            raise RefusedError(codes.BUSY)
        if world.faults.take("robot_frequency", cmd):
            raise RefusedError(codes.FREQUENCY)
        return act(world, frame.req_id, frame.body)

    async def _subscribe(self, link: Link, body: Json) -> None:
        robot = self._world.robot
        quotas.admit(self._world, "subscribe", quotas.SUBSCRIBES)
        if not robot.bot_id or text(body, "bot_id") != robot.bot_id:
            raise RefusedError(codes.BAD_BOT_ID)
        if not hmac.compare_digest(text(body, "secret").encode(), robot.secret.encode()):
            raise RefusedError(codes.BAD_SECRET)
        if link is self._live:
            raise RefusedError(codes.FREQUENCY, "this connection has subscribed before")
        old, self._live = self._live, link
        robot.subscribed += 1
        self._tell_presence()
        # The newcomer does not wait for an old connection that may be half dead.
        self._start(self._retire(old))

    async def _retire(self, link: Link | None) -> None:
        """Tell a connection that it was replaced, and close it (or, as some report, leave it half open)."""
        if link is None:
            return
        if link is self._live:
            self._live = None
            self._tell_presence()
        body = callbacks.event(self._world, None, "", "disconnected_event")
        frame = {"cmd": EVENT, "headers": {"req_id": self.mint_req_id()}, "body": body}
        await link.wire.send(_written(frame))
        self._log_callback(EVENT, body, self._monotonic(), "")
        if not self._world.faults.take("robot_half_open"):
            await link.wire.close()

    async def _acknowledge(self, frame: _Frame, answer: Json | RefusedError) -> None:
        ack: Json = {"headers": {"req_id": frame.req_id}}
        if isinstance(answer, RefusedError):
            words = f"{codes.TEXTS[answer.code]} {answer.what}".rstrip()
            ack |= {"errcode": answer.code, "errmsg": words}
        else:
            ack |= {"errcode": 0, "errmsg": "ok"} | ({"body": answer} if answer else {})
        sent = await frame.link.wire.send(_written(ack))
        if frame.cmd != PING:
            self._log(frame, ack if sent else None, "" if sent else "the connection is gone")

    def _obey(self) -> None:
        """A switch was thrown: what it does to the connection happens at once."""
        if self.is_cut:
            for link in list(self._links):
                link.wire.abort()
        if self._live is not None and "robot_kicked" in self._world.faults.active:
            self._world.faults.turn_off("robot_kicked")
            self._start(self.kick())

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell_presence(self) -> None:
        robot = self._world.robot
        robot.online_since = self._world.now() if self._live is not None else None
        self._world.bus.publish({"type": "robot", "online": self._live is not None})

    def _log(self, frame: _Frame, ack: Json | None, note: str) -> None:
        self._write("call", frame.cmd, frame.body, ack, frame.started, note)

    def _log_callback(self, cmd: str, body: Json, started: float, note: str) -> None:
        self._write("callback", cmd, body, None, started, note)

    def _write(  # noqa: PLR0917 - a row of the wire log, for the two above
        self, direction: str, cmd: str, request: Json, response: Json | None, started: float, note: str
    ) -> None:
        self._world.wire.add(
            at=self._world.now(),
            direction=direction,
            method="WS",
            path=cmd,
            request=request,
            response=response,
            status=HTTPStatus.OK if not note else 0,
            seconds=self._monotonic() - started,
            note=note,
        )


def _read(link: Link, raw: str, started: float) -> _Frame | None:
    try:
        frame = json.loads(raw)
        cmd, req_id, body = frame["cmd"], frame["headers"]["req_id"], frame.get("body")
    except (ValueError, TypeError, KeyError):
        return None
    return _Frame(link, str(cmd), str(req_id), body if isinstance(body, dict) else {}, started)


def _written(frame: Json) -> str:
    return json.dumps(frame, ensure_ascii=False)
