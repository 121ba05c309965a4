"""The robot of the simulated company, and a program that speaks for it."""

from __future__ import annotations

import pytest

from tests.simulator.wecom.robot.program import Program


@pytest.fixture
async def connect(sim):
    """Open connections that are closed at the end."""
    opened = []

    async def open_one():
        ws = await sim.http.ws_connect(sim.running.robot_url)
        opened.append(ws)
        return Program(ws, sim.app.secrets)

    yield open_one
    for ws in opened:
        await ws.close()


@pytest.fixture
async def program(connect):
    """Connected and subscribed."""
    one = await connect()
    assert (await one.subscribe())["errcode"] == 0
    return one


@pytest.fixture
def people(sim):
    return sim.running.hands.robot


@pytest.fixture
def group(people):
    """Two reps and their manager, with the robot."""
    return people.found_group("华东销售", ["zhangsan", "lina", "wanglei"])


def claim(task_id="lead-1", **parts):
    """A card that offers a lead."""
    return {
        "card_type": "button_interaction",
        "task_id": task_id,
        "main_title": {"title": "新线索 L1"},
        "button_list": [{"text": "领取", "style": 1, "key": "claim:1"}],
    } | parts


@pytest.fixture
def card():
    return claim


@pytest.fixture
async def asked(program, people):
    """Somebody has written in the chat of two: the callback."""
    people.write("zhangsan", "你好")
    return await program.heard()


@pytest.fixture
async def mentioned(program, people, group):
    """Somebody has mentioned the robot in the group: the callback."""
    people.write("lina", "@客铃助手 在吗", chat=group.id)
    return await program.heard()
