"""The whole program with a robot beside the simulated WeCom, over its real WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import yaml
from pydantic import SecretStr

from bot.app.process import App, opened
from bot.app.serving import ROLES, serve
from bot.kit.ids import seeded_random_bytes
from bot.settings import Settings
from bot.simulator.server import DemoSecrets, RunningSimulator, start_simulator
from bot.simulator.wecom.driver import Driver
from bot.store import incidents, leases, users
from tests.conftest import ROOT
from tests.postgres import _free_port
from tests.story.conftest import ShiftedClock


@dataclass
class World:
    """Both sides, and the hands of the robot's people."""

    app: App
    simulator: RunningSimulator
    clock: ShiftedClock
    http: aiohttp.ClientSession
    base: str
    group: str = ""

    @property
    def hands(self):
        return self.simulator.hands.robot

    def posts(self, user: str, chat: str = "single") -> list[dict[str, Any]]:
        return self.hands.posts(user, chat)

    def shows(self, user: str, words: str, chat: str = "single") -> bool:
        return any(words in str(post) for post in self.posts(user, chat))

    async def sees(self, user: str, words: str, chat: str = "single") -> dict[str, Any]:
        await self.until(
            lambda: self.shows(user, words, chat), f"{user}@{chat}: {words}\n{self.posts(user, chat)}"
        )
        return next(post for post in reversed(self.posts(user, chat)) if words in str(post))

    async def offered(self, user: str, chat: str = "single") -> dict[str, Any]:
        def cards() -> list[dict[str, Any]]:
            return [p for p in self.posts(user, chat) if "领取" in _buttons(p)]

        await self.until(lambda: bool(cards()), f"{user} was offered nothing: {self.posts(user, chat)}")
        return cards()[-1]

    async def until(self, is_so, what: str = "", within: float = 20.0) -> None:
        end = time.monotonic() + within
        while not is_so():
            if time.monotonic() > end:
                pytest.fail(what)
            await asyncio.sleep(0.02)

    async def tap(self, user: str, post: dict[str, Any], chat: str = "single") -> None:
        key = next(b["key"] for b in post["card"]["button_list"] if b["text"] == "领取")
        assert await self.hands.tap(user, post["id"], key, chat=chat)

    async def form(self, **fields: Any) -> str:
        async with self.http.post(f"{self.base}/forms/website", json=fields) as response:
            assert response.status == 200, await response.text()
            return (await response.json())["lead_id"]

    async def counted(self) -> dict[tuple[str, str], int]:
        return await self.app.bench.store.write(incidents.totals, within=10)


@contextlib.asynccontextmanager
async def running(url: str, *, with_app: bool, config=ROOT / "config") -> AsyncIterator[World]:
    port, clock = _free_port(), ShiftedClock()
    secrets, base = DemoSecrets.invent(seeded_random_bytes(1)), f"http://127.0.0.1:{port}"
    simulator = await start_simulator(
        host="127.0.0.1", port=0, clock=clock, monotonic=time.monotonic, rng=random.Random(1), secrets=secrets,
        callback_url=f"{base}/callback/wecom", form_url=f"{base}/l/website",
    )  # fmt: skip
    wecom = {"bot_id": secrets.bot_id, "bot_secret": secrets.bot_secret, "bot_url": simulator.robot_url}
    if with_app:
        wecom |= {
            "corp_id": secrets.corp_id, "agent_id": str(secrets.agent_id), "secret": secrets.secret,
            "token": secrets.token, "aes_key": secrets.aes_key, "api_base": simulator.base_url,
        }  # fmt: skip
    settings = Settings(
        database_url=url, listen=f"127.0.0.1:{port}", config_dir=config,
        secret_key=SecretStr("a secret of this test that is long enough"), platforms={"wecom": wecom},
    )  # fmt: skip
    stop, ready = asyncio.Event(), asyncio.Event()
    async with opened(settings, clock=clock) as app, aiohttp.ClientSession() as http:
        serving = asyncio.create_task(serve(app, roles=frozenset(ROLES), stop=stop, ready=ready.set))
        try:
            world = World(app, simulator, clock, http, base)
            await world.until(lambda: ready.is_set() or serving.done(), "it never started")
            await world.until(lambda: simulator.hands.robot.line.is_online, "the robot never came")
            await _staffed(world)
            world.group = simulator.hands.robot.found_group("华东销售", ["zhangsan", "lina", "wanglei"]).id
            yield world
        finally:
            stop.set()
            await serving
            await simulator.stop()


async def _staffed(world: World) -> None:
    for _ in range(500):
        async with world.app.bench.store.read() as tx:
            if len(await users.active(tx)) >= 3:
                return
        await asyncio.sleep(0.02)
    pytest.fail("nobody is known")


@pytest.fixture
async def both(sqlite_url) -> AsyncIterator[World]:
    async with running(sqlite_url, with_app=True) as world:
        yield world


@pytest.fixture
async def alone(sqlite_url, tmp_path) -> AsyncIterator[World]:
    """Nothing but a robot: colleagues stand in config/org.yaml."""
    import shutil

    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    org = yaml.safe_load((config / "org.yaml").read_text())
    org["people"] = [
        {"userid": "zhangsan", "name": "张三", "region": "华东", "team": "上海组"},
        {"userid": "lina", "name": "李娜", "region": "华东", "team": "上海组"},
        {"userid": "wanglei", "name": "王磊", "role": "manager", "region": "华东"},
    ]
    (config / "org.yaml").write_text(yaml.safe_dump(org, allow_unicode=True))
    async with running(sqlite_url, with_app=False, config=config) as world:
        yield world


NAME, PHONE = "欧阳明远", "13812345678"


