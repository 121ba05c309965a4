"""A simulated DingTalk that listens, a caller of its API, and a client of its gateway that acks as told."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.kit.ids import seeded_random_bytes
from bot.simulator.dingtalk.driver import Driver
from bot.simulator.dingtalk.patience import Patience
from bot.simulator.server import DemoSecrets, start_simulator

REP, OTHER, BOSS = "0421003", "0421004", "manager3"
QUICK = Patience(
    stream=timedelta(seconds=0.4),
    http=timedelta(seconds=0.4),
    event=timedelta(seconds=0.4),
    card=timedelta(seconds=0.4),
    again=(timedelta(milliseconds=30),) * 2,
    events_again=(timedelta(milliseconds=30),) * 2,
    grace=timedelta(milliseconds=80),
    hold=timedelta(seconds=1),
)


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

    def __call__(self):
        return self.at

    def pass_time(self, **span):
        self.at += timedelta(**span)


@dataclass
class Api:
    """Calls both APIs, with a token unless told otherwise."""

    base: str
    app: object
    http: aiohttp.ClientSession
    token: str = ""

    async def call(self, method, path, body=None, *, headers=None, query=None):
        async with self.http.request(
            method, self.base + path, json=body, headers=headers or {}, params=query or {}
        ) as response:
            return response.status, await response.json(content_type=None)

    async def fetch_token(self):
        body = {"appKey": self.app.client_id, "appSecret": self.app.client_secret}
        _, told = await self.call("POST", "/v1.0/oauth2/accessToken", body)
        self.token = told["accessToken"]
        return self.token

    async def new(self, method, path, body=None, *, query=None):
        if not self.token:
            await self.fetch_token()
        headers = {"x-acs-dingtalk-access-token": self.token}
        return await self.call(method, "/v1.0" + path, body, headers=headers, query=query)

    async def old(self, path, body=None):
        if not self.token:
            await self.fetch_token()
        _, told = await self.call("POST", path, body, query={"access_token": self.token})
        return told


def spec_ack(frame):
    """The acknowledgement as the protocol's page has it."""
    data = {"status": "SUCCESS"} if frame["type"] == "EVENT" else {"response": None}
    return {
        "code": 200,
        "headers": {"messageId": frame["headers"]["messageId"], "contentType": "application/json"},
        "message": "OK",
        "data": json.dumps(data),
    }


@dataclass
class Client:
    """One connection; `answer` makes the acknowledgement of each frame, None gives none."""

    ws: aiohttp.ClientWebSocketResponse
    frames: list[dict] = field(default_factory=list)
    answer: object = spec_ack
    closed: int | None = None
    task: asyncio.Task | None = None

    async def listen(self):
        async for message in self.ws:
            frame = json.loads(message.data)
            self.frames.append(frame)
            ack = self.answer(frame) if frame["type"] != "SYSTEM" else None
            if ack is not None:
                await self.ws.send_json(ack)
        self.closed = self.ws.close_code

    def heard(self, kind="CALLBACK"):
        return [one for one in self.frames if one["type"] == kind]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def running(clock):
    simulator = await start_simulator(
        host="127.0.0.1",
        port=0,
        clock=clock,
        monotonic=time.monotonic,
        rng=random.Random(3),
        secrets=DemoSecrets.invent(seeded_random_bytes(3)),
        dingtalk_patience=QUICK,
    )
    yield simulator
    await simulator.stop()


@pytest.fixture
def ding(running):
    return Driver(running.dingtalk)


@pytest.fixture
def world(ding):
    return ding.world


@pytest.fixture
def group(world):
    return next(iter(world.groups.values()))


@pytest.fixture
async def http(running):
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def api(running, world, http):
    return Api(running.base_url, world.app, http)


EVERYTHING = (
    {"type": "EVENT", "topic": "*"},
    {"type": "CALLBACK", "topic": "/v1.0/im/bot/messages/get"},
    {"type": "CALLBACK", "topic": "/v1.0/card/instances/callback"},
)


@pytest.fixture
def open_ticket(api):
    async def opened(subscriptions=EVERYTHING, **changes):
        body = {"clientId": api.app.client_id, "clientSecret": api.app.client_secret}
        body |= {"subscriptions": list(subscriptions)} | changes
        return await api.call("POST", "/v1.0/gateway/connections/open", body)

    return opened


@pytest.fixture
async def connect(open_ticket, http, ding):
    """Open a connection and listen on it until the end of the test."""
    clients = []

    async def connected(answer=spec_ack, subscriptions=EVERYTHING):
        _, told = await open_ticket(subscriptions)
        before = ding.world.connections
        ws = await http.ws_connect(told["endpoint"], params={"ticket": told["ticket"]})
        client = Client(ws, answer=answer)
        client.task = asyncio.create_task(client.listen())
        clients.append(client)
        await ding.until(lambda: ding.world.connections > before)
        return client

    yield connected
    for client in clients:
        client.task.cancel()
        await client.ws.close()
    await asyncio.gather(*(client.task for client in clients), return_exceptions=True)


@pytest.fixture
def make_card(api, world):
    """Make a card of our template and hang it up; public data first."""
    template = next(one.id for one in world.templates.values() if one.action)

    async def made(key="offer-1", data=None, *, to=REP, group_id="", **more):
        space = f"IM_GROUP.{group_id}" if group_id else f"IM_ROBOT.{to}"
        body = {
            "cardTemplateId": template,
            "outTrackId": key,
            "callbackType": "STREAM",
            "cardData": {"cardParamMap": data or claimable()},
            "openSpaceId": f"dtv1.card//{space}",
            "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT"},
            "imGroupOpenDeliverModel": {"robotCode": world.app.client_id},
        } | more
        return await api.new("POST", "/card/instances/createAndDeliver", body)

    return made


def claimable():
    return {"title": "新线索", "button1_text": "领取", "button1_seal": "sealed-claim"}
