from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.simulator.common.refusal import NotPossibleError

SELECTION = {
    "question_key": "reason",
    "title": "原因",
    "option_list": [{"id": "empty", "text": "空号"}, {"id": "rival", "text": "同行"}],
}


async def test_a_tap_tells_who_and_what(sim, card):
    """template_card_event carries key, task id, card type and a new response code; the card turns."""
    await sim.send_card("zhangsan|lina", card())

    assert await sim.driver.tap("lina", "领取")

    xml = sim.app.deliveries[0].xml
    assert xml["FromUserName"] == "lina"
    assert xml["Event"] == "template_card_event"
    assert (xml["EventKey"], xml["TaskId"]) == ("claim:1", "lead-1-v1")
    assert xml["CardType"] == "button_interaction"
    assert xml["ResponseCode"]
    assert "SelectedItems" not in xml
    assert sim.driver.messages("lina")[0].card_state == "loading"
    assert sim.driver.messages("zhangsan")[0].card_state == "ready"
    await sim.driver.until(lambda: sim.driver.messages("lina")[0].card_state == "ready")


async def test_one_update_flips_the_card_for_all(sim, card):
    """atall replaces it everywhere; the task id stays; the tapped one stops turning."""
    await sim.send_card("zhangsan|lina", card())
    await sim.driver.tap("lina", "领取")
    code = sim.app.deliveries[0].xml["ResponseCode"]
    new = card(main_title={"title": "已被李娜领取"}, button_list=[{"text": "看", "key": "view:1"}])
    del new["task_id"]

    answer = await sim.update_card(response_code=code, atall=1, template_card=new)

    assert answer["errcode"] == 0
    for userid in ("zhangsan", "lina"):
        shown = sim.driver.messages(userid)[0]
        assert shown.card["main_title"]["title"] == "已被李娜领取"
        assert shown.card["task_id"] == "lead-1-v1"
        assert shown.card_state == "ready"
    with pytest.raises(NotPossibleError):
        await sim.driver.tap("lina", "领取")


async def test_an_update_names_its_receivers_in_lists(sim, card):
    """userids is a list here, a string is refused; who never had the card comes back in a list."""
    sent = await sim.send_card("zhangsan|lina", card())
    code = sent["response_code"]

    text = await sim.update_card(response_code=code, userids="zhangsan", button={"replace_name": "已领取"})
    listed = await sim.update_card(
        response_code=code, userids=["zhangsan", "Chenchen", "Ghost"], button={"replace_name": "已领取"}
    )

    assert text["errcode"] == 40058
    assert listed["errcode"] == 0
    assert sorted(listed["invaliduser"]) == ["chenchen", "ghost"]
    assert sim.driver.cards("zhangsan")[0]["replace_text"] == "已领取"
    assert "replace_text" not in sim.driver.cards("lina")[0]


async def test_a_response_code_works_once(sim, card):
    """The second use is refused; the code of a later tap works."""
    sent = await sim.send_card("zhangsan", card())
    change = {"atall": 1, "template_card": card(main_title={"title": "二"})}

    first = await sim.update_card(response_code=sent["response_code"], **change)
    second = await sim.update_card(response_code=sent["response_code"], **change)
    await sim.driver.tap("zhangsan", "领取")
    third = await sim.update_card(response_code=sim.app.deliveries[0].xml["ResponseCode"], **change)

    assert [first["errcode"], second["errcode"], third["errcode"]] == [0, 42016, 0]


async def test_a_response_code_lives_72_hours(sim, card):
    """At 72 h it is over."""
    one = await sim.send_card("zhangsan", card("a"))
    two = await sim.send_card("zhangsan", card("b"))
    grey = {"atall": 1, "button": {"replace_name": "完"}}

    sim.world.pass_time(timedelta(hours=71, minutes=59))
    sim.token = ""
    in_time = await sim.update_card(response_code=one["response_code"], **grey)
    sim.world.pass_time(timedelta(minutes=1))
    late = await sim.update_card(response_code=two["response_code"], **grey)

    assert (in_time["errcode"], late["errcode"]) == (0, 42016)


async def test_a_refused_update_leaves_the_code_usable(sim, card):
    """A broken new card, another app, nobody named: none of them uses the code up."""
    code = (await sim.send_card("zhangsan", card()))["response_code"]
    grey = {"button": {"replace_name": "完"}}

    assert (await sim.update_card(response_code=code, atall=1, template_card=card(button_list=[])))[
        "errcode"
    ] == 42048
    assert (await sim.update_card(response_code=code, atall=1, agentid=1, **grey))["errcode"] == 42015
    assert (await sim.update_card(response_code=code, **grey))["errcode"] == 82001
    assert (await sim.update_card(response_code=code, atall=1))["errcode"] == 40063
    assert (await sim.update_card(response_code="none", atall=1, **grey))["errcode"] == 42016
    assert (await sim.update_card(response_code=code, atall=1, **grey))["errcode"] == 0


async def test_a_card_may_become_another_type(sim, card):
    """The new card may be any of the five."""
    code = (await sim.send_card("zhangsan", card()))["response_code"]
    notice = {
        "card_type": "text_notice",
        "main_title": {"title": "完成"},
        "card_action": {"type": 1, "url": "https://a"},
    }

    await sim.update_card(response_code=code, userids=["zhangsan"], template_card=notice)

    assert sim.driver.cards("zhangsan")[0]["card_type"] == "text_notice"


