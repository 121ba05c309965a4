"""Connections that end at random moments under load: nothing is lost, nothing kept twice, no storm of openings."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.adapters.dingtalk import ADAPTER
from bot.chat.adapter import Means, Streaming
from bot.chat.router import Router
from bot.crm.company.load import load
from bot.errors import PlatformBusyError
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store.tables.machinery import inbox
from bot.worker.bench import Bench
from bot.worker.streams import OPEN_EVERY_S, StreamKeeper
from tests.adapters.dingtalk.platform import config
from tests.adapters.dingtalk.stream.gateway import (
    START,
    Gateway,
    Hall,
    event_push,
    frame,
    gate,
    message_push,
)
from tests.worlds.database import Disk, InlineStore
from tests.worlds.loop import run

CLOSES = 2_000
REAL_CLOSES = 50
SECRET = "a secret that is long enough for tests"
_COMPANY = load(Path(__file__).resolve().parents[4] / "config")


def bench_of(disk: Disk) -> Bench:
    loop = asyncio.get_running_loop()
    random_bytes = seeded_random_bytes(5)

    def clock() -> datetime:
        return START + timedelta(seconds=loop.time())

    return Bench(
        store=InlineStore(disk), adapters={}, router=Router(), company=_COMPANY,
        vault=Vault([SECRET], random_bytes), clock=clock, random_bytes=random_bytes, name="a",
        monotonic=loop.time,
    )  # fmt: skip


async def unused(_accepted: object) -> None:
    pytest.fail("nothing that comes here waits for a card")


class Trouble:
    """Ends connections, each in its own way; every way is a close that is counted."""

    def __init__(self, gateway: Gateway, chance: random.Random) -> None:
        self._gateway = gateway
        self._chance = chance
        self.closes = 0

    async def run(self, closes: int) -> None:
        while self.closes < closes:
            await asyncio.sleep(self._chance.expovariate(1 / 1.5))
            if not self._gateway.open_lines:
                continue
            line = self._chance.choice(self._gateway.open_lines)
            self.closes += 1
            way = self._chance.randrange(100)
            if way < 35:
                line.disconnect(
                    self._chance.choice(["connection is expired", "persistent connection is timeout"])
                )
            elif way < 60:
                line.drop("closed_1000")
            elif way < 97:
                line.drop("closed_1006", lose=True)
            else:
                line.is_deaf = True
            if way % 10 == 0:
                wait = PlatformBusyError("dingtalk", timedelta(seconds=1))
                self._gateway.refusals += [wait] * self._chance.randrange(1, 4)
            if way % 10 == 1:
                self._gateway.unreachable += 1


async def load_on(gateway: Gateway, chance: random.Random, stop: asyncio.Event) -> int:
    """Push something every second or two, half of it under a message id that stays the same."""
    n = 0
    while not stop.is_set():
        n += 1
        push = message_push(n) if chance.random() < 0.7 else event_push(n)
        gateway.push(push, fresh_id=chance.random() < 0.5)
        if chance.random() < 0.05:
            # A twin in the same breath, though it was perhaps acknowledged.
            twin = message_push(n) if push.kind == "CALLBACK" else event_push(n)
            twin.key += "-twin"
            gateway.push(twin)
        await asyncio.sleep(chance.expovariate(0.5))
    return n


def test_two_thousand_closes_lose_nothing_and_keep_nothing_twice():
    """Clean and dirty ones, goodbyes and deaf sockets, at random moments, under load, in virtual time."""

    async def main(_loop) -> None:
        chance = random.Random(2026)
        disk = Disk(random.Random(4), slow=0.05, busy=0.02)
        gateway, stop = Gateway(11), asyncio.Event()
        bench = bench_of(disk)
        keeper = StreamKeeper(bench, gate(gateway), express=unused, monotonic=bench.monotonic)
        trouble = Trouble(gateway, chance)
        running = asyncio.create_task(keeper.run())
        loading = asyncio.create_task(load_on(gateway, chance, stop))
        await trouble.run(CLOSES)
        stop.set()
        pushed = await loading
        # A deaf socket is found after minutes, and what it swallowed comes again each minute.
        await asyncio.sleep(600)

        async with bench.store.read() as tx:
            rows = Counter(row.key for row in await tx.all(select(inbox.c.key)))
        assert trouble.closes == CLOSES
        assert set(rows.values()) == {1}
        assert len(rows) == pushed > CLOSES / 2
        unheard = [p.key for p in gateway.pushes.values() if not any(a["code"] == 200 for a in p.acks)]
        assert unheard == []
        # Each acknowledgement went where its message had come from.
        assert gateway.strangers == []
        assert max(p.times for p in gateway.pushes.values()) > 2
        gaps = [b - a for a, b in zip(gateway.opened_at, gateway.opened_at[1:], strict=False)]
        assert min(gaps) >= OPEN_EVERY_S - 1e-6
        assert len(gateway.lines) > CLOSES / 2
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.sleep(60)
        assert all(line.is_closed for line in gateway.lines)
        disk.close()

    run("closes", main)


def test_after_a_goodbye_the_next_connection_stands_before_the_old_one_is_gone():
    """Make before break: the gateway delivers nothing to one that it has told to go."""

    async def main(_loop) -> None:
        gateway = Gateway(3)
        disk = Disk(random.Random(4))
        bench = bench_of(disk)
        keeper = StreamKeeper(bench, gate(gateway), express=unused, monotonic=bench.monotonic)
        running = asyncio.create_task(keeper.run())
        await asyncio.sleep(30)
        old = gateway.lines[-1]
        old.disconnect()
        await asyncio.sleep(0.5)

        assert len(gateway.open_lines) == 1
        assert gateway.open_lines[0] is not old
        assert not old.is_closed
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        disk.close()

    run(5, main)


class RealGateway:
    """The same over real sockets: it delivers, counts, and ends each connection after some frames."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.opens = self.closes = 0
        self.waiting = {n: message_push(n) for n in range(1, 401)}
        self.tickets: set[str] = set()
        self.url = ""

    async def open(self, request: web.Request) -> web.Response:
        assert request.headers["Accept"] == "application/json"
        body = await request.json()
        assert body["clientId"]
        assert body["clientSecret"]
        self.opens += 1
        ticket = f"t+{self.opens}/ä"
        self.tickets.add(ticket)
        return web.json_response({"endpoint": f"{self.url.replace('http', 'ws')}/connect", "ticket": ticket})

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        self.tickets.remove(request.query["ticket"])
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        for n, push in list(self.waiting.items())[: self.chance.randrange(4, 12)]:
            await ws.send_json(frame("CALLBACK", push.headers["topic"], push.data, f"{n}"))
        if len(self.waiting) > 0 and self.closes < REAL_CLOSES:
            await self._take_some(ws, self.chance.randrange(0, 6))
            self.closes += 1
            way = self.chance.randrange(3)
            if way == 0:
                await ws.send_json(frame("SYSTEM", "disconnect", {"reason": "connection is expired"}, "bye"))
                await self._take_some(ws, 100)
            elif way == 1 and request.transport is not None:
                request.transport.abort()
            return ws
        await self._take_some(ws, 1_000_000)
        return ws

    async def _take_some(self, ws: web.WebSocketResponse, most: int) -> None:
        for _ in range(most):
            told = await ws.receive()
            if told.type is not WSMsgType.TEXT:
                return
            ack = json.loads(told.data)
            if ack["code"] == 200 and ack["headers"]["messageId"].isdigit():
                self.waiting.pop(int(ack["headers"]["messageId"]), None)


