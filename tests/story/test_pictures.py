"""Numbers that people would rather look at: asked in chat, answered in words and as a picture."""

from __future__ import annotations

import os
import signal

import pytest

from bot.simulator.dingtalk.driver import Driver
from bot.store import incidents
from bot.worker.painting import Painting
from tests.conftest import NOW
from tests.story.conftest import ShiftedClock, running
from tests.story.test_dingtalk import enquires, known

WANG = {"name": "王芳", "phone": "13912345678", "company": "星河制造", "city": "上海", "consent": True}
PNG = b"\x89PNG\r\n\x1a\n"
BOSS, WANGLEI = "chenli", "manager3"
WITHIN = 30.0


@pytest.fixture
async def story(sqlite_url):
    async with running(sqlite_url, clock=ShiftedClock(NOW)) as world:
        await enquires(world, **WANG)
        await world.quiet(within=WITHIN)
        yield world


def images(world) -> list:
    return [m for m in world.people.messages(BOSS) if m.kind == "image"]


async def shows(world, count: int) -> None:
    """Wait until so many pictures are in the boss's chat."""
    await world.people.until(lambda: len(images(world)) == count, within=WITHIN)


async def png_of(world, url: str) -> bytes:
    async with world.http.get(url) as response:
        assert response.status == 200
        return await response.read()


async def test_an_answer_comes_in_words_and_as_a_picture(story):
    """The words first; the picture is a real upload that the chat can open, another one for each question."""
    found = set[bytes]()
    for at, asked in enumerate(["本周每天新增线索", "本月漏斗", "本月各大区新增线索排名"], 1):
        await story.people.say(BOSS, asked)
        await shows(story, at)
        said, image = story.people.messages(BOSS)[-2:]
        assert "口径：" in said.text
        found.add(await png_of(story, image.card["url"]))
    assert len(found) == 3
    assert all(one.startswith(PNG) for one in found)


async def test_a_single_number_is_a_card_without_a_picture(story):
    """It is as large as it can be already."""
    await story.people.say(BOSS, "本月新增多少线索")
    await story.sees(BOSS, "口径：", within=WITHIN)
    await story.quiet(within=WITHIN)
    assert images(story) == []


async def test_it_works_on_dingtalk_too(sqlite_url):
    """As an image message of the robot's, by the id of an upload."""
    async with running(sqlite_url, clock=ShiftedClock(NOW), dingtalk=True) as world:
        ding = Driver(world.simulator.dingtalk)
        await ding.until(lambda: ding.world.connections, within=WITHIN)
        await known(world, ding)
        await enquires(world, **WANG)

        assert await ding.say(WANGLEI, "本周每天新增线索")

        def pictures() -> list:
            return [one for one in ding.entries(WANGLEI) if one["kind"] == "image"]

        await ding.until(pictures, within=WITHIN)
        assert any("口径：" in one for one in ding.texts(WANGLEI))
        assert (await png_of(world, pictures()[0]["card"]["url"])).startswith(PNG)


async def test_a_painter_that_dies_is_started_again(story):
    """Killed between two questions: the second one has its picture all the same."""
    await story.people.say(BOSS, "本周每天新增线索")
    await shows(story, 1)

    painting = story.app.bench.painting
    was = painting.pid
    os.kill(was, signal.SIGKILL)
    await story.people.say(BOSS, "本月每天新增线索")

    await shows(story, 2)
    assert painting.pid not in {None, was}


async def test_without_a_painter_the_words_stand_and_it_is_counted(story):
    """Nothing else is said, and nothing is lost."""
    story.app.bench.painting = Painting(("/nowhere/python",))

    await story.people.say(BOSS, "本周每天新增线索")

    await story.sees(BOSS, "口径：", within=WITHIN)
    await story.quiet(within=WITHIN)
    assert images(story) == []
    async with story.app.bench.store.read() as tx:
        counted = await incidents.totals(tx)
    assert counted["chart.not_drawn", "not_set_up"] == 1
    assert counted["send.skipped", "not_drawn"] == 1
