"""A neutral card becomes the template card that WeCom shows, within WeCom's limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
import structlog

from bot.adapters.wecom.cards import NOWHERE, Drawn, draw
from bot.adapters.wecom.width import width
from bot.chat.card import Button, Card, Choice, Field
from bot.errors import PlatformRejectedError

OFFER = Card(
    kind="lead_offered",
    title="新线索 L7：张三 · 云杉科技",
    note="官网询价 · 60 分",
    source="客铃",
    fields=(
        Field("公司", "云杉科技"),
        Field("电话", "138****5678", url="tel:13800005678"),
        Field("负责人", "李四", user_id="lisi"),
    ),
    text="话术：先问用量，再约演示。",
    buttons=(
        Button("领取", command="claim", style="primary"),
        Button("无效", command="reject", style="danger"),
        Button("详情", url="https://crm.example.com/l/L7"),
    ),
)
SEALED = ("lead.claim?lead_id=L7~x", "lead.reject?lead_id=L7~y", "")
NOTICE = Card(kind="lead_won", title="喜报", emphasis=("¥120,000", "赢单金额"))


def drawn(card: Card, sealed: tuple[str, ...] | None = None, task_id: str = "T-1", home: str = "") -> dict:
    sealed = tuple("" if b.url else f"k{i}" for i, b in enumerate(card.buttons)) if sealed is None else sealed
    return draw(card, sealed=sealed, task_id=task_id, home_url=home).template_card


def refusal(card: Card, sealed: tuple[str, ...] | None = None, **kw: str) -> str:
    with pytest.raises(PlatformRejectedError) as caught:
        drawn(card, sealed, **kw)
    return str(caught.value)


def test_a_card_with_commands_is_interactive():
    assert draw(OFFER, sealed=SEALED, task_id="T-1", home_url="") == Drawn(
        {
            "card_type": "button_interaction",
            "task_id": "T-1",
            "main_title": {"title": "新线索 L7：张三 · 云杉科技", "desc": "官网询价 · 60 分"},
            "source": {"desc": "客铃", "desc_color": 0},
            "sub_title_text": "话术：先问用量，再约演示。",
            "horizontal_content_list": [
                {"keyname": "公司", "value": "云杉科技"},
                {"type": 1, "keyname": "电话", "value": "138****5678", "url": "tel:13800005678"},
                {"type": 3, "keyname": "负责人", "value": "李四", "userid": "lisi"},
            ],
            "button_list": [
                {"type": 0, "text": "领取", "style": 1, "key": "lead.claim?lead_id=L7~x"},
                {"type": 0, "text": "无效", "style": 3, "key": "lead.reject?lead_id=L7~y"},
                {"type": 1, "text": "详情", "style": 2, "url": "https://crm.example.com/l/L7"},
            ],
        },
        is_interactive=True,
    )


def test_a_card_without_commands_is_a_notice():
    """It must lead somewhere: to its own address, else home, else where it does no harm."""
    assert draw(NOTICE, sealed=(), task_id="T-1", home_url="") == Drawn(
        {
            "card_type": "text_notice",
            "main_title": {"title": "喜报"},
            "emphasis_content": {"title": "¥120,000", "desc": "赢单金额"},
            "card_action": {"type": 1, "url": NOWHERE},
        },
        is_interactive=False,
    )
    assert drawn(NOTICE, home="https://crm.example.com")["card_action"]["url"] == "https://crm.example.com"
    own = replace(NOTICE, url="https://crm.example.com/d/9")
    assert drawn(own, home="https://crm.example.com")["card_action"]["url"] == "https://crm.example.com/d/9"


def test_links_alone_become_jumps():
    """A card of links alone has nothing to press, so it stays a notice."""
    links = tuple(Button(f"第{n}个", url=f"https://e.com/{n}") for n in range(3))

    card = drawn(replace(NOTICE, buttons=links))

    assert card["card_type"] == "text_notice"
    assert card["jump_list"] == [
        {"type": 1, "title": f"第{n}个", "url": f"https://e.com/{n}"} for n in range(3)
    ]


def test_a_choice_is_a_drop_down():
    choice = Choice("reason", "无效原因", (("wrong_number", "空号"), ("peer", "同行")), selected="peer")

    card = drawn(replace(OFFER, choice=choice))

    assert card["button_selection"] == {
        "question_key": "reason",
        "title": "无效原因",
        "option_list": [{"id": "wrong_number", "text": "空号"}, {"id": "peer", "text": "同行"}],
        "selected_id": "peer",
    }


def test_a_big_figure_on_a_card_with_buttons_becomes_a_line():
    """Only notices have a place for it."""
    assert drawn(replace(OFFER, emphasis=("60", "分数")))["sub_title_text"].startswith("分数 60\n话术")


def test_everything_is_cut_to_its_limit():
    long = "很长的文字" * 100
    choice = Choice("q", long, tuple((f"o{n}", long) for n in range(10)))
    card = drawn(
        Card(
            kind="k",
            title=long,
            note=long,
            source=long,
            text=long,
            fields=tuple(Field(long, long) for _ in range(6)),
            choice=choice,
            buttons=tuple(Button(long, command=n) for n in range(6)),
        )
    )

    assert width(card["main_title"]["title"]) == 36
    assert width(card["main_title"]["desc"]) == 44
    assert width(card["source"]["desc"]) == 20
    assert width(card["sub_title_text"]) == 160
    assert {(width(f["keyname"]), width(f["value"])) for f in card["horizontal_content_list"]} == {(5, 30)}
    assert {width(b["text"]) for b in card["button_list"]} == {10}
    assert {width(o["text"]) for o in card["button_selection"]["option_list"]} == {16}
    assert width(card["button_selection"]["title"]) == 13
    notice = drawn(replace(NOTICE, emphasis=(long, long), buttons=(Button(long, url="https://e.com"),)))
    assert width(notice["emphasis_content"]["title"]) == 14
    assert width(notice["emphasis_content"]["desc"]) == 22
    assert width(notice["jump_list"][0]["title"]) == 18


def test_a_seventh_field_becomes_a_line():
    """Nothing that was said gets lost."""
    card = drawn(replace(OFFER, fields=tuple(Field(f"栏{n}", f"值{n}") for n in range(8))))

    assert len(card["horizontal_content_list"]) == 6
    assert card["sub_title_text"] == "栏6：值6\n栏7：值7\n话术：先问用量，再约演示。"


@pytest.mark.parametrize(
    ("card", "what", "path"),
    [
        (
            replace(OFFER, buttons=tuple(Button(f"{n}", command=n) for n in range(8))),
            "buttons",
            "button_list",
        ),
        (
            replace(NOTICE, buttons=tuple(Button(f"{n}", url="https://e.com") for n in range(5))),
            "links",
            "jump_list",
        ),
    ],
)
def test_what_has_no_room_is_left_out_aloud(card, what, path):
    with structlog.testing.capture_logs() as logs:
        shown = drawn(card)

    assert len(shown[path]) == {"buttons": 6, "links": 3}[what]
    assert [(log["event"], log["kind"], log["what"], log["given"]) for log in logs] == [
        ("card.cut", card.kind, what, len(card.buttons))
    ]


def test_an_eleventh_option_is_left_out_aloud():
    choice = Choice("q", "原因", tuple((f"o{n}", f"第{n}") for n in range(12)), selected="o11")

    with structlog.testing.capture_logs() as logs:
        shown = drawn(replace(OFFER, choice=choice))["button_selection"]

    assert len(shown["option_list"]) == 10
    assert "selected_id" not in shown
    assert logs[0]["what"] == "options"


def test_what_a_customer_wrote_stays_on_its_line():
    """Line breaks and reversed text in a name do not rearrange the card."""
    card = drawn(replace(OFFER, title="张\n\n三\u202e公司", fields=(Field("公\n司", "a\r\n\x00b"),)))

    assert card["main_title"]["title"] == "张 三公司"
    assert card["horizontal_content_list"] == [{"keyname": "公 司", "value": "a b"}]


def test_an_empty_value_is_shown_as_a_dash():
    assert drawn(replace(OFFER, fields=(Field("来源", ""),)))["horizontal_content_list"] == [
        {"keyname": "来源", "value": "—"}
    ]


@pytest.mark.parametrize("task_id", ["", "a" * 129, "L7:1", "线索", "a b", "a\n", "a.b"])
def test_a_key_of_another_shape_is_refused_here(task_id):
    """So that the platform's 42014 can only mean: it has hung there before."""
    assert "card key" in refusal(OFFER, task_id=task_id)


