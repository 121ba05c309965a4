from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

VOTE = {
    "card_type": "vote_interaction",
    "task_id": "why-1",
    "main_title": {"title": "为什么退回"},
    "checkbox": {
        "question_key": "why",
        "mode": 1,
        "option_list": [{"id": "far", "text": "不在我的区域"}, {"id": "busy", "text": "忙不过来"}],
    },
    "submit_button": {"text": "提交", "key": "return:1"},
}
NOTICE = {
    "card_type": "text_notice",
    "main_title": {"title": "喜报"},
    "card_action": {"type": 1, "url": "https://example.com"},
}


@pytest.fixture
async def offered(program, mentioned, card):
    """A card lies in the group."""
    assert (await program.answer(mentioned, msgtype="template_card", template_card=card()))["errcode"] == 0


def lead(people, userid, group):
    return people.posts(userid, group.id)[-1]


async def tapped(program, people, group, userid):
    people.tap(userid, lead(people, userid, group)["id"], "claim:1", chat=group.id)
    return await program.heard()


async def test_a_tap_is_told_and_the_card_changes_for_all(program, people, group, offered, card):
    """The answer to the tap, under its req_id, with the same task id."""
    click = await tapped(program, people, group, "zhangsan")
    turning = lead(people, "zhangsan", group)["card_state"], lead(people, "lina", group)["card_state"]
    flipped = await program.flip(click, card(main_title={"title": "已被张三领取"}))

    assert click["body"]["event"] == {
        "eventtype": "template_card_event",
        "template_card_event": {
            "card_type": "button_interaction",
            "event_key": "claim:1",
            "task_id": "lead-1",
        },
    }
    assert (click["body"]["chatid"], click["body"]["from"]) == (group.id, {"userid": "zhangsan"})
    assert turning == ("loading", "ready")
    assert flipped["errcode"] == 0
    for userid in ("zhangsan", "lina", "wanglei"):
        assert lead(people, userid, group)["card"]["main_title"]["title"] == "已被张三领取"
        assert lead(people, userid, group)["card_state"] == "ready"


async def test_a_change_may_be_for_some(program, people, group, offered, card):
    """The others see the card as it was; a change for all replaces both."""
    click = await tapped(program, people, group, "lina")
    await program.flip(click, card(main_title={"title": "只给李娜"}), userids=["lina"])
    titles = [lead(people, u, group)["card"]["main_title"]["title"] for u in ("lina", "zhangsan")]
    click = await tapped(program, people, group, "zhangsan")
    await program.flip(click, card(main_title={"title": "都换"}), userids=[])

    assert titles == ["只给李娜", "新线索 L1"]
    assert {lead(people, u, group)["card"]["main_title"]["title"] for u in group.members} == {"都换"}


async def test_a_change_comes_within_five_seconds_once_and_to_the_tapped_card(
    sim, program, people, group, offered, card
):
    """846605 later or again; 42016 for another task id; nothing changes."""
    click = await tapped(program, people, group, "zhangsan")
    foreign = await program.flip(click, card("lead-2"))
    first = await program.flip(click, card())
    second = await program.flip(click, card())
    click = await tapped(program, people, group, "zhangsan")
    sim.world.pass_time(timedelta(seconds=5))
    late = await program.flip(click, card(main_title={"title": "晚了"}))

    assert [a["errcode"] for a in (foreign, first, second, late)] == [42016, 0, 846605, 846605]
    assert lead(people, "lina", group)["card"]["main_title"]["title"] == "新线索 L1"


async def test_a_tap_takes_no_message_and_a_message_no_change(
    program, people, group, mentioned, offered, card
):
    """846605: a stream under a tap's req_id, a change under a message's."""
    click = await tapped(program, people, group, "zhangsan")

    assert (await program.stream(click, "好"))["errcode"] == 846605
    assert (await program.flip(mentioned, card()))["errcode"] == 846605


async def test_a_tap_that_nobody_hears_fails_at_once(program, people, group, offered):
    """It is delivered once only; the button can be pressed again."""
    await program.ws.close()
    post = lead(people, "zhangsan", group)

    heard = await people.tap("zhangsan", post["id"], "claim:1", chat=group.id)

    assert heard is False
    assert lead(people, "zhangsan", group)["card_state"] == "failed"
    assert lead(people, "lina", group)["card_state"] == "ready"


async def test_a_tap_is_never_delivered_twice(sim, program, people, group, offered, card):
    """Duplicates are for messages."""
    sim.world.faults.turn_on("callback_duplicate")
    click = await tapped(program, people, group, "zhangsan")
    await program.flip(click, card())

    assert (await program.send("ping"))["errcode"] == 0
    assert not program.callbacks


