"""Interactive cards: one key is one card, each sees his own, the template's contract holds."""

from __future__ import annotations

import json

import pytest

from tests.simulator.dingtalk.conftest import BOSS, OTHER, REP, claimable, spec_ack


def answering(response):
    """Acknowledge taps with this response, everything else as the protocol has it."""

    def ack(frame):
        if frame["headers"]["topic"] != "/v1.0/card/instances/callback":
            return spec_ack(frame)
        return spec_ack(frame) | {"data": json.dumps({"response": response})}

    return ack


async def test_a_card_is_made_and_delivered(make_card, ding):
    """The result names the space; the person sees the card."""
    status, told = await make_card()
    (result,) = told["result"]["deliverResults"]
    assert (status, told["success"], result["success"], result["spaceId"]) == (200, True, True, REP)
    assert ding.cards(REP)[0]["title"] == "新线索"


async def test_a_key_names_one_card_for_ever(make_card, ding):
    """The second making is refused, and nothing is shown twice."""
    await make_card()
    status, told = await make_card()
    assert (status, told["code"]) == (400, "param.cardAlreadyExist")
    assert len(ding.cards(REP)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cardTemplateId": ""}, "param.cardTemplateIdEmpty"),
        ({"cardTemplateId": "x.schema"}, "param.templateNotExist"),
        ({"outTrackId": "k" * 65}, "param.outTrackIdEmpty"),
        ({"openSpaceId": "IM_ROBOT.x"}, "param.openSpaceIdInvalid"),
        ({"imRobotOpenDeliverModel": None}, "param.openDeliverModelEmpty"),
        ({"privateData": {"nobody": {"cardParamMap": {}}}}, "param.userIdNotExist"),
        ({"cardData": {"cardParamMap": {"colour": "red"}}}, "param.cardDataInvalid"),
        ({"cardData": {"cardParamMap": {"title": 7}}}, "param.cardDataInvalid"),
        ({"cardData": {"cardParamMap": {"choice1_options": "{}"}}}, "param.cardDataInvalid"),
        ({"cardData": {"cardParamMap": {"title": "长" * 400}}}, "param.cardDataInvalid"),
    ],
)
async def test_what_does_not_fit_the_contract_is_refused(make_card, world, ding, changes, code):
    """An unknown template or variable, a value that is no text, a part missing: 400, and no card is left."""
    status, told = await make_card(**changes)
    assert (status, told["code"]) == (400, code)
    assert ding.cards(REP) == []
    assert world.cards == {}


async def test_an_unpublished_template_makes_nothing(make_card, world):
    """As it is reported from the field."""
    world.faults.turn_on("ding_unpublished", times=1)
    status, told = await make_card()
    assert (status, told["code"]) == (400, "param.templateUnpublished")


async def test_success_can_hide_a_failed_delivery(make_card, ding, world):
    """200 and success, with a space that failed: an unknown person, or by switch."""
    _, told = await make_card(to="nobody")
    assert (told["success"], told["result"]["deliverResults"][0]["success"]) == (True, False)
    world.faults.turn_on("ding_delivery_failed", times=1)
    _, told = await make_card("offer-2")
    assert told["result"]["deliverResults"][0]["success"] is False
    assert ding.cards(REP) == []


async def test_each_sees_his_own_values(make_card, ding, group):
    """Private data stand in place of the public ones for one person alone."""
    own = {"button1_text": "跟进", "button1_seal": "own"}
    await make_card(group_id=group.id, privateData={OTHER: {"cardParamMap": own}})
    labels = {one: ding.cards(one, group_id=group.id)[0]["buttons"][0]["text"] for one in group.members}
    assert labels == {REP: "领取", OTHER: "跟进", BOSS: "领取"}
    assert "own" not in json.dumps(ding.entries(REP, group_id=group.id))


async def test_without_the_option_an_update_overwrites_everything(make_card, api, ding):
    """By key, the other values stay; without it they are gone."""
    await make_card()
    body = {"outTrackId": "offer-1", "cardData": {"cardParamMap": {"note": "已领取"}}}
    options = {"cardUpdateOptions": {"updateCardDataByKey": True}}
    assert (await api.new("PUT", "/card/instances", body | options))[1] == {"success": True, "result": True}
    assert (ding.cards(REP)[0]["title"], ding.cards(REP)[0]["note"]) == ("新线索", "已领取")
    await api.new("PUT", "/card/instances", body)
    assert (ding.cards(REP)[0]["title"], ding.cards(REP)[0]["buttons"]) == ("", [])


async def test_an_update_needs_a_card_and_something_new(make_card, api):
    """An unknown key, and an update of nothing."""
    await make_card()
    _, unknown = await api.new(
        "PUT", "/card/instances", {"outTrackId": "other", "cardData": {"cardParamMap": {}}}
    )
    _, nothing = await api.new("PUT", "/card/instances", {"outTrackId": "offer-1"})
    assert unknown["code"] == "param.cardNotExist"
    assert nothing["code"] == "param.cardDataAndPrivateDataBothEmpty"


