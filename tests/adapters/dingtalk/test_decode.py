"""Every kind of delivery, in every spelling that was documented or seen; what is unknown keeps its name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.adapters.dingtalk import kept
from bot.adapters.dingtalk.decode import decode
from bot.chat.inbound import (
    PRIVATE,
    DirectoryChanged,
    Inbound,
    Media,
    MemberLeft,
    Message,
    Noted,
    Tap,
    Unknown,
)
from tests.adapters.dingtalk.platform import GROUP, NOW, message, tap


def heard(**changes: Any) -> Inbound:
    return decode(kept.robot(message(**changes)).body)


def pressed(data: dict[str, Any]) -> Inbound:
    return decode(kept.card(data, at=NOW).body)


def happened(name: str, **data: Any) -> Inbound:
    return decode(kept.event(name, "e-1", "1690362102194", data).body)


def in_group(**changes: Any) -> dict[str, Any]:
    return {"conversationType": "2", "conversationId": GROUP, **changes}


def test_a_text_says_who_and_when():
    found = heard(text={"content": " 公海 "})

    assert found == Message(platform="dingtalk", user_id="0254571", text="公海", at=NOW)


def test_a_text_may_stand_at_the_top():
    """One sample of the documentation has it there."""
    found = heard(text=None, content="公海")

    assert isinstance(found, Message)
    assert found.text == "公海"


@pytest.mark.parametrize("said", [" 公海", "@客铃 公海", "@客铃\u2005公海", " @客铃  公海 "])
def test_in_a_group_the_robots_name_is_dropped(said):
    found = heard(**in_group(), text={"content": said})

    assert isinstance(found, Message)
    assert (found.text, found.chat) == ("公海", GROUP)


def test_in_private_a_name_is_no_mention():
    found = heard(text={"content": "@客铃 公海"})

    assert isinstance(found, Message)
    assert (found.text, found.chat) == ("@客铃 公海", PRIVATE)


def test_rich_text_is_its_words():
    rich = [{"text": "@客铃 "}, {"text": "跟进 L7"}, {"type": "picture", "downloadCode": "D1"}]

    found = heard(**in_group(), msgtype="richText", content={"richText": rich}, text=None)

    assert isinstance(found, Message)
    assert found.text == "跟进 L7"


def test_rich_text_without_words_is_its_picture():
    rich = [{"type": "picture", "downloadCode": "D1", "pictureDownloadCode": "P1"}]

    assert heard(msgtype="richText", content={"richText": rich}) == Media(
        platform="dingtalk", user_id="0254571", kind="picture", media_id="D1"
    )


def test_a_voice_is_what_was_recognised():
    found = heard(msgtype="audio", content={"duration": 4000, "downloadCode": "D", "recognition": "我的任务"})

    assert isinstance(found, Message)
    assert found.text == "我的任务"


@pytest.mark.parametrize(
    ("kind", "content", "media_id", "text"),
    [
        ("picture", {"downloadCode": "D1"}, "D1", ""),
        ("picture", {"pictureDownloadCode": "P1"}, "P1", ""),
        ("video", {"downloadCode": "D2", "duration": 3, "videoType": "mp4"}, "D2", ""),
        ("file", {"downloadCode": "D3", "fileName": "报价.pdf"}, "D3", "报价.pdf"),
        ("audio", {"downloadCode": "D4", "duration": 3}, "D4", ""),
    ],
)
@pytest.mark.parametrize("spelled", [False, True])
def test_media_is_named_by_its_code(kind, content, media_id, text, spelled):
    """The content comes as an object; some clients spell it as text."""
    found = heard(msgtype=kind, content=json.dumps(content) if spelled else content)

    assert found == Media(platform="dingtalk", user_id="0254571", kind=kind, media_id=media_id, text=text)


@pytest.mark.parametrize("staff_id", [None, "", 5])
def test_whom_nobody_vouches_for_is_not_believed(staff_id):
    """Field problem 13: a robot that is not published, or a stranger in an outside group."""
    assert heard(senderStaffId=staff_id) == Unknown(platform="dingtalk", name="message.no_staff_id")


@pytest.mark.parametrize("name", ["errorCode", "errCode"])
@pytest.mark.parametrize("code", [20001, "20001"])
def test_a_message_over_the_quota_has_no_words_and_is_named(name, code):
    found = heard(text=None, **{name: code, "errorMessage": "x"})

    assert found == Unknown(platform="dingtalk", name="message.over_quota")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"msgtype": "sticker"}, "message.sticker"),
        ({"msgtype": None}, "message.None"),
        ({"text": {}}, "robot.malformed"),
        ({"text": {"content": 5}}, "robot.malformed"),
        ({"msgtype": "file", "content": "{"}, "robot.malformed"),
        ({"conversationType": "2", "conversationId": ""}, "robot.malformed"),
    ],
)
def test_what_we_do_not_understand_keeps_its_name(changes, name):
    assert heard(**changes) == Unknown(platform="dingtalk", name=name)


def test_a_tap_says_who_pressed_what_where():
    found = pressed(tap())

    assert isinstance(found, Tap)
    assert (found.user_id, found.button, found.card_key, found.chat) == (
        "0254571",
        "sealed",
        "key-1",
        PRIVATE,
    )
    assert found.update_code.startswith("tap:")
    assert found.code_life is not None
    assert found.code_life.total_seconds() == 2


def test_a_tap_on_a_groups_card_says_which():
    found = pressed(tap(chat=GROUP))

    assert isinstance(found, Tap)
    assert found.chat == GROUP


@pytest.mark.parametrize("outer", ["content", "value"])
@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize("inside", [True, False])
def test_a_taps_parameters_are_found_wherever_they_are(outer, as_text, inside):
    """`content` or `value`, text or object, within `cardPrivateData` or beside it."""
    params = {"button": "sealed", "chat": GROUP}
    private = {"actionIds": ["press"], **({"params": params} if inside else {})}
    content: Any = {"cardPrivateData": private, **({} if inside else {"params": params})}
    data = {k: v for k, v in tap().items() if k != "content"}

    found = pressed({**data, outer: json.dumps(content) if as_text else content})

    assert isinstance(found, Tap)
    assert (found.button, found.chat) == ("sealed", GROUP)


def test_what_was_chosen_comes_in_five_shapes():
    form = {
        "text": "打过了", "one": {"index": 1, "value": "b"}, "many": {"index": [0, 2], "value": ["a", "c"]},
        "flag": True, "none": "", "empty": {"index": [], "value": []},
    }  # fmt: skip

    found = pressed(tap(form=form))

    assert isinstance(found, Tap)
    assert found.selected == {"text": ("打过了",), "one": ("b",), "many": ("a", "c"), "flag": ("True",)}


@pytest.mark.parametrize(
    "data",
    [
        {**tap(), "userId": ""},
        {**tap(), "userId": 5},
        {**tap(), "outTrackId": None},
        {**tap(), "content": "{"},
        {**tap(), "content": "[]"},
        {**tap(), "content": None},
        tap(button=""),
    ],
)
def test_a_tap_that_says_too_little_is_unknown(data):
    assert pressed(data) == Unknown(platform="dingtalk", name="card.malformed")


def test_a_colleague_who_left_is_told():
    """The documented sample: milliseconds as text, ids as a list."""
    found = happened("user_leave_org", timeStamp="1683533823336", userId=["015xxxx227"])

    assert found == MemberLeft(platform="dingtalk", user_id="015xxxx227")


def test_several_who_left_make_us_read_the_address_book():
    assert happened("user_leave_org", userId=["a", "b"]) == DirectoryChanged(
        platform="dingtalk", change="user_leave_org"
    )


def test_http_spells_some_fields_with_a_capital():
    assert happened("user_leave_org", UserId="a") == MemberLeft(platform="dingtalk", user_id="a")


@pytest.mark.parametrize(
    "name", ["user_add_org", "user_modify_org", "user_active_org", "org_dept_create", "org_dept_modify",
             "org_dept_remove"]
)  # fmt: skip
def test_changes_of_the_address_book_make_us_read_it(name):
    assert isinstance(happened(name, userId=["a"], diffInfo={"prev": {}, "curr": {}}), DirectoryChanged)


@pytest.mark.parametrize(
    "name", ["chat_add_member", "chat_remove_member", "chat_quit", "chat_update_owner", "chat_update_title",
             "chat_disband", "robot_msg_read", "robot_msg_recall", "check_url", "todo_task_update",
             "bpms_instance_change"]
)  # fmt: skip
def test_events_that_ask_nothing_of_us_are_noted(name):
    assert happened(name, openConversationId="cid") == Noted(platform="dingtalk", name=name)


@pytest.mark.parametrize("name", ["attendance_check_record", "x" * 200, ""])
def test_an_unknown_event_is_kept_by_name(name):
    assert happened(name, any="thing") == Unknown(platform="dingtalk", name=name[:64])


def test_an_event_without_whom_it_concerns_is_malformed():
    assert happened("user_leave_org") == Unknown(platform="dingtalk", name="event.malformed")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"dingtalk": {}, "data": {}}', b"nonsense"])
def test_what_is_no_delivery_of_ours_has_no_meaning(body):
    with pytest.raises(ValueError, match=r"."):
        decode(body)


def test_events_are_known_by_id_or_by_content():
    assert kept.event("a", "e-1", "", {}).key == kept.event("a", "e-1", "5", {"x": 1}).key
    nameless = [
        kept.event(name, "", "", {"x": x}).key for name, x in (("a", 1), ("a", 2), ("b", 1), ("a", 1))
    ]
    assert len(set(nameless)) == 3
    assert nameless[0] == nameless[3]