@pytest.mark.parametrize(
    ("card", "sealed", "why"),
    [
        (OFFER, ("k",), "3 buttons, 1 commands"),
        (OFFER, ("", "k", ""), "1 to 1024"),
        (OFFER, ("键" * 342, "k", ""), "1 to 1024"),
        (replace(OFFER, title=" \n"), None, "title"),
        (replace(OFFER, buttons=(Button("", command="x"),)), None, "label"),
        (replace(NOTICE, choice=Choice("q", "t", (("a", "b"),))), None, "a button"),
        (replace(OFFER, choice=Choice("q", "t", ())), None, "options"),
        (replace(OFFER, choice=Choice("q", "t", (("", "b"),))), None, "options"),
        (replace(NOTICE, title=""), None, "title or a text"),
        (replace(NOTICE, url="javascript:alert(1)"), None, "link"),
        (replace(NOTICE, url="https://e.com/" + "a" * 2048), None, "link"),
        (replace(NOTICE, url="https://e.com/\n"), None, "link"),
        (replace(OFFER, fields=(Field("a", "b", url="file:///etc/passwd"),)), None, "link"),
        (replace(OFFER, buttons=(Button("a", url="//evil"), Button("b", command="x"))), None, "link"),
    ],
)
def test_a_card_that_cannot_be_shown_is_refused(card, sealed, why):
    assert why in refusal(card, sealed)
