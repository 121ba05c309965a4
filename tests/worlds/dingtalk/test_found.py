"""What worlds with DingTalk found first, told again without chance."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from bot.simulator.dingtalk import views
from tests.worlds import logs, loop
from tests.worlds.blend import Blend
from tests.worlds.house import Parts
from tests.worlds.world import World, settled

FORM = {"name": "王芳", "phone": "13912345678", "city": "上海", "consent": "on"}


def labels(world, card, viewer):
    face = views.face(world.ding.world.templates[card.template], card.seen_by(viewer))
    return [one["text"] for one in face["buttons"]]


@pytest.mark.parametrize("by", ["http", "stream"])
def test_a_tap_that_comes_again_since_its_answer_was_lost_changes_the_card(by):
    """The platform never heard the first answer, in which the card was changed: the next one says it again."""
    blend = Blend(wecom=False, dingtalk=by)
    settled(blend.founding)

    async def main(virtual):
        world = World(5, virtual, Parts(blend=blend))
        weather = world.weather
        weather.rates = dict.fromkeys(weather.rates, 0.0)
        world.start()
        await asyncio.sleep(10)
        body = orjson.dumps(FORM)
        answer = await world.doors()[0].ask(
            "POST", "/forms/website", body, {"Content-Type": "application/json"}
        )
        assert answer is not None
        assert answer.status == 200
        await asyncio.sleep(10)
        entry = next(one for one in world.ding.world.people["d-zhouning"].entries if one.out_track_id)
        card = world.ding.world.cards[entry.out_track_id]
        before = labels(world, card, "d-zhouning")
        weather.rates["ack_lost"] = 1.0
        world.ding_life.members.tap("d-zhouning", entry.id, "button1", {})
        await asyncio.sleep(5)
        unheard = labels(world, card, "d-zhouning")
        weather.rates["ack_lost"] = 0.0
        await asyncio.sleep(70)
        return before, unheard, labels(world, card, "d-zhouning")

    with logs.kept():
        before, unheard, after = loop.run(1, main)
    assert "领取" in before
    assert unheard == before
    assert "领取" not in after
    assert "跟进" in after
