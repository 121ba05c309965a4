"""The whole program beside the simulated WeCom, over real HTTP; the clock starts on a Wednesday."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app.process import App, opened
from bot.app.serving import ROLES, serve
from bot.kit.ids import seeded_random_bytes
from bot.settings import Settings
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.server import DemoSecrets, RunningSimulator, start_simulator
from bot.simulator.sms.phones import Console
from bot.simulator.wecom.driver import Driver
from tests.conftest import NOW, ROOT
from tests.postgres import _free_port

#: As they were entered in the provider's console.
SMS_TEMPLATES = {
    "SMS_100000001": "【客铃】${name}，您好，您的咨询已收到，顾问会在一个工作日内联系您。",
    "SMS_100000002": "【客铃】您下载的白皮书配有一份产品介绍，想看请联系您的顾问，马上发给您。拒收请回复R",
}


class ShiftedClock:
    """Runs as fast as the wall's, from another day; pushed by hand besides."""

    def __init__(self, start: datetime = NOW) -> None:
        self._start = start
        self._from = time.monotonic()
        self._pushed = timedelta()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._from) + self._pushed

    def push(self, span: timedelta) -> None:
        self._pushed += span


@dataclass
class World:
    """Both sides of the wire, and the hands of everybody in it."""

    app: App
    simulator: RunningSimulator
    people: Driver
    clock: ShiftedClock
    http: aiohttp.ClientSession
    base: str

    async def form(self, form: str = "website", **fields: Any) -> dict[str, Any]:
        """Send a form as a web page would."""
        async with self.http.post(f"{self.base}/forms/{form}", json=fields) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def sees(self, userid: str, words: str, within: float = 8.0) -> str:
        """Wait until somebody's chat shows these words; the text in which they stand."""

        def found() -> str | None:
            return next((text for text in reversed(self.shown(userid)) if words in text), None)

        try:
            await self.people.until(found, within=within)
        except TimeoutError:
            pytest.fail(
                f"{userid} never saw {words!r}; the chat shows:\n" + "\n---\n".join(self.shown(userid))
            )
        return found() or ""

    async def tap(self, userid: str, button: str, within: float = 8.0, **chosen: str) -> None:
        """Wait for a live button and press it, with what was chosen on the card."""

        def live() -> bool:
            try:
                self.people.find_button(userid, button)
            except NotPossibleError:
                return False
            return True

        try:
            await self.people.until(live, within=within)
        except TimeoutError:
            pytest.fail(
                f"{userid} never had {button!r}; the chat shows:\n" + "\n---\n".join(self.shown(userid))
            )
        await self.people.tap(userid, button, selected={k: [v] for k, v in chosen.items()} or None)

    def shown(self, userid: str) -> list[str]:
        """Everything in somebody's chat, cards as text with their buttons."""
        return [_text(m) for m in self.people.messages(userid) if m.sender == "app"]

    async def quiet(self, within: float = 10.0) -> None:
        """Wait until nothing is pending: every callback delivered, every lane worked, every notice sent."""
        from bot.store import lanes, sending

        async with asyncio.timeout(within):
            while True:
                await self.people.settled()
                async with self.app.bench.store.read() as tx:
                    due = await lanes.oldest_due(tx)
                    unsent = await sending.next_due(tx)
                    counts = await sending.counts(tx)
                now = self.clock()
                busy = counts.get("leased", 0) + counts.get("sending", 0)
                if (due is None or due > now) and (unsent is None or unsent > now) and not busy:
                    return
                await asyncio.sleep(0.02)


def _text(message: Any) -> str:
    card = message.card
    if card is None:
        return message.text or ""
    lines = [_walk(card.get(key)) for key in card if key not in {"button_list", "task_id", "card_type"}]
    lines += [f"[{b.get('text')}]" for b in card.get("button_list") or []]
    return "\n".join(line for line in lines if line)


def _walk(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, dict):
        return " ".join(_walk(value) for value in part.values())
    if isinstance(part, list):
        return "\n".join(_walk(value) for value in part)
    return ""


