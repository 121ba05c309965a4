"""What the robot says, where, and under whose id."""

from __future__ import annotations

import pytest

from bot.adapters.wecom.robot import recent
from bot.adapters.wecom.robot.decode import ROBOT, update_code
from bot.adapters.wecom.robot.robot import WIRE
from bot.chat.card import Button, Card, Field
from bot.chat.outbound import (
    CreateContactWay,
    Repeat,
    SendCard,
    SendPicture,
    SendText,
    UpdateCard,
)
from bot.crm.commands import ClaimLead
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from tests.adapters.wecom import platform as wecom
from tests.adapters.wecom.robot.line import BOT_ID, BOT_SECRET, event, settle, tap, text

GROUP = f"{ROBOT}wr1"
CARD = Card(
    kind="lead_in_group", title="新线索：张**·云帆", note="先点先得", source="L7 · 华东公海",
    fields=(Field("来源", "官网"), Field("电话", "138****5678", url="tel:13812345678")),
    buttons=(Button("领取", ClaimLead("L7"), style="primary"), Button("官网", url="https://x.cn")),
)  # fmt: skip


def show(to: str = "mei", *, key: str = "card-1", group: bool = False, reply_to: str = "") -> SendCard:
    return SendCard(to=to, card=CARD, card_key=key, buttons=("sealed", ""), group=group, reply_to=reply_to)


def change(code: str) -> UpdateCard:
    return UpdateCard(to=GROUP, card=CARD, card_key="card-1", buttons=("sealed", ""), code=code, answers=True)


async def hears(talk, body) -> str:
    req_id = talk.line.calls_back(body)
    await settle()
    return req_id


async def test_words_are_pushed_as_markdown_with_the_kind_of_chat(talk):
    """Field problem 19: whether a chat is one person's or a group's is said aloud."""
    await talk.robot.send(SendText(to="mei", text="L7 逾期了"))
    await talk.robot.send(SendText(to=GROUP, text="L7 已被王伟领取", group=True))

    one, group = (frame["body"] for frame in talk.line.of("aibot_send_msg"))
    assert one == {
        "chatid": "mei",
        "chat_type": 1,
        "msgtype": "markdown",
        "markdown": {"content": "L7 逾期了"},
    }
    assert (group["chatid"], group["chat_type"]) == ("wr1", 2)


async def test_an_answer_goes_under_the_questions_own_id(talk):
    req_id = await hears(talk, text("公海", msg_id="m7", chat="wr1"))

    await talk.robot.send(SendText(to=GROUP, text="3 条", group=True, reply_to="robot:m7"))
    await talk.robot.send(SendText(to=GROUP, text="又一句", group=True, reply_to="robot:m7"))

    (said,) = talk.line.of("aibot_respond_msg")
    assert said["headers"]["req_id"] == req_id
    assert said["body"]["stream"]["finish"] is True
    assert said["body"]["stream"]["content"] == "3 条"
    assert len(talk.line.of("aibot_send_msg")) == 1


async def test_a_private_answer_never_goes_under_a_groups_question(talk):
    """What is meant for one person must not be shown where he asked before others."""
    await hears(talk, text("看电话 L7", msg_id="m7", user="mei", chat="wr1"))

    await talk.robot.send(SendText(to="mei", text="13812345678", reply_to="robot:m7"))

    assert talk.line.of("aibot_respond_msg") == []
    assert talk.line.of("aibot_send_msg")[0]["body"]["chatid"] == "mei"


@pytest.mark.parametrize("code", [846605, 846608])
async def test_an_answer_that_came_too_late_is_said_anew(talk, code):
    """Field problem 13: a stream that has ended swallows what is said to it."""
    await hears(talk, text("公海", msg_id="m7", user="mei"))
    talk.line.answers["aibot_respond_msg"] = [code]

    await talk.robot.send(SendText(to="mei", text="3 条", reply_to="robot:m7"))

    assert talk.line.of("aibot_send_msg")[0]["body"]["markdown"]["content"] == "3 条"


async def test_after_five_minutes_nothing_goes_under_the_old_id(talk, time):
    await hears(talk, text("公海", msg_id="m7", user="mei"))
    await time.pass_(recent.MESSAGE_S + 1)

    await talk.robot.send(SendText(to="mei", text="3 条", reply_to="robot:m7"))

    assert talk.line.of("aibot_respond_msg") == []


async def test_a_refusal_for_the_moment_is_repeated_under_the_same_id(talk, time):
    """Field problem 14: 6000 means another frame of this id was under way."""
    import asyncio

    req_id = await hears(talk, tap())
    talk.line.answers["aibot_respond_update_msg"] = [6000, 6000, 0]
    sending = asyncio.create_task(talk.robot.send(change(update_code(req_id))))
    await time.pass_(2)

    await sending
    assert len(talk.line.of("aibot_respond_update_msg")) == 3