async def test_a_tap_without_a_change_stops_turning(sim, program, people, group, offered):
    """After a while, with the card as it was."""
    await tapped(program, people, group, "zhangsan")

    await sim.driver.until(lambda: lead(people, "zhangsan", group)["card_state"] == "ready")


async def test_choices_travel_with_the_tap(program, people, asked):
    """One entry for each question, with a list of options."""
    await program.answer(asked, msgtype="template_card", template_card=VOTE)
    post = people.posts("zhangsan")[-1]
    people.tap("zhangsan", post["id"], "return:1", {"why": ["far", "busy"]})
    click = await program.heard()

    assert click["body"]["event"]["template_card_event"]["selected_items"] == {
        "selected_item": [{"question_key": "why", "option_ids": {"option_id": ["far", "busy"]}}]
    }


async def test_the_event_is_written_in_three_ways(sim, program, people, asked, card):
    """As the sample has it, without underscores, and flat."""
    await program.answer(asked, msgtype="template_card", template_card=VOTE)
    post = people.posts("zhangsan")[-1]
    events = []
    for faults in ((), ("robot_event_joined",), ("robot_event_flat",)):
        for fault in faults:
            sim.world.faults.turn_on(fault, times=1)
        people.tap("zhangsan", post["id"], "return:1", {"why": ["far"]})
        events.append((await program.heard())["body"]["event"])
        await asyncio.sleep(0)

    assert events[0]["template_card_event"]["event_key"] == "return:1"
    assert events[1]["template_card_event"]["eventkey"] == "return:1"
    assert events[1]["template_card_event"]["selecteditems"]["selecteditem"][0]["optionids"] == {
        "optionid": ["far"]
    }
    assert events[2]["event_key"] == "return:1"
    assert "template_card_event" not in events[2]


async def test_a_task_id_names_one_card_for_good(program, people, asked, card):
    """42014 when sent again; notices may go without one."""
    codes = [
        (await program.answer(asked, msgtype="template_card", template_card=one))["errcode"]
        for one in (card(), card(), NOTICE, NOTICE)
    ]

    assert codes == [0, 42014, 0, 0]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"task_id": ""}, 42014),
        ({"task_id": "a b"}, 42014),
        ({"task_id": "x" * 129}, 42014),
        ({"main_title": {}}, 42033),
        ({"button_list": []}, 42048),
        ({"button_list": [{"text": "看", "type": 1, "url": "https://example.com"}]}, 42039),
        ({"button_list": [{"text": "看", "key": "k", "style": 5}]}, 40058),
        ({"button_list": [{"text": "看", "key": "k" * 1025}]}, 42039),
        ({"button_list": [{"text": str(n), "key": str(n)} for n in range(7)]}, 42048),
        ({"horizontal_content_list": [{"type": 2, "keyname": "x", "media_id": "m"}]}, 42029),
        ({"horizontal_content_list": [{"keyname": "x", "value": "y"}] * 7}, 42035),
        ({"feedback": {"id": "f" * 257}}, 40058),
        (NOTICE | {"jump_list": [{"type": 3, "title": "问", "question": "线" * 67}]}, 40058),
        (NOTICE | {"jump_list": [{"type": 0, "title": "x"}] * 4}, 42042),
        (NOTICE | {"card_action": None}, 42045),
        (VOTE | {"checkbox": {"question_key": "q", "option_list": [{"id": "a", "text": "甲"}] * 21}}, 42040),
        (VOTE | {"submit_button": {"text": "提交"}}, 42046),
    ],
)
async def test_cards_that_break_a_rule_are_refused(program, people, asked, card, parts, code):
    """Each with the code of its part."""
    ack = await program.answer(asked, msgtype="template_card", template_card=card() | parts)

    assert ack["errcode"] == code
    assert len(people.posts("zhangsan")) == 1


async def test_a_jump_may_ask_the_robot(program, people, asked):
    """Type 3, which only a robot's card has."""
    jumps = [{"type": 3, "title": "还有呢", "question": "本月业绩"}]
    ack = await program.answer(asked, msgtype="template_card", template_card=NOTICE | {"jump_list": jumps})

    assert ack["errcode"] == 0


async def test_a_card_can_be_pushed(program, people, mentioned, group, card):
    """Into a group in which somebody wrote before."""
    ack = await program.push(group.id, msgtype="template_card", template_card=card(), chat_type=2)

    assert ack["errcode"] == 0
    assert lead(people, "wanglei", group)["card"]["task_id"] == "lead-1"
