"""Never more calls a second than the platform takes: the rest wait in order, and few of them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable
from typing import Any

import pytest

from bot.adapters.dingtalk.client import Client
from bot.adapters.dingtalk.pace import PATIENCE_S, READING_S, SPAN_S, Pace
from bot.errors import PlatformBusyError
from bot.kit.clock import system_clock
from bot.kit.ids import seeded_random_bytes
from bot.simulator.server import DemoSecrets, start_simulator
from tests.adapters.dingtalk.platform import config
from tests.worlds.loop import run

SEND, USER = "/v1.0/robot/oToMessages/batchSend", "/topapi/v2/user/get"


async def called(
    pace: Pace, path: str = SEND, *, method: str = "POST", patience_s: float = PATIENCE_S
) -> int:
    """One call that takes no time; how many seconds after the beginning it was made."""
    async with pace.turn(method, path, patience_s=patience_s):
        return round(asyncio.get_running_loop().time(), 2)


def at_once(*calls: Awaitable[Any]) -> list[Any]:
    """All of them together, in virtual time that begins with them."""

    async def together() -> list[Any]:
        return await asyncio.gather(*calls, return_exceptions=True)

    found: list[Any] = run(1, lambda _loop: together())
    return found


def test_twenty_go_at_once_and_the_next_twenty_a_second_later():
    pace = Pace(20)

    assert sorted(at_once(*(called(pace) for _ in range(45)))) == [0] * 20 + [SPAN_S] * 20 + [2 * SPAN_S] * 5


def test_what_a_call_takes_counts_too():
    """Nobody knows when it got there: only its end is sure."""
    pace = Pace(1)

    async def slow() -> float:
        async with pace.turn("POST", SEND):
            began = asyncio.get_running_loop().time()
            await asyncio.sleep(0.5)
        return began

    assert sorted(at_once(slow(), slow())) == [0, pytest.approx(0.5 + SPAN_S)]


def test_each_api_has_its_own_twenty():
    pace = Pace(20)
    calls = [("POST", SEND), ("POST", "/v1.0/card/instances"), ("PUT", "/v1.0/card/instances")]

    assert at_once(*(called(pace, path, method=how) for how, path in calls for _ in range(20))) == [0] * 60


def test_whose_it_is_makes_no_other_api_of_it():
    """A to-do's path names its owner and itself."""
    pace = Pace(20)

    assert max(at_once(*(called(pace, f"/v1.0/todo/users/u{n}/tasks/t{n}") for n in range(21)))) == SPAN_S


def test_what_would_wait_too_long_is_told_to_come_again():
    pace = Pace(20)

    found = at_once(*(called(pace) for _ in range(100)))

    refused = [one for one in found if isinstance(one, PlatformBusyError)]
    assert len(found) - len(refused) == 20 * (1 + int(PATIENCE_S / SPAN_S))
    assert {one.retry_after.total_seconds() for one in refused} == {SPAN_S}


def test_who_reads_much_may_wait_longer():
    """An address book of hundreds of departments is read to its end."""
    pace, path = Pace(20), "/topapi/v2/department/listsub"

    found = at_once(*(called(pace, path, patience_s=READING_S) for _ in range(400)))

    assert max(found) == pytest.approx(19 * SPAN_S)


@pytest.fixture
async def simulator():
    running = await start_simulator(
        host="127.0.0.1", port=0, clock=system_clock, monotonic=time.monotonic, rng=random.Random(3),
        secrets=DemoSecrets.invent(seeded_random_bytes(3)),
    )  # fmt: skip
    yield running
    await running.stop()


async def test_the_platform_never_has_to_refuse(simulator):
    """Against one that counts: thirty at once get through, and none is told that it was too many."""
    ding = simulator.dingtalk.world
    settings = config(
        client_id=ding.app.client_id, client_secret=ding.app.client_secret,
        api_base=simulator.base_url, oapi_base=simulator.base_url,
    )  # fmt: skip
    client = Client(settings, time.monotonic)

    found = await asyncio.gather(*(client.contacts(USER, {"userid": "0421003"}) for _ in range(30)))
    await client.close()

    assert {one["result"]["name"] for one in found} == {"何静"}
    assert len([one for one in ding.wire.after(0) if one.path == USER]) == 30