async def test_a_tapped_card_changes_under_the_taps_id_for_everybody(talk):
    """Field problem 10: there is no other address at which a robot's card could be changed."""
    req_id = await hears(talk, tap(chat="wr1"))

    await talk.robot.send(change(update_code(req_id)))

    (said,) = talk.line.of("aibot_respond_update_msg")
    assert said["headers"]["req_id"] == req_id
    assert said["body"]["response_type"] == "update_template_card"
    assert "userids" not in said["body"]
    assert said["body"]["template_card"]["task_id"] == "card-1"


async def test_after_five_seconds_a_card_cannot_change(talk, time):
    req_id = await hears(talk, tap())
    await time.pass_(5)

    with pytest.raises(PlatformRejectedError, match="late"):
        await talk.robot.send(change(update_code(req_id)))
    assert talk.line.of("aibot_respond_update_msg") == []


async def test_a_tap_is_answered_once(talk):
    req_id = await hears(talk, tap())
    await talk.robot.send(change(update_code(req_id)))

    with pytest.raises(PlatformRejectedError, match="late"):
        await talk.robot.send(change(update_code(req_id)))


async def test_a_change_that_must_wait_is_refused(talk):
    """Later is never, so whoever pressed gets a new card now."""
    req_id = await hears(talk, tap())
    talk.line.answers["aibot_respond_update_msg"] = [-1]

    with pytest.raises(PlatformRejectedError, match="late"):
        await talk.robot.send(change(update_code(req_id)))


async def test_a_change_whose_acknowledgement_is_lost_is_harmless_to_repeat(talk):
    assert talk.robot.repeat(change("robot:r1")) is Repeat.HARMLESS
    assert talk.robot.repeat(show()) is Repeat.KEYED
    assert talk.robot.repeat(SendText(to="mei", text="x")) is Repeat.NEVER


async def test_a_robots_card_has_no_links_among_its_buttons(talk):
    """No type, no address, no number to dial; the link becomes where the card leads."""
    await talk.robot.send(show(GROUP, group=True))

    card = talk.line.of("aibot_send_msg")[0]["body"]["template_card"]
    assert card["button_list"] == [{"text": "领取", "style": 1, "key": "sealed"}]
    assert card["card_action"] == {"type": 1, "url": "https://x.cn"}
    assert card["horizontal_content_list"][1] == {"keyname": "电话", "value": "138****5678"}
    assert card["task_id"] == "card-1"


async def test_texts_are_as_narrow_as_a_robots_card_shows_them(talk):
    wide = Card(kind="x", title="线" * 60, note="索" * 60, source="源" * 40, fields=(Field("来源", "官" * 60),),
                text="话" * 300, buttons=(Button("领" * 20, ClaimLead("L7")),))  # fmt: skip
    await talk.robot.send(SendCard(to="mei", card=wide, card_key="k", buttons=("s",)))

    card = talk.line.of("aibot_send_msg")[0]["body"]["template_card"]
    lengths = {
        "title": len(card["main_title"]["title"]), "note": len(card["main_title"]["desc"]),
        "source": len(card["source"]["desc"]), "value": len(card["horizontal_content_list"][0]["value"]),
        "text": len(card["sub_title_text"]), "button": len(card["button_list"][0]["text"]),
    }  # fmt: skip
    assert lengths == {"title": 26, "note": 30, "source": 13, "value": 26, "text": 112, "button": 10}


async def test_a_card_that_was_shown_before_counts_as_shown(talk):
    talk.line.answers["aibot_send_msg"] = [42014]

    assert (await talk.robot.send(show())).repeated


async def test_where_nobody_has_spoken_the_refusal_says_what_to_do(talk):
    talk.line.answers["aibot_send_msg"] = [93006]

    with pytest.raises(PlatformRejectedError, match="先在那里给机器人说一句话"):
        await talk.robot.send(SendText(to="mei", text="x"))


async def test_markup_of_customers_stays_text(talk):
    await talk.robot.send(SendText(to="mei", text="[点我](http://evil) <@all> <font color=red> 1<2"))

    said = talk.line.of("aibot_send_msg")[0]["body"]["markdown"]["content"]
    assert said == "[点我］(http://evil) ＜@all> ＜font color=red> 1<2"


async def test_a_text_is_cut_to_what_the_platform_takes(talk):
    await hears(talk, text("问", msg_id="m7", user="mei"))

    await talk.robot.send(SendText(to="mei", text="话" * 10_000, reply_to="robot:m7"))

    content = talk.line.of("aibot_respond_msg")[0]["body"]["stream"]["content"]
    assert len(content.encode()) <= 20_480


async def test_a_picture_goes_up_in_pieces_and_is_shown(talk):
    talk.line.answers["aibot_upload_media_init"] = [{"upload_id": "U1"}]
    talk.line.answers["aibot_upload_media_finish"] = [{"media_id": "M1"}]

    await talk.robot.send(SendPicture(to="mei", data=b"\x89PNG" + bytes(600 * 1024)))

    pieces = talk.line.of("aibot_upload_media_chunk")
    assert [piece["body"]["chunk_index"] for piece in pieces] == [0, 1]
    assert talk.line.of("aibot_send_msg")[0]["body"]["image"] == {"media_id": "M1"}


