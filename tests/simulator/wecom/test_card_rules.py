"""The table of template card rules, one broken rule a line."""

from __future__ import annotations

import copy

import pytest

ACTION = {"type": 1, "url": "https://example.com"}
OPTIONS = [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}]
CARDS = {
    "text_notice": {
        "card_type": "text_notice",
        "main_title": {"title": "通知"},
        "sub_title_text": "正文",
        "card_action": ACTION,
        "horizontal_content_list": [{"keyname": "来源", "value": "官网"}],
        "jump_list": [{"type": 1, "title": "打开", "url": "https://example.com"}],
        "quote_area": {"type": 1, "url": "https://example.com", "quote_text": "原话"},
    },
    "news_notice": {
        "card_type": "news_notice",
        "main_title": {"title": "图文"},
        "card_image": {"url": "https://example.com/a.png", "aspect_ratio": 1.3},
        "card_action": ACTION,
        "vertical_content_list": [{"title": "一", "desc": "二"}],
    },
    "button_interaction": {
        "card_type": "button_interaction",
        "task_id": "t-1",
        "main_title": {"title": "线索"},
        "button_list": [
            {"text": "领取", "style": 1, "key": "k1"},
            {"text": "打开", "type": 1, "url": "https://a"},
        ],
        "button_selection": {
            "question_key": "q",
            "title": "原因",
            "option_list": OPTIONS,
            "selected_id": "a",
        },
        "action_menu": {"desc": "更多", "action_list": [{"text": "无效", "key": "m1"}]},
    },
    "vote_interaction": {
        "card_type": "vote_interaction",
        "task_id": "t-1",
        "main_title": {"title": "选择"},
        "checkbox": {"question_key": "q", "mode": 1, "option_list": OPTIONS},
        "submit_button": {"text": "提交", "key": "s"},
    },
    "multiple_interaction": {
        "card_type": "multiple_interaction",
        "task_id": "t-1",
        "main_title": {"title": "多选"},
        "select_list": [{"question_key": "q", "title": "题", "option_list": OPTIONS}],
        "submit_button": {"text": "提交", "key": "s"},
    },
}
DELETED = object()


def changed(card_type, path, value):
    """The good card with one thing in it replaced, or taken away."""
    card = copy.deepcopy(CARDS[card_type])
    *above, last = path
    place = card
    for step in above:
        place = place[step]
    if value is DELETED:
        del place[last]
    else:
        place[last] = value
    return card


@pytest.mark.parametrize("card_type", CARDS)
async def test_a_good_card_of_each_type_is_shown(sim, card_type):
    """All five types arrive; those that can be tapped come with a response code."""
    answer = await sim.send_card("zhangsan", CARDS[card_type])

    assert answer["errcode"] == 0
    assert sim.driver.cards("zhangsan")[0]["card_type"] == card_type
    assert ("response_code" in answer) == (card_type not in {"text_notice", "news_notice"})


async def test_a_notice_with_a_menu_is_interactive(sim):
    """A text notice with action_menu needs a task id and has a response code."""
    card = CARDS["text_notice"] | {
        "action_menu": {"desc": "更多", "action_list": [{"text": "退订", "key": "off"}]}
    }

    without = await sim.send_card("zhangsan", card)
    with_id = await sim.send_card("zhangsan", card | {"task_id": "t-9"})

    assert without["errcode"] == 42014
    assert with_id["response_code"]


