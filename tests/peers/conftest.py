"""A simulated WeCom, and robots made by others and by us that are set against it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field

import pytest

from bot.kit.clock import system_clock
from bot.kit.ids import seeded_random_bytes
from bot.simulator.server import DemoSecrets, start_simulator
from tests.conftest import ROOT

PEERS = ROOT / ".cache" / "peers"
#: Seconds; a Node that starts on a busy machine takes a while.
WITHIN = 30.0


@dataclass
class Robot:
    """A program with a robot in it, and what it says of itself."""

    process: asyncio.subprocess.Process
    said: list[dict] = field(default_factory=list)

    async def says(self, event, **parts):
        """Wait for it to say this; what it said before that is skipped."""
        wanted = {"event": event} | parts
        try:
            async with asyncio.timeout(WITHIN):
                while True:
                    line = await self.process.stdout.readline()
                    assert line, f"the robot ended; it said {self.said}"
                    self.said.append(json.loads(line))
                    if wanted.items() <= self.said[-1].items():
                        return self.said[-1]
        except TimeoutError:
            pytest.fail(f"the robot never said {wanted}; it said {self.said}")

    def heard(self, event):
        return [one for one in self.said if one["event"] == event]


@pytest.fixture(scope="session")
def node_sdk():
    """The published SDK, installed by npm; without it the tests fail by name."""
    done = subprocess.run(["sh", "tools/peers.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stderr.strip() or "tools/peers.sh failed", pytrace=False)
    return PEERS


@pytest.fixture
async def wecom():
    """The simulator, on the wall's clock."""
    running = await start_simulator(
        host="127.0.0.1",
        port=0,
        clock=system_clock,
        monotonic=time.monotonic,
        rng=random.Random(3),
        secrets=DemoSecrets.invent(seeded_random_bytes(3)),
    )
    yield running
    await running.stop()


@contextlib.asynccontextmanager
async def started(command, wecom, **changes):
    """Run a robot's program until the end of the test."""
    robot = wecom.world.robot
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PEERS": str(PEERS),
        "ROBOT_URL": wecom.robot_url,
        "ROBOT_ID": robot.bot_id,
        "ROBOT_SECRET": robot.secret,
    } | changes
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=env, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Robot(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture(params=["node-sdk", "ours"])
def command(request):
    """How to start a robot: the one of the platform's own Node SDK, and ours."""
    if request.param == "ours":
        return [sys.executable, str(ROOT / "tests" / "peers" / "robot.py")]
    request.getfixturevalue("node_sdk")
    return ["node", str(ROOT / "tests" / "peers" / "robot.mjs")]


@pytest.fixture
def start(command, wecom):
    return lambda **changes: started(command, wecom, **changes)