async def test_thirty_answers_a_day_then_ten_of_our_own(talk):
    """The stricter of two pages; then it waits, until somebody writes again."""
    await hears(talk, text("公海", user="mei"))
    for _ in range(40):
        await talk.robot.send(SendText(to="mei", text="x"))
    with pytest.raises(PlatformBusyError, match="说完了"):
        await talk.robot.send(SendText(to="mei", text="x"))

    await talk.robot.send(SendText(to="jun", text="x"))
    await hears(talk, text("还在吗", user="mei", msg_id="m2"))
    await talk.robot.send(SendText(to="mei", text="x"))


async def test_ten_pushes_end_with_the_day_in_china(talk, time):
    for _ in range(10):
        await talk.robot.send(SendText(to="mei", text="x"))
    with pytest.raises(PlatformBusyError):
        await talk.robot.send(SendText(to="mei", text="x"))

    time.now += 14.1 * 3600
    await talk.robot.send(SendText(to="mei", text="x"))


async def test_whoever_opens_the_chat_is_greeted_at_once(talk):
    """Field problem 20: unanswered, there is no second chance on this day."""
    order: list[str] = []
    talk.hall.before_keep = lambda accepted: order.append("kept")
    talk.line.answers["aibot_respond_welcome_msg"] = [lambda told: order.append("greeted")]
    req_id = await hears(talk, event("enter_chat"))

    (said,) = talk.line.of("aibot_respond_welcome_msg")
    assert said["headers"]["req_id"] == req_id
    assert said["body"] == {"msgtype": "text", "text": {"content": "我是客铃机器人"}}
    assert order == ["kept", "greeted"]


async def test_what_could_not_be_kept_is_not_answered_and_is_counted(talk):
    talk.hall.is_busy = True
    await hears(talk, event("enter_chat"))

    assert talk.line.of("aibot_respond_welcome_msg") == []
    assert talk.hall.counted == [("stream.callback_lost", "StoreBusyError")]


async def test_a_greeting_that_fails_is_counted(talk):
    talk.line.answers["aibot_respond_welcome_msg"] = [846605]
    await hears(talk, event("enter_chat"))

    assert talk.hall.counted == [("stream.greeting_failed", "PlatformRejectedError")]


async def test_a_callback_without_a_name_is_counted(talk):
    await hears(talk, text("x") | {"msgid": None})

    assert talk.hall.kept == []
    assert talk.hall.counted == [("stream.callback_unreadable", "aibot_msg_callback")]


def test_the_robot_needs_no_receive_id_and_no_address_of_ours():
    """Field problem 3: on the long connection nothing is signed or encrypted for us."""
    robot = wecom.ADAPTER.build(wecom.ADAPTER.config(bot_id=BOT_ID, bot_secret=BOT_SECRET), _means())

    assert [stream.name for stream in robot.streams()] == [WIRE]
    assert robot.wire(SendText(to="mei", text="x")) == WIRE


def test_beside_an_app_the_robot_carries_its_groups_and_what_it_was_asked():
    both = wecom.ADAPTER.build(
        wecom.ADAPTER.config(**wecom.settings(bot_id=BOT_ID, bot_secret=BOT_SECRET)), _means()
    )

    assert both.wire(SendText(to="mei", text="x")) == ""
    assert both.wire(SendText(to="leadbellwins", text="x", group=True)) == ""
    assert both.wire(SendText(to="webhook:boss", text="x", group=True)) == ""
    assert both.wire(SendText(to=GROUP, text="x", group=True)) == WIRE
    assert both.wire(SendText(to="mei", text="x", reply_to="robot:m7")) == WIRE
    assert both.wire(change("robot:r1")) == WIRE
    assert both.wire(change("RC-of-the-app")) == ""


async def test_a_robot_alone_refuses_what_only_an_app_can(talk):
    with pytest.raises(PlatformRejectedError, match="自建应用"):
        await talk.robot.send(CreateContactWay(state="s", user_ids=("mei",)))


async def test_a_robot_alone_has_no_address_book_and_no_menu():
    alone = wecom.ADAPTER.build(wecom.ADAPTER.config(bot_id=BOT_ID, bot_secret=BOT_SECRET), _means())

    assert (await alone.directory()).is_absent
    await alone.set_menu(())
    await alone.close()


async def test_an_unknown_answer_is_not_taken_for_yes(talk):
    talk.line.answers["aibot_send_msg"] = [lambda told: talk.line.say({"headers": told["headers"]})]

    with pytest.raises((PlatformBusyError, AnswerLostError)):
        await talk.robot.send(SendText(to="mei", text="x"))


def _means():
    from bot.chat.adapter import Means
    from bot.kit.ids import seeded_random_bytes

    return Means(lambda: wecom.NOW, wecom.HandMonotonic(), seeded_random_bytes(1))
