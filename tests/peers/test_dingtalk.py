"""The platform's own clients, Python and Node, unchanged before the simulated DingTalk: one scenario for both."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
import time
from datetime import timedelta

import pytest

from bot.kit.clock import system_clock
from bot.kit.ids import seeded_random_bytes
from bot.simulator.dingtalk.driver import Driver
from bot.simulator.dingtalk.patience import Patience
from bot.simulator.server import DemoSecrets, start_simulator
from tests.conftest import ROOT
from tests.peers.conftest import PEERS, Robot

REP, OTHER = "0421003", "0421004"
HERE = ROOT / "tests" / "peers"
QUICK = Patience(
    again=(timedelta(milliseconds=50),) * 3,
    events_again=(timedelta(milliseconds=50),) * 3,
    grace=timedelta(milliseconds=200),
    ping=timedelta(milliseconds=300),
)


@pytest.fixture
async def running():
    """The simulator, on the wall's clock."""
    simulator = await start_simulator(
        host="127.0.0.1",
        port=0,
        clock=system_clock,
        monotonic=time.monotonic,
        rng=random.Random(3),
        secrets=DemoSecrets.invent(seeded_random_bytes(3)),
        dingtalk_patience=QUICK,
    )
    yield simulator
    await simulator.stop()


@pytest.fixture
def dingtalk(running):
    return Driver(running.dingtalk)


@pytest.fixture(params=["python", "node"])
def command(request):
    """How to start a robot made of the platform's Python client, or of its Node client."""
    if request.param == "python":
        return [sys.executable, str(HERE / "dingtalk.py")]
    request.getfixturevalue("node_sdk")
    return ["node", "--require", str(HERE / "dingtalk_preload.cjs"), str(HERE / "dingtalk.mjs")]


@pytest.fixture
def start(command, running, dingtalk):
    @contextlib.asynccontextmanager
    async def started(**changes):
        app = dingtalk.world.app
        template = next(one.id for one in dingtalk.world.templates.values() if one.action)
        env = {
            "PATH": os.environ["PATH"],
            "PEERS": str(PEERS),
            "DINGTALK_OPENAPI_ENDPOINT": running.base_url,
            "DING_BASE": running.base_url,
            "DING_ID": app.client_id,
            "DING_SECRET": app.client_secret,
            "DING_TEMPLATE": template,
        } | changes
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE
        )
        try:
            yield Robot(process)
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    return started


async def connected(dingtalk, count=1):
    await dingtalk.until(lambda: dingtalk.world.connections == count)


async def test_it_hears_answers_and_changes_a_card(start, dingtalk):
    """A message, an answer by the session's webhook, a card, a tap whose answer is the update, seen apart."""
    group = next(iter(dingtalk.world.groups.values()))
    async with start() as robot:
        await connected(dingtalk)
        assert await dingtalk.say(REP, "你好")
        await robot.says("message", userid=REP, text="你好")
        await dingtalk.until(lambda: dingtalk.texts(REP))
        assert "收到你好" in dingtalk.texts(REP)[-1]

        await dingtalk.say(REP, f"@{dingtalk.world.app.name} 卡片", group_id=group.id)
        made = (await robot.says("made"))["card"]
        assert await dingtalk.tap(OTHER, "领取", group_id=group.id)
        click = await robot.says("click", userid=OTHER, card=made)
        assert click["content"]["cardPrivateData"] == {
            "actionIds": ["press"],
            "params": {"button": "sealed", "chat": ""},
        }
        await dingtalk.until(
            lambda: dingtalk.cards(REP, group_id=group.id)[-1]["title"] == f"已被{OTHER}领取"
        )
        winner, loser = (dingtalk.cards(one, group_id=group.id)[-1] for one in (OTHER, REP))
        assert [one["text"] for one in winner["buttons"]] == ["跟进"]
        assert loser["buttons"] == []


async def test_it_is_told_events_until_it_takes_them(start, dingtalk):
    """An event that is put off comes again with the same id; one that was taken does not."""
    async with start() as robot:
        await connected(dingtalk)
        dingtalk.hands.admin.dismiss(OTHER)
        told = await robot.says("happened", kind="user_leave_org")
        assert told["data"]["userId"] == [OTHER]
        dingtalk.hands.admin.found("东北大区")
        await robot.says("happened", kind="org_dept_create")
        await robot.says("happened", kind="org_dept_create")
        await dingtalk.settled()
    kinds = [one["kind"] for one in robot.heard("happened")]
    assert kinds == ["user_leave_org", "org_dept_create", "org_dept_create"]


async def test_it_comes_back_after_a_disconnect_and_a_close(start, dingtalk):
    """SYSTEM disconnect ends one connection, a clean close another; each time it opens anew and hears."""
    faults = dingtalk.world.faults
    async with start() as robot:
        await connected(dingtalk)
        for number, kind in enumerate(("ding_disconnect", "ding_close"), start=2):
            faults.turn_on(kind)
            await dingtalk.until(
                lambda n=number: dingtalk.world.opened >= n and dingtalk.world.connections == 1
            )
            await dingtalk.say(REP, f"第{number}次")
            await robot.says("message", text=f"第{number}次")


async def test_a_wrong_secret_is_told_so(start, dingtalk):
    """401 with authFailed: it never gets a ticket."""
    async with start(DING_SECRET="Zq8" * 20):
        await dingtalk.until(
            lambda: any(e.path.endswith("connections/open") for e in dingtalk.world.wire.after(0))
        )
    refusals = [e for e in dingtalk.world.wire.after(0) if e.path.endswith("connections/open")]
    assert (refusals[0].status, refusals[0].response["code"]) == (401, "authFailed")
    assert dingtalk.world.opened == 0
