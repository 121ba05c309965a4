"""What waits in the store is read back as it was, whatever it is."""

from __future__ import annotations

import orjson
import pytest

from bot.chat.card import Button, Card, Choice, Field, Picture, Poll
from bot.chat.outbound import (
    IMAGE_MOST,
    CloseTodo,
    Image,
    OpenTodo,
    SendCard,
    SendPicture,
    SendText,
    UpdateCard,
)
from bot.chat.spelling import read, read_card, spell, spell_card
from bot.crm.commands import ClaimLead, ShowLead
from tests.conftest import NOW

BUTTONS = (Button("领取", ClaimLead("L7"), style="primary"), Button("官网", url="https://e.com"))
CARDS = (
    Card(
        kind="a", title="新线索", note="n", text="t", source="s", url="https://e.com", emphasis=("60", "分")
    ),
    Card(kind="b", title="b", fields=(Field("电话", "1", url="tel:1"), Field("谁", "李", user_id="u"))),
    Card(kind="c", title="c", choice=Choice("q", "t", (("a", "甲"), ("b", "乙")), "b"), buttons=BUTTONS),
    Card(kind="d", title="d", poll=Poll("q", (("a", "甲"),), many=True, ticked=("a",)), buttons=BUTTONS),
    Card(kind="e", title="e", questions=(Choice("x", "t", (("a", "甲"),)), Choice("y", "t", (("b", "乙"),)))),
    Card(
        kind="f", title="f", picture=Picture("https://e.com/p.png", 1.5), menu=(Button("看", ShowLead("L7")),)
    ),
)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.kind)
def test_a_card_is_read_back(card):
    assert read_card(orjson.loads(orjson.dumps(spell_card(card)))) == card


@pytest.mark.parametrize(
    "outgoing",
    [
        SendText(to="a", text="x", mark="m"),
        SendPicture(to="a", data=bytes(range(256)), instead="i", mark="m"),
        SendPicture(to="g", url="https://e.com/p.png", group=True),
        SendCard(to="a", card=CARDS[2], card_key="k", buttons=("s", "")),
        UpdateCard(to="a", card=CARDS[0], card_key="k", buttons=(), code="c", answers=True, before=CARDS[3]),
        UpdateCard(to="a", card=CARDS[0], card_key="k", buttons=(), code="c"),
        OpenTodo(source_id="T1.a", to="a", title="t", due_at=NOW, is_urgent=True, todo_id="9"),
        CloseTodo(source_id="T1.a", to="a", is_done=False),
    ],
    ids=lambda outgoing: type(outgoing).__name__,
)
def test_what_is_to_be_sent_is_read_back(outgoing):
    assert read(orjson.loads(orjson.dumps(spell(outgoing)))) == outgoing


def test_a_card_of_before_is_still_read():
    """One that was drawn before cards could ask in other ways."""
    new = ("poll", "questions", "picture", "menu")
    old = {name: value for name, value in spell_card(CARDS[2]).items() if name not in new}

    assert read_card(old) == CARDS[2]


def test_all_that_can_be_pressed_is_in_one_order():
    """Buttons, then the menu: commands are sealed in it."""
    card = Card(kind="k", title="t", buttons=BUTTONS, menu=(Button("看", ShowLead("L7")),))

    assert [button.label for button in card.presses] == ["领取", "官网", "看"]


def test_a_picture_is_not_printed():
    """Bytes in a log are noise, and may show somebody."""
    assert "secret" not in repr(Image(data=b"secret")) + repr(SendPicture(to="a", data=b"secret"))
    assert IMAGE_MOST == 2 * 1024 * 1024