BROKEN = [
    ("text_notice", ["card_type"], "poster", 42031),
    ("text_notice", ["card_action"], DELETED, 42045),
    ("text_notice", ["card_action"], {"type": 7}, 42045),
    ("text_notice", ["card_action"], {"type": 1, "url": "example.com"}, 42028),
    ("text_notice", ["card_action"], {"type": 2}, 42030),
    ("text_notice", ["horizontal_content_list"], [{"keyname": "k"}] * 7, 42035),
    ("text_notice", ["horizontal_content_list"], [{"value": "v"}], 42027),
    ("text_notice", ["horizontal_content_list"], [{"keyname": "k", "type": 1}], 42028),
    ("text_notice", ["horizontal_content_list"], [{"keyname": "k", "type": 2, "media_id": "x"}], 42029),
    ("text_notice", ["horizontal_content_list"], [{"keyname": "k", "type": 3, "userid": "ghost"}], 42050),
    ("text_notice", ["jump_list"], [{"title": "t"}] * 4, 42042),
    ("text_notice", ["jump_list", 0, "title"], "", 42033),
    ("text_notice", ["quote_area"], {"type": 1}, 42028),
    ("text_notice", ["quote_area"], {"type": 2}, 42030),
    ("news_notice", ["main_title", "title"], "", 42033),
    ("news_notice", ["card_image"], DELETED, 42044),
    ("news_notice", ["card_image", "aspect_ratio"], 3, 42044),
    ("news_notice", ["vertical_content_list"], [{"title": "t"}] * 5, 42036),
    ("news_notice", ["vertical_content_list", 0, "title"], "", 42033),
    ("button_interaction", ["task_id"], DELETED, 42014),
    ("button_interaction", ["task_id"], "a b", 42014),
    ("button_interaction", ["task_id"], "x" * 129, 42014),
    ("button_interaction", ["main_title"], DELETED, 42033),
    ("button_interaction", ["button_list"], [], 42048),
    ("button_interaction", ["button_list", 0, "text"], "", 42038),
    ("button_interaction", ["button_list", 0, "key"], "", 42039),
    ("button_interaction", ["button_list", 0, "key"], "键" * 342, 42039),
    ("button_interaction", ["button_list", 1, "url"], "", 42028),
    ("button_interaction", ["button_list", 1], {"text": "再领", "key": "k1"}, 42051),
    ("button_interaction", ["button_selection", "question_key"], "", 42037),
    ("button_interaction", ["button_selection", "option_list"], [], 42040),
    ("button_interaction", ["button_selection", "option_list"], OPTIONS * 6, 42040),
    ("button_interaction", ["button_selection", "option_list", 0, "id"], "i" * 129, 42041),
    ("button_interaction", ["button_selection", "option_list", 0, "text"], "", 42043),
    ("button_interaction", ["action_menu", "action_list"], [{"text": "t", "key": "k"}] * 2, 42051),
    ("vote_interaction", ["checkbox"], DELETED, 42037),
    ("vote_interaction", ["checkbox", "option_list"], OPTIONS * 11, 42040),
    ("vote_interaction", ["submit_button", "text"], "", 42049),
    ("vote_interaction", ["submit_button", "key"], "", 42046),
    ("multiple_interaction", ["select_list"], [], 42047),
    ("multiple_interaction", ["select_list", 0, "question_key"], DELETED, 42037),
    ("multiple_interaction", ["main_title", "title"], "", 42033),
]


@pytest.mark.parametrize(("card_type", "path", "value", "code"), BROKEN)
async def test_a_broken_card_is_refused_with_its_code(sim, card_type, path, value, code):
    """Nothing is shown, and the code says which part is wrong."""
    answer = await sim.send_card("zhangsan", changed(card_type, path, value))

    assert answer["errcode"] == code
    assert sim.driver.cards("zhangsan") == []


async def test_suggested_lengths_are_not_enforced(sim):
    """A title above the suggestion is taken: the client cuts it on the screen."""
    assert (await sim.send_card("zhangsan", changed("text_notice", ["main_title", "title"], "长" * 90)))[
        "errcode"
    ] == 0


async def test_a_task_id_is_used_once_for_ever(sim, card):
    """A second card with the same task id is 42014, even with the repeat check on."""
    first = await sim.send_card("zhangsan", card(), enable_duplicate_check=1)
    again = await sim.send_card("zhangsan", card(), enable_duplicate_check=1)
    other = await sim.send_card("lina", card())

    assert first["errcode"] == 0
    assert again["errcode"] == other["errcode"] == 42014
    assert len(sim.driver.cards("zhangsan")) == 1


async def test_a_refused_card_leaves_its_task_id_free(sim, card):
    """42014 can only mean that the card existed."""
    await sim.send_card("ghost", card())
    await sim.send_card("zhangsan", card(button_list=[]))

    assert (await sim.send_card("zhangsan", card()))["errcode"] == 0


async def test_an_app_without_a_callback_address_sends_no_interactive_card(sim, card):
    """43012; a notice needs no callback."""
    sim.world.app.callback_url = ""

    assert (await sim.send_card("zhangsan", card()))["errcode"] == 43012
    assert (await sim.send_card("zhangsan", CARDS["text_notice"]))["errcode"] == 0