async def test_a_tap_carries_what_the_tapper_sees(make_card, connect, ding, group):
    """His own button's command and no other's; where it was; nothing to tell two taps apart."""
    client = await connect()
    own = {"button1_text": "跟进", "button1_seal": "own"}
    await make_card(group_id=group.id, privateData={OTHER: {"cardParamMap": own}})
    assert await ding.tap(REP, "领取", group_id=group.id)
    assert await ding.tap(OTHER, "跟进", group_id=group.id)
    bodies = [json.loads(one["data"]) for one in client.heard()]
    sent = [json.loads(one["content"])["cardPrivateData"] for one in bodies]
    assert [one["userId"] for one in bodies] == [REP, OTHER]
    assert [one["params"]["button"] for one in sent] == ["sealed-claim", "own"]
    assert sent[0]["actionIds"] == ["press"]
    assert {"type", "outTrackId", "corpId", "spaceId", "spaceType"} <= set(bodies[0])


async def test_the_answer_to_a_tap_changes_the_card(make_card, connect, ding, group):
    """Public values for all, the private ones for who tapped."""
    await connect(
        answering(
            {
                "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
                "cardData": {"cardParamMap": {"note": "已被唐宁领取", "button1_text": ""}},
                "userPrivateData": {"cardParamMap": {"button2_text": "跟进", "button2_seal": "own"}},
            }
        )
    )
    await make_card(group_id=group.id)
    assert await ding.tap(OTHER, "领取", group_id=group.id)
    seen = {one: ding.cards(one, group_id=group.id)[0] for one in group.members}
    assert {one["note"] for one in seen.values()} == {"已被唐宁领取"}
    assert {who: [b["text"] for b in one["buttons"]] for who, one in seen.items()} == {
        REP: [],
        OTHER: ["跟进"],
        BOSS: [],
    }


async def test_a_tap_without_an_answer_in_time_fails_and_comes_again(make_card, connect, ding):
    """The card says that it failed; the callback is pushed again."""
    client = await connect(lambda _frame: None)
    await make_card()
    assert not await ding.tap(REP, "领取")
    assert ding.entries(REP)[0]["card_state"] == "failed"
    await ding.settled()
    assert len(client.heard()) == 3


async def test_an_answer_that_does_not_fit_the_template_changes_nothing(make_card, connect, ding, world):
    """An unknown variable in the answer: the card stays, the log tells why."""
    await connect(answering({"cardData": {"cardParamMap": {"colour": "red"}}}))
    await make_card()
    await ding.tap(REP, "领取")
    assert ding.cards(REP)[0]["title"] == "新线索"
    assert any("does not fit the template" in one.note for one in world.wire.after(0))


async def test_what_is_chosen_goes_with_the_press(make_card, connect, ding):
    """One choice as index and value, several as lists."""
    client = await connect()
    options = json.dumps([{"value": "call", "text": "电话"}, {"value": "visit", "text": "拜访"}])
    asks = {"choice1_key": "how", "choice1_text": "方式", "choice1_kind": "one", "choice1_options": options}
    asks |= {
        "choice1_selected": '["call"]',
        "choice2_key": "why",
        "choice2_kind": "many",
        "choice2_options": options,
    }
    await make_card(data=claimable() | asks)
    assert await ding.tap(REP, "领取", chosen={"why": ["visit", "call"]})
    params = json.loads(json.loads(client.heard()[0]["data"])["content"])["cardPrivateData"]["params"]
    assert params["form"] == {
        "how": {"index": 0, "value": "call"},
        "why": {"index": [1, 0], "value": ["visit", "call"]},
    }


async def test_streaming_is_off_until_the_template_has_it(make_card, api, world, ding):
    """Refused as it is; switched on, a markdown variable wants the whole text each time."""
    await make_card()
    body = {"outTrackId": "offer-1", "guid": "g1", "key": "text", "content": "查到", "isFull": True}
    status, told = await api.new("PUT", "/card/streaming", body)
    assert (status, told["code"]) == (400, "param.streamingNotEnabled")
    card = world.cards["offer-1"]
    world.templates[card.template] = world.templates[card.template].model_copy(update={"streams": "text"})
    assert (await api.new("PUT", "/card/streaming", body))[0] == 200
    assert ding.cards(REP)[0]["streaming"]
    last = body | {"guid": "g2", "content": "查到 3 条", "isFinalize": True}
    await api.new("PUT", "/card/streaming", last)
    assert (ding.cards(REP)[0]["text"], ding.cards(REP)[0]["streaming"]) == ("查到 3 条", False)
    assert (await api.new("PUT", "/card/streaming", body | {"guid": "g3", "isFull": False}))[0] == 400
    _, told = await api.new("PUT", "/card/streaming", body | {"guid": "g4", "content": "长" * 2000})
    assert told["message"].startswith("content is too large")


async def test_a_card_is_made_first_and_delivered_later(make_card, api, world, ding):
    """The two-step way: the key comes back, then a list of results."""
    await make_card("other")
    template = world.cards["other"].template
    body = {"cardTemplateId": template, "outTrackId": "two", "cardData": {"cardParamMap": claimable()}}
    assert (await api.new("POST", "/card/instances", body))[1] == {"success": True, "result": "two"}
    assert len(ding.cards(REP)) == 1
    body = {"outTrackId": "two", "openSpaceId": f"dtv1.card//IM_ROBOT.{REP}"}
    _, told = await api.new(
        "POST", "/card/instances/deliver", body | {"imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT"}}
    )
    assert told["result"][0]["success"]
    assert len(ding.cards(REP)) == 2