async def bind(world: World) -> None:
    name = world.app.bench and world.simulator.hands.robot._world.robot.name
    assert await world.hands.write("wanglei", f"@{name} 绑定本群 华东", chat=world.group)
    await world.sees("lina", "华东公海的新线索会在本群里提醒", world.group)


async def test_app_and_robot_share_the_work(both):
    """A lead rings one to one and in the group; whoever taps in the group gets it, and everybody sees so."""
    await bind(both)
    await both.form(name=NAME, phone=PHONE, company="云帆制造", province="上海")
    card = await both.offered("zhangsan", both.group)
    assert not both.shows("lina", NAME, both.group)
    assert not both.shows("lina", PHONE, both.group)

    await both.tap("zhangsan", card, both.group)
    await both.sees("lina", "已被张三于", both.group)

    people = Driver(both.simulator.hands)
    await both.until(
        lambda: any(NAME in text for text in _app_texts(people, "zhangsan")), "the winner's own card"
    )
    await both.until(
        lambda: any("已被张三" in text for text in _app_texts(people, "lina")), "the loser's own card"
    )
    assert sum("上面的卡片不用再点了" in str(post) for post in both.posts("lina", both.group)) == 0
    own = [text for text in _app_texts(people, "zhangsan") if NAME in text]
    assert len(own) == 1, "his offer became his card"
    assert not both.shows("lina", NAME, both.group)


async def test_taken_elsewhere_the_group_is_told_and_the_next_tap_shows_it(both):
    """A robot's card changes in answer to a tap alone."""
    await bind(both)
    await both.form(name=NAME, phone=PHONE, company="云帆制造", province="上海")
    card = await both.offered("lina", both.group)
    people = Driver(both.simulator.hands)
    await both.until(lambda: _has_button(people, "zhangsan"), "the app's card")
    await people.tap("zhangsan", "领取")
    await both.sees("lina", "上面的卡片不用再点了", both.group)

    await both.tap("lina", card, both.group)

    def now() -> str:
        return str(next(p["card"] for p in both.posts("lina", both.group) if p["id"] == card["id"]))

    await both.until(lambda: "已被张三于" in now(), "the card stayed as it was")
    assert "button_list" not in now()


async def test_half_of_a_group_taps_at_once(both):
    """One gets it; every card ends in the same state, every tap is carried out."""
    await bind(both)
    lead_id = await both.form(name=NAME, phone=PHONE, company="云帆制造", province="上海")
    card = await both.offered("lina", both.group)

    await asyncio.gather(*(both.tap(one, card, both.group) for one in ("lina", "zhangsan") * 3))
    await both.sees("wanglei", "已被", both.group)
    from bot.store import leads

    async with both.app.bench.store.read() as tx:
        lead = await leads.get(tx, lead_id)
    assert lead.owner_id in {"lina", "zhangsan"}
    assert lead.epoch == 1


async def test_a_robot_alone_does_the_whole_job(alone):
    """Greeted, asked, offered, claimed, worked: over the connection, without any address of ours."""
    for one in ("zhangsan", "lina"):
        alone.hands.enter(one)
        await alone.sees(one, "客铃机器人")
        assert await alone.hands.write(one, "公海")
        await alone.sees(one, "公海")
    await alone.form(name=NAME, phone=PHONE, company="云帆制造", province="上海")
    mine, hers = await alone.offered("zhangsan"), await alone.offered("lina")

    await alone.tap("zhangsan", mine)
    await alone.until(
        lambda: "button_list" in str(alone.posts("zhangsan")) and alone.shows("zhangsan", "看电话"),
        "his own card",
    )
    await alone.tap("lina", hers)
    await alone.sees("lina", "已被张三于")

    assert not alone.shows("lina", PHONE)


async def test_where_nobody_spoke_the_failure_is_told(alone):
    """The robot may not begin a conversation; the reason stands where people look."""
    await alone.form(name=NAME, phone=PHONE, company="云帆制造", province="上海")

    async def failed() -> bool:
        return any(name == "send.failed" and "93006" in reason for name, reason in await alone.counted())

    for _ in range(300):
        if await failed():
            return
        await asyncio.sleep(0.05)
    pytest.fail(str(await alone.counted()))


async def test_a_broken_line_is_mended_and_nothing_is_said_twice(both):
    await both.hands.write("lina", "我的线索")
    await both.sees("lina", "线索")
    before = len(both.posts("lina"))
    for link in list(both.hands.line._links):
        link.wire.abort()
    await both.until(lambda: not both.hands.line.is_online, "it never broke")
    await both.until(lambda: both.hands.line.is_online, "it never came back")

    await both.hands.write("lina", "帮助")
    await both.until(lambda: len(both.posts("lina")) == before + 2, str(both.posts("lina")))


async def test_pushed_out_it_stays_out_and_says_so(both):
    """Field problem 11, over the wire."""
    await both.hands.line.kick()

    async def kicked() -> bool:
        (lease,) = await both.app.bench.store.write(leases.everything, within=10)
        return lease.state == "kicked"

    for _ in range(400):
        if await kicked():
            break
        await asyncio.sleep(0.05)
    assert await kicked()
    assert not both.hands.line.is_online


def _buttons(post: dict[str, Any]) -> list[str]:
    return [button["text"] for button in (post.get("card") or {}).get("button_list") or ()]


def _app_texts(people: Driver, user: str) -> list[str]:
    return [f"{m.text} {m.card}" for m in people.messages(user)]


def _has_button(people: Driver, user: str) -> bool:
    try:
        people.find_button(user, "领取")
    except Exception:  # noqa: BLE001 - not yet
        return False
    return True
