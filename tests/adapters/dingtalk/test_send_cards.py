"""Cards on the wire: of a template and without one, made, shown, changed, and kept within the limits."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.dingtalk import template
from bot.chat.adapter import Answering, ChangesByKey
from bot.chat.card import Button, Choice, Field, Poll
from bot.chat.inbound import Tap
from bot.chat.links import action_url
from bot.chat.outbound import (
    CardView,
)
from bot.crm.commands import ClaimLead
from bot.errors import PlatformRejectedError
from tests.adapters.dingtalk.platform import (
    GROUP,
    NOW,
    PUBLIC_URL,
    TEMPLATE,
    card_delivery,
    refusal,
    tap,
)
from tests.adapters.dingtalk.sending import (
    CLAIM,
    CREATE,
    ONE,
    UPDATE,
    card,
    changed,
    shown,
)


async def test_a_card_without_a_template_has_buttons_that_are_links(build, platform):
    face = card(CLAIM, Button("官网", url="https://a.cn/x"), fields=(Field("来源", "[点我](http://evil)"),))

    await build().send(shown(face))

    body = platform.bodies(ONE)[0]
    values = json.loads(body["msgParam"])
    assert body["msgKey"] == "sampleActionCard2"
    assert values["actionURL1"] == action_url(PUBLIC_URL, card_key="k7", button="seal1")
    assert (values["actionTitle1"], values["actionURL2"]) == ("领取", "https://a.cn/x")
    assert "](http://evil)" not in values["text"]


@pytest.mark.parametrize(("buttons", "key"), [(0, "sampleMarkdown"), (1, "sampleActionCard"), (5, "sampleActionCard5"),
                                              (7, "sampleActionCard5")])  # fmt: skip
async def test_the_kind_of_card_goes_by_its_buttons_and_none_is_lost(build, platform, buttons, key):
    face = card(*(Button(f"按钮{n}", ClaimLead(f"L{n}")) for n in range(buttons)))

    await build().send(shown(face))

    body = platform.bodies(ONE)[0]
    assert body["msgKey"] == key
    said = body["msgParam"]
    for n in range(1, buttons + 1):
        assert action_url(PUBLIC_URL, card_key="k7", button=f"seal{n}") in said


async def test_a_card_of_a_template_is_made_and_shown_under_our_key(build, platform):
    face = card(
        CLAIM, note="上海", fields=(Field("电话", "138****0001", url="tel:13800000001"),), text="a\nb"
    )

    sent = await build(card_template_id=TEMPLATE, mode="stream").send(shown(face))

    body = platform.bodies(CREATE)[0]
    values = body["cardData"]["cardParamMap"]
    assert (body["outTrackId"], body["cardTemplateId"], body["callbackType"]) == ("k7", TEMPLATE, "STREAM")
    assert (body["openSpaceId"], body["userIdType"]) == ("dtv1.card//IM_ROBOT.mei", 1)
    assert body["imRobotOpenDeliverModel"]["spaceType"] == "IM_ROBOT"
    assert set(values) == set(template.variables())
    assert all(isinstance(value, str) for value in values.values())
    assert (values["button1_text"], values["button1_seal"], values["button2_text"]) == ("领取", "seal1", "")
    assert (values["title"], values["chat"]) == ("新线索：王先生", "")
    assert values["fields"] == "**电话** [138＊＊＊＊0001](tel:13800000001)"
    assert sent.provider_id == "C1"


async def test_a_groups_card_has_everybodys_values_and_one_readers_own(build, platform):
    face, own = card(CLAIM, note="先点先得 13812345678"), card(note="你已领取")
    views = (CardView("mei", own, ()),)

    await build(card_template_id=TEMPLATE, mode="stream").send(shown(face, to=GROUP, group=True, views=views))

    body = platform.bodies(CREATE)[0]
    assert body["openSpaceId"] == f"dtv1.card//IM_GROUP.{GROUP}"
    assert body["imGroupOpenDeliverModel"] == {"robotCode": "dingabc123"}
    assert body["cardData"]["cardParamMap"]["chat"] == GROUP
    assert body["cardData"]["cardParamMap"]["note"] == "先点先得 138****5678"
    private = body["privateData"]["mei"]["cardParamMap"]
    assert (private["note"], private["button1_text"]) == ("你已领取", "")


async def test_a_card_that_was_made_and_reached_nobody_is_a_no(build, platform):
    """200 and success, and the delivery within it failed."""
    failed = {"spaceType": "IM_ROBOT", "success": False, "errorMsg": "robot not in space"}
    platform.answer(CREATE, {"success": True, "result": {"outTrackId": "k7", "deliverResults": [failed]}})

    with pytest.raises(PlatformRejectedError, match="robot not in space"):
        await build(card_template_id=TEMPLATE, mode="stream").send(shown(card(CLAIM)))


async def test_a_card_that_exists_is_an_earlier_try_that_got_through(build, platform):
    platform.answer(CREATE, refusal("param.cardAlreadyExist"))

    sent = await build(card_template_id=TEMPLATE, mode="stream").send(shown(card(CLAIM)))

    assert sent.repeated


async def test_a_template_that_is_not_published_is_named(build, platform):
    platform.answer(CREATE, refusal("param.templateUnpublished"))

    with pytest.raises(PlatformRejectedError, match="没有发布"):
        await build(card_template_id=TEMPLATE, mode="stream").send(shown(card(CLAIM)))


async def test_over_http_the_address_for_taps_is_registered_once(build, platform):
    app = build(card_template_id=TEMPLATE)
    platform.answer("/v1.0/card/callbacks/register", (500, {"code": "param.callbackRouteKeyExist"}))

    await asyncio.gather(*(app.send(shown(card(CLAIM))) for _ in range(3)))

    registered = platform.bodies("/v1.0/card/callbacks/register")
    assert len(registered) == 1
    assert registered[0]["callbackUrl"] == f"{PUBLIC_URL}/callback/dingtalk/card"
    created = platform.bodies(CREATE)
    assert {body["callbackType"] for body in created} == {"HTTP"}
    assert {body["callbackRouteKey"] for body in created} == {registered[0]["callbackRouteKey"]}


async def test_a_card_changes_by_key_and_keeps_where_it_hangs(build, platform):
    app = build(card_template_id=TEMPLATE, mode="stream")
    assert isinstance(app, ChangesByKey)
    assert app.changes_by_key

    await app.send(changed(card(note="已被张三领取"), to=GROUP))

    method, _, _, _, raw = next(one for one in platform.asked if one[1] == UPDATE)
    body = json.loads(raw)
    assert method == "PUT"
    assert body["cardUpdateOptions"] == {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
    assert body["cardData"]["cardParamMap"]["button1_text"] == ""
    assert "chat" not in body["cardData"]["cardParamMap"]


async def test_without_a_template_a_card_cannot_change(build, platform):
    app = build()
    assert isinstance(app, ChangesByKey)
    assert not app.changes_by_key

    with pytest.raises(PlatformRejectedError, match="没有卡片模板"):
        await app.send(changed(card()))


async def test_over_http_the_changed_card_is_the_answer_to_the_tap(build, platform):
    app = build(card_template_id=TEMPLATE)
    assert isinstance(app, Answering)
    accepted = app.receive(card_delivery(tap(key="k7")), now=NOW)
    pressed = app.decode(accepted.body)
    assert isinstance(pressed, Tap)
    kept: list[str] = []
    own = CardView("0254571", card(note="你已领取"), ())
    change = changed(card(note="已被王领取"), code=pressed.update_code, views=(own,))
    sending: list[asyncio.Task[Any]] = []

    async def keep() -> None:
        kept.append(accepted.key)
        sending.append(asyncio.create_task(app.send(change)))

    answer = json.loads(await app.answered(accepted, keep))
    await asyncio.gather(*sending)

    assert kept == [accepted.key]
    assert answer["cardData"]["cardParamMap"]["note"] == "已被王领取"
    assert answer["userPrivateData"]["cardParamMap"]["note"] == "你已领取"
    assert platform.asked == []
    assert app.cost(change) == 0
    assert app.cost(replace(change, code="")) == 1


async def test_what_another_reader_sees_is_a_call_of_its_own(build, platform):
    """The answer to a tap carries nobody's private values but the tapper's; it does not wait for the call."""
    app = build(card_template_id=TEMPLATE)
    accepted = app.receive(card_delivery(tap(key="k7")), now=NOW)
    code = app.decode(accepted.body).update_code
    views = (CardView("0254571", card(note="已被梅领取"), ()), CardView("mei", card(note="你已领取"), ()))
    change = changed(card(note="已被梅领取"), code=code, views=views)
    sending: list[asyncio.Task[Any]] = []

    async def keep() -> None:
        sending.append(asyncio.create_task(app.send(change)))

    answer = json.loads(await app.answered(accepted, keep))
    await asyncio.gather(*sending)

    assert answer["userPrivateData"]["cardParamMap"]["note"] == "已被梅领取"
    (body,) = [json.loads(one[-1]) for one in platform.asked if one[1] == UPDATE]
    assert list(body["privateData"]) == ["mei"]
    assert "cardData" not in body
    assert app.cost(change) == 1


async def test_a_reader_who_has_left_keeps_nobody_from_seeing_the_change(build, platform):
    """The platform refuses values for people it does not know: then each gets his own by himself."""
    platform.answer(UPDATE, refusal("param.userIdNotExist"), {}, refusal("param.userIdNotExist"), {})
    views = (CardView("gone", card(note="你已领取"), ()), CardView("mei", card(note="你已领取"), ()))

    await build(card_template_id=TEMPLATE, mode="stream").send(changed(card(), to=GROUP, views=views))

    bodies = [json.loads(one[-1]) for one in platform.asked if one[1] == UPDATE]
    assert [("cardData" in body, list(body.get("privateData", ()))) for body in bodies] == [
        (True, ["gone", "mei"]),
        (True, []),
        (False, ["gone"]),
        (False, ["mei"]),
    ]


async def test_choices_and_lists_are_spelled_as_json(build, platform):
    app = build(card_template_id=TEMPLATE, mode="stream")
    poll = Poll("reason", tuple((f"r{n}", f"理由{n}") for n in range(3)), many=True, ticked=("r1",))
    choice = Choice("owner", "交给谁", (("mei", "梅"),), selected="mei")

    await app.send(shown(card(CLAIM, poll=poll)))
    await app.send(shown(card(CLAIM, choice=choice)))

    polled, chosen = (body["cardData"]["cardParamMap"] for body in platform.bodies(CREATE))
    assert json.loads(polled["choice1_options"])[2] == {"value": "r2", "text": "理由2"}
    assert (polled["choice1_kind"], json.loads(polled["choice1_selected"])) == ("many", ["r1"])
    assert (chosen["choice1_key"], chosen["choice1_text"], chosen["choice1_kind"]) == (
        "owner",
        "交给谁",
        "one",
    )


async def test_values_stay_within_the_limit(build, platform):
    poll = Poll("reason", tuple((f"r{n}", "很长的理由" * 6) for n in range(20)))

    await build(card_template_id=TEMPLATE, mode="stream").send(
        shown(card(CLAIM, poll=poll, text="长" * 3000))
    )

    values = platform.bodies(CREATE)[0]["cardData"]["cardParamMap"]
    assert max(len(value.encode()) for value in values.values()) <= template.VALUE_BYTES
    assert json.loads(values["choice1_options"])


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "键"])
async def test_a_key_of_another_shape_is_refused_here(build, platform, key):
    outgoing = replace(shown(card(CLAIM)), card_key=key)
    app = build(card_template_id=TEMPLATE, mode="stream")
    if key == "":
        # A card without a key is never changed: it goes as a message.
        await app.send(outgoing)
        assert platform.count(ONE) == 1
        return
    with pytest.raises(PlatformRejectedError, match="key"):
        await app.send(outgoing)
