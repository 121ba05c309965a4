"""What the robot heard, in words that all platforms share."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from bot.adapters.wecom.robot import decode, frames
from bot.chat.inbound import PRIVATE, Entered, Media, Message, Noted, Tap, Unknown
from tests.adapters.wecom.robot.line import START, event, tap, text


def heard(body: dict, *, req_id: str = "r1", robot_name: str = ""):
    cmd = frames.EVENT if body.get("msgtype") == "event" else frames.MESSAGE
    frame = frames.read(orjson.dumps({"cmd": cmd, "headers": {"req_id": req_id}, "body": body}))
    accepted = decode.accepted(frame, at=START)
    return accepted, decode.decode(accepted.body, robot_name=robot_name)


def test_a_text_is_said_by_somebody_somewhere():
    """A user id keeps its leading zero."""
    accepted, said = heard(text("我的线索"))

    assert said == Message(platform="wecom", user_id="0254571", text="我的线索", chat=PRIVATE, at=START)
    assert (accepted.key, accepted.lane_key, accepted.waits) == ("robot:m1", "wecom:user:0254571", False)


def test_one_persons_things_run_in_one_lane_whichever_way_they_came():
    """The app's own lane key, so that app and robot cannot overtake each other."""
    assert (
        heard(text("x", user="mei"))[0].lane_key
        == heard(tap(user="mei", chat="wr1"))[0].lane_key
        == "wecom:user:mei"
    )


@pytest.mark.parametrize(
    ("said", "robot_name", "left"),
    [
        ("@客铃 公海", "", "公海"),
        ("@客铃\u2005绑定本群 华东", "", "绑定本群 华东"),
        ("公海 @客铃", "", "公海"),
        ("@客铃", "", ""),
        ("公海", "", "公海"),
        ("@Lead Bell 公海", "Lead Bell", "公海"),
        ("改派 L7 @张三 @客铃", "客铃", "改派 L7 @张三"),
        ("@客铃 改派 L7 @张三", "", "改派 L7 @张三"),
    ],
)
def test_in_a_group_the_robots_name_is_left_out(said, robot_name, left):
    assert heard(text(said, chat="wr1"), robot_name=robot_name)[1].text == left


def test_alone_with_us_nothing_is_left_out():
    assert heard(text("@张三 是谁"))[1].text == "@张三 是谁"


def test_a_quote_is_kept():
    quote = {"msgtype": "text", "text": {"content": "L7 张**"}}
    mixed = {
        "msgtype": "mixed",
        "mixed": {
            "msg_item": [
                {"msgtype": "text", "text": {"content": "甲"}},
                {"msgtype": "image", "image": {"url": "u"}},
            ]
        },
    }

    assert heard(text("我来", chat="wr1", quote=quote))[1].quoted == "L7 张**"
    assert heard(text("我来", quote=mixed))[1].quoted == "甲"
    assert heard(text("我来", quote={"msgtype": "image", "image": {"url": "u"}}))[1].quoted == ""


def test_a_voice_is_the_words_in_it():
    body = text("", chat="") | {"msgtype": "voice", "voice": {"content": "我的任务"}}

    assert heard(body)[1].text == "我的任务"


@pytest.mark.parametrize("kind", ["image", "file", "video"])
def test_what_is_sent_keeps_its_address_and_key(kind):
    body = text("") | {"msgtype": kind, kind: {"url": "https://x/1", "aeskey": "a2V5"}}

    media = heard(body)[1]

    assert media == Media(platform="wecom", user_id="0254571", kind=kind, media_id="https://x/1", key="a2V5")
    assert "a2V5" not in repr(media)


def test_pictures_with_words_are_the_words():
    items = [
        {"msgtype": "image", "image": {"url": "u"}},
        {"msgtype": "text", "text": {"content": "@客铃 录这个"}},
    ]
    body = text("", chat="wr1") | {"msgtype": "mixed", "mixed": {"msg_item": items}}

    assert heard(body)[1].text == "录这个"
    assert isinstance(heard(body | {"mixed": {"msg_item": items[:1]}})[1], Media)


SELECTED = {"selected_item": [{"question_key": "why", "option_ids": {"option_id": ["a", "b"]}}]}
JOINED = {"cardtype": "vote_interaction", "eventkey": "sealed", "taskid": "card-1",
          "selecteditems": {"selecteditem": {"questionkey": "why", "optionids": {"optionid": ["a", "b"]}}}}  # fmt: skip
SNAKE = {
    "card_type": "vote_interaction",
    "event_key": "sealed",
    "task_id": "card-1",
    "selected_items": SELECTED,
}


@pytest.mark.parametrize(
    "told",
    [
        {"eventtype": "template_card_event", "template_card_event": SNAKE},
        {"eventtype": "template_card_event", "template_card_event": JOINED},
        {"eventtype": "template_card_event", "templatecardevent": JOINED},
        {"eventtype": "template_card_event", **SNAKE},
        {"eventtype": "template_card_event", **JOINED},
    ],
)
def test_every_spelling_of_a_tap_is_read(told):
    """The page's table, its sample and the published type differ."""
    accepted, pressed = heard(tap(chat="wr1") | {"event": told}, req_id="r9")

    assert isinstance(pressed, Tap)
    assert (pressed.user_id, pressed.button, pressed.card_key) == ("mei", "sealed", "card-1")
    assert pressed.selected == {"why": ("a", "b")}
    assert pressed.chat == "robot:wr1"
    assert (pressed.update_code, pressed.code_life) == ("robot:r9", timedelta(seconds=5))
    assert accepted.waits


def test_a_repeat_has_one_key_though_its_id_differs():
    """A repeat comes under another req_id; a near twin has another msgid."""
    first, again, twin = (
        heard(tap(msg_id=m), req_id=r)[0] for m, r in (("t1", "r1"), ("t1", "r2"), ("t2", "r3"))
    )

    assert first.key == again.key != twin.key


def test_events_that_ask_nothing_are_noted():
    assert heard(event("enter_chat"))[1] == Entered(platform="wecom", user_id="mei")
    assert heard(event("feedback_event", {"id": "f", "type": 2}))[1] == Noted(
        platform="wecom", name="robot.feedback.2"
    )


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (event("brand_new_event"), "robot.brand_new_event"),
        (text("x") | {"msgtype": "location"}, "robot.message.location"),
        (text("x") | {"text": {}}, "text.malformed"),
        (event("template_card_event", {"card_type": "x"}), "template_card_event.malformed"),
    ],
)
def test_what_is_not_known_keeps_its_name(body, name):
    assert heard(body)[1] == Unknown(platform="wecom", name=name)


@pytest.mark.parametrize(
    "changed",
    [
        {"msgid": ""},
        {"msgid": 7},
        {"from": {"userid": "a b"}},
        {"from": {"userid": "a:b"}},
        {"msgid": "x" * 200},
    ],
)
def test_who_cannot_be_named_is_refused(changed):
    with pytest.raises(ValueError, match="shape"):
        heard(text("x") | changed)


@pytest.mark.parametrize("body", [b"{}", b"{", b'{"robot":1,"body":2}', b'{"robot":{"cmd":"x"},"body":{}}'])
def test_what_was_not_kept_by_us_means_nothing(body):
    with pytest.raises(ValueError, match=r"."):
        decode.decode(body)
