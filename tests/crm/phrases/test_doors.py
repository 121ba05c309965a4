"""Words about doors and standing codes, and what only looks like them."""

from __future__ import annotations

import pytest

from bot.crm import phrases
from bot.crm.capture_commands import RetryArrivals, ShowDoors, ShowStandingWay
from bot.crm.commands import Ask


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("接入情况", ShowDoors()),
        ("接入 情况。", ShowDoors()),
        ("推送地址", ShowDoors()),
        ("重试 金数据", RetryArrivals("金数据")),
        ("重试", RetryArrivals("")),
        ("活码", ShowStandingWay()),
        ("活码 展会", ShowStandingWay("展会")),
        ("活码：抖音主页", ShowStandingWay("抖音主页")),
        ("获客链接 抖音主页", ShowStandingWay("抖音主页")),
    ],
)
def test_words_lead_to_commands(said, command):
    assert phrases.parse(said) == command


@pytest.mark.parametrize("said", ["活码带来多少线索", "本月接入多少线索", "重试了几次"])
def test_questions_stay_questions(said):
    assert isinstance(phrases.parse(said), Ask)
