"""What the numbers are, said in chat: all of them in groups, and each by itself; to nobody more than he may see."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cards.texts import metrics as texts
from bot.crm.metrics.registry import METRICS
from bot.crm.user import Role
from tests.handlers.workday import ADMIN, LINA, WANG, ZHOU, Day, staff

COSTLY = ("渠道花费", "线索成本", "渠道ROI", "触达量", "打开率", "落地页转化率")


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


@pytest.mark.parametrize("said", ["帮助 指标", "帮助 数据", "帮助：口径"])
async def test_help_lists_the_numbers_in_groups(day: Day, said: str) -> None:
    """A director is told all of them, and how to go on."""
    reply = await day.says(ZHOU, said)

    lines = reply.text.splitlines()
    assert lines[0] == "可以问的指标："
    assert lines[1].startswith("· 线索：新增线索、再次咨询、MQL、")
    assert all(one.name in reply.text for one in METRICS.values())
    assert "什么是新增线索" in lines[-1]


@pytest.mark.parametrize("who", [LINA, WANG])
async def test_nobody_is_told_of_numbers_that_he_may_not_ask_for(day: Day, who: Any) -> None:
    """A rep and a manager have no costs, touches or pages."""
    reply = await day.says(who, "帮助 指标")

    assert "赢单金额" in reply.text
    assert not [name for name in COSTLY if name in reply.text]


async def test_an_admin_is_told_that_there_are_none_for_him(day: Day) -> None:
    assert (await day.says(ADMIN, "帮助 指标")).text == texts.NONE


@pytest.mark.parametrize("said", ["什么是MQL", "MQL怎么算", "mql是什么意思？", "市场认可线索的口径"])
async def test_a_number_is_explained(day: Day, said: str) -> None:
    """What it counts, what it is not, its unit, its time, what it is cut by, who may see it."""
    card = (await day.says(LINA, said)).card

    assert card is not None
    whole = "\n".join((card.title, card.text or ""))
    assert whole.startswith("MQL\n时间段内评分首次达到MQL线（默认40分）的线索数")
    for part in (
        "别弄混：不是当前仍在MQL线上",
        "单位：个数",
        "时间：数这段时间里发生的",
        "可以按：大区、组、负责人",
        "谁能看：",
    ):
        assert part in whole


async def test_what_he_may_not_see_is_not_explained_to_him(day: Day) -> None:
    """A rep who asks what ROI is learns nothing of it, a director does."""
    to_rep, to_director = await day.says(LINA, "什么是渠道ROI"), await day.says(ZHOU, "什么是渠道ROI")

    assert "花费" not in str(to_rep)
    assert "渠道花费" in str(to_director)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_every_number_can_be_explained_in_one_message(metric: Any) -> None:
    """Complete, and short enough for the smallest chat window."""
    said = texts.explained(metric)

    assert said.startswith(f"{metric.name}：")
    assert len(said.splitlines()) in {6, 7}
    assert len(said.encode()) < 1500


def test_the_list_fits_into_one_message() -> None:
    """WeCom cuts a text after 2048 bytes."""
    assert all(len(texts.listed(role).encode()) < 2048 for role in Role)
