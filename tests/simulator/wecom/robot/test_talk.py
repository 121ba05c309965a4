from __future__ import annotations

from datetime import timedelta

import pytest


async def test_a_message_arrives_with_chat_and_sender(sim, program, people):
    """In the chat of two without a chatid."""
    people.write("zhangsan", "本月业绩")

    frame = await program.heard()

    body = frame["body"]
    assert frame["cmd"] == "aibot_msg_callback"
    assert frame["headers"]["req_id"]
    assert body["msgid"]
    assert {k: v for k, v in body.items() if k != "msgid"} == {
        "aibotid": sim.app.secrets.bot_id,
        "chattype": "single",
        "from": {"userid": "zhangsan"},
        "msgtype": "text",
        "text": {"content": "本月业绩"},
    }


async def test_a_group_is_heard_only_when_the_robot_is_meant(program, people, group):
    """A mention or a quotation of the robot; all else stays among people."""
    assert people.write("zhangsan", "中午吃什么", chat=group.id) is None
    people.write("lina", "@客铃助手 我的线索", chat=group.id)
    first = await program.heard()
    await program.stream(first, "2 条", finish=True)
    answer = people.posts("lina", group.id)[-1]
    people.write("wanglei", "哪两条", chat=group.id, quote=answer["id"])
    second = await program.heard()

    assert first["body"]["chattype"] == "group"
    assert first["body"]["chatid"] == group.id
    assert first["body"]["text"]["content"] == "@客铃助手 我的线索"
    assert second["body"]["quote"] == {"msgtype": "text", "text": {"content": "2 条"}}
    assert program.callbacks == type(program.callbacks)()
    assert [p["from"] for p in people.posts("lina", group.id)][1:] == ["zhangsan", "me", "app", "wanglei"]


async def test_a_stream_grows_under_one_message(program, people, asked):
    """Each frame carries the whole text so far; after the last one nothing more is taken."""
    codes = [(await program.stream(asked, text))["errcode"] for text in ("查", "查到", "查到 3 条")]
    growing = people.posts("zhangsan")[-1]
    last = await program.stream(asked, "查到 3 条。", finish=True)
    late = await program.stream(asked, "还有")

    assert codes == [0, 0, 0]
    assert (growing["kind"], growing["text"], growing["streaming"]) == ("stream", "查到 3 条", True)
    assert last["errcode"] == 0
    assert late["errcode"] == 846608
    assert len(people.posts("zhangsan")) == 2
    assert people.posts("zhangsan")[-1]["streaming"] is False


async def test_a_stream_lives_six_minutes(sim, program, people, asked):
    """846608 afterwards; the phone shows that it has ended."""
    await program.stream(asked, "查")
    sim.world.pass_time(timedelta(minutes=6))

    assert (await program.stream(asked, "查到"))["errcode"] == 846608
    assert people.posts("zhangsan")[-1] | {"streaming": False, "text": "查"} == people.posts("zhangsan")[-1]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msgtype": "text", "text": {"content": "x"}}, 40008),
        ({"msgtype": "stream_with_template_card", "stream": {"id": "s", "content": "x"}}, 40008),
        ({"msgtype": "stream", "stream": {"id": "", "content": "x"}}, 40058),
        ({"msgtype": "stream", "stream": {"id": "s", "content": "x", "finish": "yes"}}, 40058),
        ({"msgtype": "stream", "stream": {"id": "s", "content": "x", "msg_item": []}}, 40058),
        ({"msgtype": "stream", "stream": {"id": "s", "content": "线" * 6827}}, 45002),
        ({"msgtype": "markdown", "markdown": {"content": ""}}, 44004),
        ({"msgtype": "markdown", "markdown": {"content": "x" * 20481}}, 45002),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "template_card", "template_card": {"card_type": "poster"}}, 42031),
    ],
)
async def test_what_may_not_be_said_is_refused(program, people, asked, body, code):
    """Each with its code, and nothing appears."""
    assert (await program.answer(asked, **body))["errcode"] == code
    assert len(people.posts("zhangsan")) == 1


async def test_a_message_is_not_answered_under_a_foreign_req_id(program, asked, sim):
    """846605 for one that never was, or is older than a day."""
    unknown = await program.send(
        "aibot_respond_msg", {"msgtype": "markdown", "markdown": {"content": "x"}}, "r-0"
    )
    sim.world.pass_time(timedelta(hours=24))
    old = await program.answer(asked, msgtype="markdown", markdown={"content": "x"})

    assert (unknown["errcode"], old["errcode"]) == (846605, 846605)


async def test_a_push_needs_somebody_who_wrote_before(program, people, group):
    """93006 until then, in both kinds of chat."""
    before = [(await program.push(chat))["errcode"] for chat in ("lina", group.id, "nobody")]
    people.write("lina", "hi")
    people.write("lina", "@客铃助手 hi", chat=group.id)
    after = [(await program.push(chat))["errcode"] for chat in ("lina", group.id, "zhangsan")]

    assert before == [93006] * 3
    assert after == [0, 0, 93006]
    assert people.posts("zhangsan", group.id)[-1]["text"] == "早"


@pytest.mark.parametrize(("kind", "code"), [(0, 0), (1, 0), (2, 93006), (3, 40058)])
async def test_the_kind_of_chat_must_fit(program, asked, kind, code):
    """0 finds it by itself, 1 is a member, 2 a group."""
    assert (await program.push("zhangsan", chat_type=kind))["errcode"] == code


async def test_a_push_is_never_plain_text(program, asked):
    """40008."""
    assert (await program.push("zhangsan", msgtype="text", text={"content": "x"}))["errcode"] == 40008