async def test_a_card_with_replace_text_has_dead_buttons(sim, card):
    """replace_text turns the buttons into one grey text."""
    code = (await sim.send_card("zhangsan", card()))["response_code"]
    await sim.update_card(response_code=code, atall=1, template_card=card(replace_text="已领取"))

    with pytest.raises(NotPossibleError):
        await sim.driver.hands.members.tap("zhangsan", sim.driver.messages("zhangsan")[0].id, "claim:1")


async def test_what_is_chosen_travels_with_the_tap(sim, card):
    """A drop-down's choice comes as SelectedItems; an unknown option cannot be chosen."""
    await sim.send_card("zhangsan", card(button_selection=SELECTION))

    await sim.driver.tap("zhangsan", "无效", selected={"reason": ["rival"]})
    with pytest.raises(NotPossibleError):
        await sim.driver.tap("zhangsan", "无效", selected={"reason": ["aliens"]})
    with pytest.raises(NotPossibleError):
        await sim.driver.tap("zhangsan", "无效", selected={"reason": ["rival", "empty"]})

    item = sim.app.deliveries[0].xml["SelectedItems"]["SelectedItem"]
    assert item == {"QuestionKey": "reason", "OptionIds": {"OptionId": "rival"}}


async def test_a_preselected_option_is_sent_untouched(sim, card):
    """selected_id counts as chosen; without it nothing is sent."""
    await sim.send_card("zhangsan", card("a", button_selection=SELECTION | {"selected_id": "empty"}))
    await sim.send_card("lina", card("b", button_selection=SELECTION))

    await sim.driver.tap("zhangsan", "无效")
    await sim.driver.tap("lina", "无效")

    assert sim.app.deliveries[0].xml["SelectedItems"]["SelectedItem"]["OptionIds"]["OptionId"] == "empty"
    assert "SelectedItems" not in sim.app.deliveries[1].xml


async def test_several_boxes_come_as_a_list(sim):
    """mode 1 allows several options; the submit button's key is the event key."""
    vote = {
        "card_type": "vote_interaction",
        "task_id": "v1",
        "main_title": {"title": "选"},
        "checkbox": SELECTION | {"mode": 1},
        "submit_button": {"text": "提交", "key": "submit:1"},
    }
    await sim.send_card("lina", vote)

    await sim.driver.tap("lina", "提交", selected={"reason": ["empty", "rival"]})

    xml = sim.app.deliveries[0].xml
    assert xml["EventKey"] == "submit:1"
    assert xml["SelectedItems"]["SelectedItem"]["OptionIds"]["OptionId"] == ["empty", "rival"]


async def test_the_menu_of_a_card_has_its_own_event(sim, card):
    """action_list keys come as template_card_menu_event, also when the buttons are dead."""
    menu = {"desc": "更多", "action_list": [{"text": "转交", "key": "hand:1"}]}
    code = (await sim.send_card("lina", card(action_menu=menu)))["response_code"]
    await sim.update_card(response_code=code, atall=1, button={"replace_name": "已领取"})

    await sim.driver.tap("lina", "转交")

    assert sim.app.deliveries[0].xml["Event"] == "template_card_menu_event"
    assert sim.app.deliveries[0].xml["EventKey"] == "hand:1"


async def test_a_tap_that_nobody_takes_fails_on_the_card(sim, card):
    """After the last delivery the card stops turning and says so; it can be tapped again."""
    await sim.send_card("lina", card())
    sim.app.statuses = [500] * 4

    assert not await sim.driver.tap("lina", "领取")
    assert sim.driver.messages("lina")[0].card_state == "failed"
    assert await sim.driver.tap("lina", "领取")
    assert len({d.xml["ResponseCode"] for d in sim.app.deliveries}) == 2


async def test_two_taps_in_one_second_differ(sim, card):
    """Same person, same second, same key on two cards: two distinct plaintexts."""
    await sim.send_card("lina", card("a"))
    await sim.send_card("lina", card("b"))

    first, second = sim.driver.messages("lina")
    await sim.driver.tap("lina", "领取", on=first)
    await sim.driver.tap("lina", "领取", on=second)

    assert sim.app.deliveries[0].plain != sim.app.deliveries[1].plain
    assert [d.xml["TaskId"] for d in sim.app.deliveries] == ["a", "b"]


async def test_a_hundred_taps_at_once_all_arrive(sim, card):
    """Nobody's tap waits for another's, and each has a response code of its own."""
    people = [sim.driver.hire(f"员{n}", "上海组", userid=f"u{n:03}").userid for n in range(100)]
    await sim.driver.settled()
    sim.app.deliveries.clear()
    await sim.send_card("|".join(people), card())

    taken = await asyncio.gather(*(sim.driver.tap(userid, "领取") for userid in people))

    assert all(taken)
    assert {d.xml["FromUserName"] for d in sim.app.deliveries} == set(people)
    assert len({d.xml["ResponseCode"] for d in sim.app.deliveries}) >= 100