@contextlib.asynccontextmanager
async def running(
    database_url: str,
    *,
    clock: ShiftedClock,
    config: Path = ROOT / "config",
    roles: tuple[str, ...] = ROLES,
    dingtalk: bool = False,
    channels: bool = False,
    outreach: bool = False,
    **more: Any,
) -> AsyncIterator[World]:
    """Start both, with each other's addresses, and take them down; `more` are settings.

    `dingtalk`: the company is there too; `channels`: mail and SMS reach customers; `outreach`: WeCom
    does, by 欢迎语, 企业群发 and 微信客服.
    """
    port = _free_port()
    secrets = DemoSecrets.invent(seeded_random_bytes(1))
    base = f"http://127.0.0.1:{port}"
    simulator = await start_simulator(
        host="127.0.0.1", port=0, clock=clock, monotonic=time.monotonic,
        rng=random.Random(1), secrets=secrets,
        callback_url=f"{base}/callback/wecom", form_url=f"{base}/l/website",
        wechat_url=f"{base}/callback/wechat/main", mini_url=f"{base}/callback/mini_program",
        mini_open_url=f"{base}/mini_program/open",
        sms=Console(
            secrets.sms_key_id, secrets.sms_key_secret, "客铃", templates=SMS_TEMPLATES,
            callback_url=f"{base}/callback/sms/aliyun/{secrets.sms_callback}",
        ),
    )  # fmt: skip
    ways = {
        "email": {
            "host": "127.0.0.1", "port": str(simulator.smtp_port), "tls": "none",
            "sender": "hi@yunfan.example", "bounce": "bounce@yunfan.example",
        },
        "sms": {
            "provider": "aliyun", "key_id": secrets.sms_key_id, "key_secret": secrets.sms_key_secret,
            "sign": "客铃", "callback_secret": secrets.sms_callback, "api_base": simulator.base_url,
        },
        "mini_program": {
            "app_id": secrets.mini_app_id, "app_secret": secrets.mini_secret, "token": secrets.mini_token,
            "aes_key": secrets.mini_aes_key, "api_base": f"{simulator.base_url}/weixin/mini",
        },
    }  # fmt: skip
    if channels:
        official = {
            "app_id": secrets.wechat_app_id, "token": secrets.wechat_token,
            "aes_key": secrets.wechat_aes_key, "app_secret": secrets.wechat_secret,
            "api_base": f"{simulator.base_url}/weixin/official",
        }  # fmt: skip
        more.setdefault("wechat", {f"main__{name}": value for name, value in official.items()})
    wecom = {
        "corp_id": secrets.corp_id, "agent_id": str(secrets.agent_id), "secret": secrets.secret,
        "token": secrets.token, "aes_key": secrets.aes_key, "api_base": simulator.base_url,
        **({"customer_contact": "on", "customer_service": "on"} if outreach else {}),
    }  # fmt: skip
    ding = {
        "client_id": secrets.ding_client_id, "client_secret": secrets.ding_client_secret,
        "agent_id": str(secrets.ding_agent_id), "corp_id": secrets.ding_corp_id,
        "card_template_id": simulator.dingtalk_template, "api_base": simulator.base_url,
        "oapi_base": simulator.base_url,
    }  # fmt: skip
    settings = Settings(
        database_url=database_url, listen=f"127.0.0.1:{port}", config_dir=config,
        secret_key=SecretStr("a secret of this test that is long enough"),
        platforms={"wecom": wecom} | ({"dingtalk": ding} if dingtalk else {}) | (ways if channels else {}),
        **more,
    )  # fmt: skip
    stop, ready = asyncio.Event(), asyncio.Event()
    async with _stopped(simulator), opened(settings, clock=clock) as app, aiohttp.ClientSession() as http:
        serving = asyncio.create_task(serve(app, roles=frozenset(roles), stop=stop, ready=ready.set))
        try:
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait({serving, waiting}, timeout=15, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                await serving
            world = World(app, simulator, Driver(simulator.hands), clock, http, base)
            await _staffed(world)
            yield world
        finally:
            stop.set()
            await serving


@contextlib.asynccontextmanager
async def _stopped(simulator: RunningSimulator) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await simulator.stop()


async def _staffed(world: World) -> None:
    """Wait for the first reading of the address book."""
    from bot.store import users

    async with asyncio.timeout(10):
        while True:
            async with world.app.bench.store.read() as tx:
                if len(await users.active(tx)) >= len(world.simulator.world.people):
                    return
            await asyncio.sleep(0.02)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Everything running, on each database in turn."""
    async with running(database_url, clock=ShiftedClock()) as started:
        yield started