async def test_thirty_replies_and_then_ten_pushes_a_day(sim, program, people, asked):
    """Each message of a user opens thirty more; refreshing a stream costs nothing."""
    for _ in range(5):
        await program.stream(asked, "…", id="long")
    sim.world.pass_time(timedelta(minutes=2))
    codes = []
    for number in range(41):
        if number in {15, 30}:
            sim.world.pass_time(timedelta(minutes=1))
        codes.append((await program.push("zhangsan"))["errcode"])
    people.write("zhangsan", "再来")
    await program.heard()
    sim.world.pass_time(timedelta(minutes=1))

    assert codes == [0] * 39 + [45009] * 2
    assert (await program.push("zhangsan"))["errcode"] == 0


async def test_a_new_day_brings_new_pushes(sim, program, asked):
    """By the calendar of China."""
    sim.world.pass_time(timedelta(hours=25))
    first = [(await program.push("zhangsan"))["errcode"] for _ in range(11)]
    sim.world.pass_time(timedelta(days=1))

    assert first == [0] * 10 + [45009]
    assert (await program.push("zhangsan"))["errcode"] == 0


async def test_no_more_than_thirty_a_minute(program, people, asked):
    """Although somebody wrote again and the budget is new."""
    codes = []
    for _ in range(3):
        codes += [(await program.push("zhangsan"))["errcode"] for _ in range(11)]
        people.write("zhangsan", "嗯")
        await program.heard()

    assert codes == [0] * 30 + [45009] * 3


async def test_a_message_that_nobody_hears_is_lost(sim, people):
    """There is no second delivery; the chat says so."""
    assert await people.write("zhangsan", "在吗") is False

    assert people.posts("zhangsan")[-1]["kind"] == "event"
    assert "没有收到" in people.posts("zhangsan")[-1]["text"]


async def test_entering_is_told_once_a_day_and_greeted_once(sim, program, people):
    """With text or a card, within five seconds."""
    people.enter("zhangsan")
    entered = await program.heard()
    again = people.enter("zhangsan")
    first = await program.answer(
        entered, "aibot_respond_welcome_msg", msgtype="text", text={"content": "您好"}
    )
    second = await program.answer(
        entered, "aibot_respond_welcome_msg", msgtype="text", text={"content": "您好"}
    )
    sim.world.pass_time(timedelta(days=1))
    people.enter("zhangsan")
    tomorrow = await program.heard()
    sim.world.pass_time(timedelta(seconds=5))
    late = await program.answer(
        tomorrow, "aibot_respond_welcome_msg", msgtype="text", text={"content": "您好"}
    )

    assert entered["body"]["event"] == {"eventtype": "enter_chat"}
    assert entered["body"]["chattype"] == "single"
    assert again is None
    assert [a["errcode"] for a in (first, second, late)] == [0, 846605, 846605]
    assert [p["text"] for p in people.posts("zhangsan")] == ["您好"]


async def test_a_welcome_may_be_a_card_and_nothing_else(program, people, card):
    """Markdown is 40008; a message's req_id takes no welcome and an entry's no answer."""
    people.enter("zhangsan")
    entered = await program.heard()
    markdown = await program.answer(
        entered, "aibot_respond_welcome_msg", msgtype="markdown", markdown={"content": "x"}
    )
    as_answer = await program.answer(entered, msgtype="markdown", markdown={"content": "x"})
    greeted = await program.answer(
        entered, "aibot_respond_welcome_msg", msgtype="template_card", template_card=card()
    )

    assert [a["errcode"] for a in (markdown, as_answer, greeted)] == [40008, 846605, 0]
    assert people.posts("zhangsan")[-1]["card"]["main_title"]["title"] == "新线索 L1"


async def test_opinions_come_back_under_their_id(program, people, asked):
    """Good, bad, taken back; such an event takes no answer."""
    await program.stream(asked, "好的", finish=True, feedback={"id": "f-1"})
    shown = people.posts("zhangsan")[-1]
    people.judge("zhangsan", shown["id"], 1)
    told = await program.heard()
    answer = await program.answer(told, msgtype="markdown", markdown={"content": "谢谢"})

    assert shown["feedback"] == 0
    assert told["body"]["event"] == {
        "eventtype": "feedback_event",
        "feedback_event": {"id": "f-1", "type": 1},
    }
    assert answer["errcode"] == 846605
    assert people.posts("zhangsan")[-1]["feedback"] == 1


async def test_messages_can_come_twice_or_in_another_order(sim, program, people):
    """The same msgid under another req_id; the later one first."""
    sim.world.faults.turn_on("callback_duplicate", times=1)
    people.write("zhangsan", "一")
    twice = [await program.heard() for _ in range(2)]
    sim.world.faults.turn_on("callback_out_of_order", times=1)
    people.write("zhangsan", "二")
    people.write("zhangsan", "三")
    swapped = [(await program.heard())["body"]["text"]["content"] for _ in range(2)]

    assert twice[0]["body"] == twice[1]["body"]
    assert twice[0]["headers"] != twice[1]["headers"]
    assert swapped == ["三", "二"]


async def test_deliveries_can_be_paused(sim, program, people):
    """What people write meanwhile comes afterwards."""
    sim.world.faults.turn_on("callback_pause")
    waiting = people.write("zhangsan", "一")
    assert (await program.send("ping"))["errcode"] == 0
    assert not waiting.done()
    sim.world.faults.turn_off("callback_pause")

    assert (await program.heard())["body"]["text"]["content"] == "一"
