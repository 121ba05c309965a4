"""A card of ours finds its kind among the five, and comes back with what was ticked or chosen."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timezone

import pytest
import structlog

from bot.adapters.wecom.card_parts import ROBOT
from bot.adapters.wecom.cards import draw
from bot.adapters.wecom.decode import decode
from bot.adapters.wecom.width import width
from bot.chat.card import Button, Card, Choice, Field, Picture, Poll
from bot.chat.inbound import Tap
from bot.errors import PlatformRejectedError
from bot.kit.xml import render
from bot.simulator.wecom.card_rules import check_card, is_interactive
from bot.simulator.wecom.model import App
from bot.simulator.wecom.world import World

LOSE = Card(
    kind="deal_lose",
    source="D4",
    title="输单原因：云杉 · 专业版",
    note="选一个原因",
    poll=Poll("reason", (("价格", "价格"), ("竞品", "竞品"))),
    buttons=(Button("确认输单", command="lose", style="danger"), Button("返回", command="show")),
)
GIVE = Card(
    kind="lead_reassign",
    title="改派：林晓",
    questions=(
        Choice("to", "给谁", (("lisi", "李四"), ("wangwu", "王五")), selected="wangwu"),
        Choice("why", "原因", (("-", "不说明"), ("休假", "休假"))),
    ),
    buttons=(Button("确定", command="give"), Button("取消", command="show")),
)
CHART = Card(
    kind="good_news",
    title="喜报：李四签单",
    note="上海组",
    text="第一段\n\n第二段",
    emphasis=("¥4.8万", "金额"),
    fields=(Field("产品", "专业版"),),
    buttons=(Button("看榜", url="https://crm.example.com/top"),),
    picture=Picture("https://crm.example.com/p.png", ratio=3.0),
)
SHOWN = Card(kind="lead_gone", title="林晓", note="你已转交给李四", text="操作：张三")
SEALED = ("deal.lose?opportunity_id=D4~1~mac", "deal.show?opportunity_id=D4~1~cam")


def drawn(card: Card, sealed: tuple[str, ...] = SEALED, **more) -> dict:
    return draw(card, sealed=sealed, task_id="T-1", home_url="https://crm.example.com", **more).template_card


def world() -> World:
    app = App("ww1", 1, "客铃", secret="s", token="t", aes_key="k")
    return World(
        company="云帆",
        app=app,
        clock=lambda: datetime(2026, 11, 18, tzinfo=timezone.utc),
        rng=random.Random(1),
    )


def test_a_poll_is_a_vote():
    """One button sends it off; the other one is a last option that carries its command."""
    assert drawn(LOSE) == {
        "card_type": "vote_interaction",
        "task_id": "T-1",
        "source": {"desc": "D4", "desc_color": 0},
        "main_title": {"title": "输单原因：云杉 · 专业版", "desc": "选一个原因"},
        "checkbox": {
            "question_key": "reason",
            "mode": 0,
            "option_list": [
                {"id": "价格", "text": "价格", "is_checked": False},
                {"id": "竞品", "text": "竞品", "is_checked": False},
                {"id": f"~>{SEALED[1]}", "text": "返回", "is_checked": False},
            ],
        },
        "submit_button": {"text": "确认输单", "key": SEALED[0]},
    }


def test_several_may_be_ticked():
    card = drawn(
        replace(LOSE, poll=Poll("day", (("a", "周一"), ("b", "周二")), many=True, ticked=("a", "b")))
    )

    assert card["checkbox"]["mode"] == 1
    assert [option["is_checked"] for option in card["checkbox"]["option_list"]] == [True, True, False]


def test_only_one_of_one_is_ticked():
    card = drawn(replace(LOSE, poll=replace(LOSE.poll, ticked=("竞品", "价格"))))

    assert [option["is_checked"] for option in card["checkbox"]["option_list"]] == [False, True, False]


def test_questions_are_drop_downs():
    """The way out stands in the first."""
    card = drawn(GIVE)

    assert card["card_type"] == "multiple_interaction"
    first, second = card["select_list"]
    assert first["question_key"] == "to"
    assert first["selected_id"] == "wangwu"
    assert [option["text"] for option in first["option_list"]] == ["李四", "王五", "取消"]
    assert [option["text"] for option in second["option_list"]] == ["不说明", "休假"]
    assert card["submit_button"] == {"text": "确定", "key": SEALED[0]}


def test_a_picture_makes_a_news_card():
    """Its paragraphs are titles of their own, and a picture too wide is shown as wide as one may be."""
    assert drawn(CHART, ("",)) == {
        "card_type": "news_notice",
        "main_title": {"title": "喜报：李四签单", "desc": "上海组"},
        "card_image": {"url": "https://crm.example.com/p.png", "aspect_ratio": 2.25},
        "vertical_content_list": [{"title": "金额 ¥4.8万"}, {"title": "第一段"}, {"title": "第二段"}],
        "horizontal_content_list": [{"keyname": "产品", "value": "专业版"}],
        "jump_list": [{"type": 1, "title": "看榜", "url": "https://crm.example.com/top"}],
        "card_action": {"type": 1, "url": "https://crm.example.com"},
    }


def test_rarer_commands_stand_behind_the_corner():
    """On a card with buttons and on a notice, which can be changed afterwards because of it."""
    menu = (Button("加微码", command="way"),)
    entry = {"desc": "更多操作", "action_list": [{"text": "加微码", "key": "way~1~m"}]}

    owned = Card(kind="k", title="林晓", buttons=(Button("跟进", command="f"),), menu=menu)
    assert drawn(owned, ("f~1~m", "way~1~m"))["action_menu"] == entry
    told = draw(replace(SHOWN, menu=menu), sealed=("way~1~m",), task_id="T-1", home_url="")
    assert told.is_interactive
    assert told.template_card["action_menu"] == entry
    assert told.template_card["task_id"] == "T-1"


@pytest.mark.parametrize(("asked", "kind"), [(LOSE, "vote_interaction"), (GIVE, "multiple_interaction")])
def test_an_answered_card_is_closed_in_its_own_kind(asked, kind):
    """One that became a mere notice has been seen to stay alive."""
    closed = drawn(SHOWN, (), before=asked)

    assert closed["card_type"] == kind
    assert closed["main_title"] == {"title": "林晓", "desc": "你已转交给李四 · 操作：张三"}
    assert closed["replace_text"] == "已处理"
    questions = [closed["checkbox"]] if "checkbox" in closed else closed["select_list"]
    assert all(question["disable"] for question in questions)
    check_card(world(), closed, is_update=True)


def test_an_answered_card_may_become_one_with_buttons():
    deal = Card(kind="deal", title="D4", buttons=(Button("跟进", command="f"),))

    assert drawn(deal, ("f~1~m",), before=LOSE)["card_type"] == "button_interaction"
    assert drawn(LOSE, before=LOSE)["card_type"] == "vote_interaction"


def test_the_platforms_rules_hold_for_each_kind():
    """As the simulator knows them, with everything as long as it gets."""
    long = "很长的文字" * 60
    many = tuple((f"id{n}", long) for n in range(30))
    cards = (
        (replace(SHOWN, text=long, fields=tuple(Field(long, long) for _ in range(9))), ()),
        (replace(CHART, text="\n".join([long] * 9), note=long), ("",)),
        (replace(LOSE, note=long, text=long, poll=Poll("reason", many)), SEALED),
        (replace(GIVE, questions=tuple(Choice(f"q{n}", long, many) for n in range(3))), SEALED),
        (
            Card(
                kind="k", title=long, choice=Choice("q", long, many), buttons=LOSE.buttons, menu=LOSE.buttons
            ),
            (*SEALED, "x~1~m", "y~1~m"),
        ),
    )
    for card, sealed in cards:
        for size in ({}, {"size": ROBOT}):
            shown = drawn(card, sealed, **size)
            check_card(world(), shown)
            assert is_interactive(shown) == bool(SEALED[0] in sealed)
    assert len({drawn(card, sealed)["card_type"] for card, sealed in cards}) == 5


def test_a_robots_card_is_narrower():
    long = "很长的文字" * 60
    card = drawn(replace(LOSE, title=long, poll=Poll("q", (("a", long),))), size=ROBOT)

    assert width(card["main_title"]["title"]) == 26
    assert width(card["checkbox"]["option_list"][0]["text"]) == 11


def test_what_has_no_room_is_left_out_aloud_and_the_way_out_stays():
    with structlog.testing.capture_logs() as logs:
        card = drawn(replace(LOSE, poll=Poll("q", tuple((f"o{n}", f"第{n}") for n in range(25)))))

    options = [option["text"] for option in card["checkbox"]["option_list"]]
    assert len(options) == 20
    assert options[-1] == "返回"
    assert [(log["event"], log["what"], log["given"]) for log in logs] == [("card.cut", "options", 25)]


def test_a_way_out_too_long_to_be_an_option_is_left_out_aloud():
    with structlog.testing.capture_logs() as logs:
        card = drawn(LOSE, (SEALED[0], "x" * 200))

    assert len(card["checkbox"]["option_list"]) == 2
    assert logs[0]["what"] == "ways out"


@pytest.mark.parametrize(
    ("card", "sealed", "why"),
    [
        (replace(LOSE, buttons=()), (), "a button to send"),
        (replace(LOSE, buttons=(Button("看", url="https://e.com"),)), ("",), "not by a link"),
        (replace(LOSE, title=" "), SEALED, "title"),
        (replace(LOSE, poll=Poll("", (("a", "b"),))), SEALED, "1 to 1024"),
        (replace(LOSE, poll=Poll("q", (("a", "b"), ("a", "c")))), SEALED, "two options"),
        (replace(LOSE, poll=Poll("q", (("长" * 43, "b"),))), SEALED, "1 to 128"),
        (replace(GIVE, questions=(GIVE.questions[0],) * 2), SEALED, "two questions"),
        (
            replace(GIVE, questions=tuple(Choice(f"q{n}", "t", (("a", "b"),)) for n in range(4))),
            SEALED,
            "at most 3",
        ),
        (replace(CHART, picture=Picture("tel:110")), ("",), "http or https"),
        (replace(CHART, title=""), ("",), "title"),
    ],
)
def test_a_card_that_cannot_be_shown_is_refused_here(card, sealed, why):
    with pytest.raises(PlatformRejectedError, match=why):
        drawn(card, sealed)


def test_a_card_asks_in_one_way():
    with pytest.raises(ValueError, match="one way"):
        replace(LOSE, choice=GIVE.questions[0])


def pressed(selected: dict[str, list[str]], key: str = SEALED[0]) -> Tap:
    items = [{"QuestionKey": question, "OptionIds": {"OptionId": ids}} for question, ids in selected.items()]
    event = {
        "FromUserName": "lisi", "CreateTime": "1795001400", "MsgType": "event",
        "Event": "template_card_event", "EventKey": key, "TaskId": "T-1", "CardType": "vote_interaction",
        "ResponseCode": "RC", "SelectedItems": {"SelectedItem": items},
    }  # fmt: skip
    tap = decode(render(event))
    assert isinstance(tap, Tap)
    return tap


def test_what_was_ticked_comes_back_with_the_press():
    tap = pressed({"reason": ["价格", "竞品"]})

    assert (tap.button, tap.selected) == (SEALED[0], {"reason": ("价格", "竞品")})


def test_who_chooses_the_way_out_presses_its_button():
    """Whatever else is ticked; nothing of it counts."""
    way = drawn(LOSE)["checkbox"]["option_list"][-1]["id"]

    for chosen in ([way], ["价格", way]):
        tap = pressed({"reason": chosen})
        assert (tap.button, tap.selected) == (SEALED[1], {})