async def test_fifty_real_closes_lose_nothing():
    """Over HTTP and WebSocket, our own client as it ships; only the pauses between openings are left out."""
    gateway = RealGateway(random.Random(8))
    app = web.Application()
    app.router.add_post("/v1.0/gateway/connections/open", gateway.open)
    app.router.add_get("/connect", gateway.connect)
    server = TestServer(app)
    await server.start_server()
    gateway.url = str(server.make_url("")).rstrip("/")
    loop = asyncio.get_running_loop()
    means = Means(lambda: START, loop.time, seeded_random_bytes(1))
    # The clock of these means stands still beside a steady one that runs: half a minute is allowed.
    built = ADAPTER.build(config(mode="stream", api_base=gateway.url, oapi_base=gateway.url), means)
    assert isinstance(built, Streaming)
    (stream,) = built.streams()
    hall = Hall()
    try:
        async with asyncio.timeout(90):
            while gateway.closes < REAL_CLOSES:
                await stream.run(hall)
    finally:
        await built.close()
        await server.close()

    assert gateway.closes == REAL_CLOSES
    acknowledged = {f"msg:msg{n}" for n in range(1, 401)} - {f"msg:msg{n}" for n in gateway.waiting}
    assert len(acknowledged) > 50
    assert acknowledged <= {one.key for one in hall.kept}
    assert gateway.opens == hall.opened_times
    assert gateway.tickets == set()
