"""A simulator that listens, and an app that only opens callbacks, with a library of others."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import aiohttp
import pytest
import xmltodict
from aiohttp import web
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.kit.ids import seeded_random_bytes
from bot.simulator.server import DemoSecrets, RunningSimulator, start_simulator
from bot.simulator.wecom.driver import Driver
from bot.simulator.wecom.postman import Patience

QUICK = Patience(
    answer=timedelta(seconds=0.4),
    check=timedelta(seconds=0.3),
    pauses=(timedelta(milliseconds=20),) * 3,
    hold=timedelta(seconds=1),
    spinner=timedelta(milliseconds=50),
)


@dataclass
class Delivery:
    """One callback as it arrived."""

    query: dict[str, str]
    plain: str

    @property
    def xml(self):
        return xmltodict.parse(self.plain)["xml"]


@dataclass
class ListeningApp:
    """Stands where the bot would: opens what comes, and answers as told."""

    secrets: DemoSecrets
    deliveries: list[Delivery] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    delay: float = 0.0
    echo: str | None = None
    reply: str = ""
    url: str = ""

    def crypto(self):
        return WeChatCrypto(self.secrets.token, self.secrets.aes_key, self.secrets.corp_id)

    async def check(self, request):
        await asyncio.sleep(self.delay)
        q = request.query
        plain = self.crypto().check_signature(q["msg_signature"], q["timestamp"], q["nonce"], q["echostr"])
        return web.Response(body=plain if self.echo is None else self.echo.encode())

    async def take(self, request):
        body, q = await request.text(), request.query
        plain = self.crypto().decrypt_message(body, q["msg_signature"], q["timestamp"], q["nonce"])
        self.deliveries.append(Delivery(dict(q), plain if isinstance(plain, str) else plain.decode()))
        status = self.statuses.pop(0) if self.statuses else 200
        await asyncio.sleep(self.delay)
        return web.Response(status=status, text=self.reply)

    def events(self, kind):
        return [d.xml for d in self.deliveries if d.xml.get("Event") == kind]


@dataclass
class Sim:
    """Everything a test needs in one hand."""

    running: RunningSimulator
    app: ListeningApp
    http: aiohttp.ClientSession
    driver: Driver
    token: str = ""

    @property
    def world(self):
        return self.running.world

    async def call(self, path, body=None, *, method=None, token=None, **query):
        """Call the API; the JSON of the answer."""
        if token is None and path != "gettoken":
            token = await self.fresh_token()
        if token is not None:
            query["access_token"] = token
        verb = method or ("GET" if body is None else "POST")
        url = f"{self.running.base_url}/cgi-bin/{path}"
        async with self.http.request(verb, url, params=query, json=body) as response:
            assert response.status == 200
            return await response.json()

    async def fresh_token(self):
        if not self.token:
            secrets = self.app.secrets
            answer = await self.call("gettoken", corpid=secrets.corp_id, corpsecret=secrets.secret)
            self.token = answer["access_token"]
        return self.token

    async def send(self, to, msgtype="text", **parts):
        body = {"touser": to, "agentid": self.app.secrets.agent_id, "msgtype": msgtype}
        if msgtype == "text":
            body["text"] = {"content": parts.pop("content", "你好")}
        return await self.call("message/send", body | parts)

    async def send_card(self, to, card, **parts):
        return await self.send(to, "template_card", template_card=card, **parts)

    async def update_card(self, **parts):
        return await self.call("message/update_template_card", {"agentid": self.app.secrets.agent_id} | parts)

    async def sim(self, method, path, body=None):
        """Use the JSON interface; (status, JSON)."""
        url = f"{self.running.base_url}/sim/api/{path}"
        async with self.http.request(method, url, json=body) as response:
            return response.status, await response.json()


def button_card(task_id="lead-1-v1", **parts):
    """A card as the app sends it to offer a lead."""
    return {
        "card_type": "button_interaction",
        "task_id": task_id,
        "main_title": {"title": "新线索 L1", "desc": "官网"},
        "button_list": [
            {"text": "领取", "style": 1, "key": "claim:1"},
            {"text": "无效", "style": 2, "key": "invalid:1"},
        ],
    } | parts


@pytest.fixture
def card():
    return button_card


@pytest.fixture
def clock_start():
    return datetime(2026, 11, 2, 2, 0, tzinfo=timezone.utc)


@pytest.fixture
async def sim(clock_start):
    secrets = DemoSecrets.invent(seeded_random_bytes(7))
    app = ListeningApp(secrets)
    server = web.Application()
    server.add_routes([web.get("/callback/wecom", app.check), web.post("/callback/wecom", app.take)])
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}/callback/wecom"
    running = await start_simulator(
        host="127.0.0.1",
        port=0,
        clock=lambda: clock_start,
        monotonic=time.monotonic,
        rng=random.Random(11),
        secrets=secrets,
        callback_url=app.url,
        form_url="http://127.0.0.1/form",
        patience=QUICK,
    )
    async with aiohttp.ClientSession() as http:
        yield Sim(running, app, http, Driver(running.hands))
    await running.stop()
    await runner.cleanup()
