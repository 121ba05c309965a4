"""The gateway of Stream mode: tickets, connections, frames, and which connection gets which push.

https://open.dingtalk.com/document/development/stream-protocol
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.kit.clock import Monotonic
from bot.simulator.dingtalk import codes, tokens
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.patience import Patience
from bot.simulator.dingtalk.world import World

SYSTEM = "SYSTEM"
_ONCE = {"ding_disconnect": "disconnect", "ding_close": "close", "ding_unknown_topic": "unknown"}


class Wire(Protocol):
    """What the gateway needs of a socket."""

    async def send(self, frame: str) -> bool:
        """Send one frame; False if the socket is gone."""

    async def close(self, code: int) -> None:
        """End it politely."""

    def abort(self) -> None:
        """Break it without a word."""


@dataclass(eq=False, slots=True)
class Connection:
    """One WebSocket of the app."""

    id: str
    wire: Wire
    subscriptions: set[tuple[str, str]]
    #: After SYSTEM disconnect nothing is delivered to it any more.
    is_retiring: bool = False
    #: Message ids sent here that wait for an acknowledgement.
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)

    def hears(self, kind: str, topic: str) -> bool:
        """Whether it has subscribed to this; system frames come unasked."""
        return kind == SYSTEM or (kind, topic) in self.subscriptions or (kind, "*") in self.subscriptions


@dataclass(frozen=True, slots=True)
class _Ticket:
    born: datetime
    subscriptions: set[tuple[str, str]]


class Gateway:
    """All connections of the app."""

    def __init__(self, world: World, *, monotonic: Monotonic, patience: Patience) -> None:
        self._world = world
        self._monotonic = monotonic
        self._patience = patience
        self._tickets: dict[str, _Ticket] = {}
        self.connections: list[Connection] = []
        self._tasks: set[asyncio.Task[None]] = set()
        world.faults.listeners.append(self._obey)

    def open(self, body: Json) -> Json:
        """Give an endpoint and a ticket: 90 s, for one connection."""
        if not tokens.same_secret(self._world, body.get("clientId"), body.get("clientSecret")):
            raise RefusedError(codes.AUTH_FAILED)
        given = body.get("subscriptions")
        pairs = {
            (str(one.get("type")), str(one.get("topic"))) for one in given or [] if isinstance(one, dict)
        }
        if not pairs:
            raise RefusedError(codes.MISSING, "subscriptions")
        value = self._world.uuid()
        self._tickets[value] = _Ticket(self._world.now(), pairs)
        self._world.opened += 1
        return {"endpoint": self._world.base_url.replace("http", "ws", 1) + "/connect", "ticket": value}

    def redeem(self, value: str) -> set[tuple[str, str]] | None:
        """What a ticket subscribes to, once; None if it is unknown, used or too old."""
        ticket = self._tickets.pop(value, None)
        if ticket is None or self._world.now() >= ticket.born + self._patience.ticket:
            return None
        return ticket.subscriptions

    @property
    def is_cut(self) -> bool:
        """Whether nobody gets through at the moment."""
        return "ding_cut" in self._world.faults.active

    def joined(self, wire: Wire, subscriptions: set[tuple[str, str]]) -> Connection:
        """A connection stands."""
        connection = Connection(self._world.uuid(), wire, subscriptions)
        self.connections.append(connection)
        self._tell()
        self.start(self._pinging(connection))
        return connection

    def left(self, connection: Connection) -> None:
        """A connection is gone, and with it what waited on it."""
        if connection in self.connections:
            self.connections.remove(connection)
        for future in connection.waiting.values():
            if not future.done():
                future.cancel()
        self._tell()

    def chosen(self, kind: str, topic: str) -> Connection | None:
        """One of the connections that hear this, at random."""
        able = [one for one in self.connections if not one.is_retiring and one.hears(kind, topic)]
        return self._world.rng.choice(able) if able else None

    async def send(self, connection: Connection, kind: str, headers: Mapping[str, str], data: str) -> bool:
        """Put one frame on a connection; one that went silent swallows it."""
        if "ding_silent" in self._world.faults.active:
            return True
        frame = {
            "specVersion": "1.0",
            "type": kind,
            "headers": self._headers(connection, headers),
            "data": data,
        }
        return await connection.wire.send(json.dumps(frame, ensure_ascii=False))

    def _headers(self, connection: Connection, headers: Mapping[str, str]) -> Json:
        common = {"contentType": "application/json", "time": str(self._world.stamp())}
        return common | {"appId": self._world.app.client_id, "connectionId": connection.id} | dict(headers)

    def take(self, connection: Connection, raw: str) -> None:
        """A frame of the client: an acknowledgement, matched on this connection alone."""
        try:
            frame = json.loads(raw)
            message_id = str(frame["headers"]["messageId"])
        except (ValueError, TypeError, KeyError):
            self._note(raw[:200], "not an acknowledgement")
            return
        future = connection.waiting.pop(message_id, None)
        if future is None:
            elsewhere = any(message_id in one.waiting for one in self.connections)
            self._note(frame, "acknowledged on another connection" if elsewhere else "acknowledged too late")
        elif not future.done():
            future.set_result(frame)

    async def disconnect(self, connection: Connection, reason: str = "connection is expired") -> None:
        """Ask a client to go: nothing more is delivered, and after 10 s it is closed."""
        connection.is_retiring = True
        headers = {"topic": "disconnect", "messageId": self._expected(connection)}
        await self.send(connection, SYSTEM, headers, json.dumps({"reason": reason}))
        self._note({"topic": "disconnect", "reason": reason}, "")
        await asyncio.sleep(self._patience.grace.total_seconds())
        await connection.wire.close(1000)

    def message_id(self) -> str:
        """An id for one frame."""
        parts = (self._world.rng.getrandbits(32), self._world.number(), self._world.stamp())
        return "_".join(f"{part:x}" for part in parts)

    def _expected(self, connection: Connection) -> str:
        """An id for a frame whose acknowledgement changes nothing."""
        message_id = self.message_id()
        connection.waiting[message_id] = asyncio.get_running_loop().create_future()
        return message_id

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Do something beside; stop() ends it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """Let all connections go, so that the server can stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in list(self.connections):
            await connection.wire.close(1001)

    async def _pinging(self, connection: Connection) -> None:
        while connection in self.connections:
            await asyncio.sleep(self._patience.ping.total_seconds())
            headers = {"topic": "ping", "messageId": self._expected(connection)}
            data = json.dumps({"opaque": self._world.uuid()})
            if not await self.send(connection, SYSTEM, headers, data):
                return

    def _obey(self) -> None:
        """A switch was thrown: what it does to connections happens at once."""
        if self.is_cut:
            for connection in list(self.connections):
                connection.wire.abort()
        for kind, act in _ONCE.items():
            if kind in self._world.faults.active and self.connections:
                self._world.faults.turn_off(kind)
                for connection in list(self.connections):
                    self.start(self._act(connection, act))

    async def _act(self, connection: Connection, act: str) -> None:
        if act == "disconnect":
            await self.disconnect(connection)
        elif act == "close":
            await connection.wire.close(1000)
        else:
            headers = {"topic": "/v1.0/unheard/of", "messageId": self._expected(connection)}
            await self.send(connection, "CALLBACK", headers, "{}")

    def _tell(self) -> None:
        self._world.connections = len(self.connections)
        self._world.tell_world()

    def _note(self, frame: object, note: str) -> None:
        self._world.log(
            direction="callback", method="WS", path="/connect", request=frame, response=None,
            status=200, seconds=0.0, note=note,
        )  # fmt: skip
