"""Those inside a journey when its file changes: moved only where the step is the one that they stand at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.crm.journey_commands import PublishJourney
from bot.journeys.simulate import Happening
from tests.conftest import NOW
from tests.handlers.workday import LINA
from tests.intake.world import hire
from tests.journeys.fleet import Fleet, with_journeys
from tests.journeys.test_in_chat import MARY, ON_FORM, say, told


async def move_three(lite, company, old: list, new: list) -> tuple[Fleet, str, str]:
    """Three stand in the first pause of the old steps; what the plan of the new ones said, and the answer to a move."""
    found = Fleet(lite, with_journeys(company, {"跟进": {"enter": ON_FORM, "steps": old}}), NOW)
    await found.do(lambda desk: hire(desk, MARY, LINA))
    for n in range(1, 4):
        await found.lead(f"L{n}", name=f"客户{n}", city="上海", external_id=f"e{n}", owner_id=LINA.id)
    await found.define()
    for n in range(1, 4):
        await found.happen(Happening(NOW, "form", "whitepaper"), f"L{n}")
    await found.settle()
    found.company = with_journeys(company, {"跟进": {"enter": ON_FORM, "steps": new}})
    asked = await say(found, "发布旅程 跟进")
    done = await say(found, PublishJourney("跟进", asked.card.buttons[0].command.sure, "yes"))
    return found, told(asked), told(done)


def _by_city(*others: dict) -> dict:
    shanghai = {
        "when": {"field": "city", "op": "=", "value": "上海"},
        "steps": [{"notify": "owner", "text": "约"}],
    }
    return {"branch": [shanghai], "else": list(others)}


async def test_nobody_is_moved_to_another_step_that_only_bears_the_name_of_his(lite, company):
    """Without the first pause the one inside the branch is called `wait`: on a way that none of them takes."""
    pause = {"wait": "1天"}
    old, new = [pause, _by_city(pause), {"touch": "b"}], [{"touch": "a"}, _by_city(pause), {"touch": "b"}]

    fleet, plan, done = await move_three(lite, company, old, new)

    assert "0 人可以换到新版；3 人所在的步骤新版没有" in plan
    assert "等 1天 3 人" in plan
    assert "里面 0 人已换到新版" in done
    await fleet.pass_until(NOW + timedelta(days=4))
    assert [one.content for one in fleet.asked] == ["b"] * 3


@pytest.mark.parametrize(
    ("new", "moved"),
    [
        pytest.param([{"wait": "3天"}, {"touch": "c"}], 3, id="all before him is as it was"),
        pytest.param(
            [{"tag": "新"}, {"wait": "3天"}, {"touch": "a"}, {"wait": "3天"}], 3, id="all after him is"
        ),
        pytest.param([{"wait": "5天"}, {"touch": "a"}, {"wait": "3天"}], 0, id="another pause"),
        pytest.param([{"touch": "a"}, {"wait": "3天"}], 0, id="his pause taken out"),
        pytest.param([{"touch": "a"}, {"wait": "3天"}, {"touch": "b"}], 0, id="his pause elsewhere"),
    ],
)
async def test_a_step_without_a_name_is_the_same_one_by_what_stands_around_it(lite, company, new, moved):
    old = [{"wait": "3天"}, {"touch": "a"}, {"wait": "3天"}]

    _, _, done = await move_three(lite, company, old, new)

    assert f"里面 {moved} 人已换到新版" in done


async def test_a_step_with_a_name_stays_his_wherever_it_goes(lite, company):
    """That is what `id` is for: the pause is longer, stands elsewhere, and is his."""
    old = [{"id": "rest", "wait": "3天"}, {"touch": "a"}]
    new = [{"touch": "c"}, _by_city({"touch": "d"}), {"id": "rest", "wait": "5天"}, {"touch": "b"}]

    fleet, plan, done = await move_three(lite, company, old, new)

    assert "3 人可以换到新版" in plan
    assert "里面 3 人已换到新版" in done
    assert "换到别的版本的人，算在换去的那一版" in told(await say(fleet, "旅程 跟进 结果 第 1 版"))
    assert "进入 3 人" in told(await say(fleet, "旅程 跟进 结果 第 2 版"))
    await fleet.pass_until(NOW + timedelta(days=6))
    assert [one.content for one in fleet.asked] == ["b"] * 3


async def test_a_name_given_to_a_step_that_had_none_is_another_one(lite, company):
    """`wait` was only what the first pause happened to be called."""
    old = [{"wait": "3天"}, {"touch": "a"}]
    new = [{"touch": "a"}, {"id": "wait", "wait": "3天"}, {"touch": "b"}]

    _, _, done = await move_three(lite, company, old, new)

    assert "里面 0 人已换到新版" in done
