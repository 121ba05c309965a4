"""What is put on the wire, and what each answer means: also the answers that say yes and mean no."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.dingtalk import template
from bot.chat.adapter import Answering, ChangesByKey, Metered
from bot.chat.card import Button, Card, Choice, Field, Poll
from bot.chat.inbound import Tap
from bot.chat.links import action_url
from bot.chat.outbound import (
    CardView,
    Repeat,
    SendCard,
    SendPicture,
    SendText,
    UpdateCard,
    Welcome,
)
from bot.crm.commands import ClaimLead
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from tests.adapters.dingtalk.platform import (
    GROUP,
    NOW,
    PUBLIC_URL,
    TEMPLATE,
    card_delivery,
    message,
    refusal,
    robot_delivery,
    tap,
)

ONE, MANY = "/v1.0/robot/oToMessages/batchSend", "/v1.0/robot/groupMessages/send"
CREATE, UPDATE = "/v1.0/card/instances/createAndDeliver", "/v1.0/card/instances"
SESSION = "/robot/sendBySession"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def card(*buttons: Button, **changes: Any) -> Card:
    return Card(**{"kind": "test", "title": "新线索：王先生", "buttons": buttons, **changes})


CLAIM = Button("领取", ClaimLead("L7"), style="primary")


def shown(face: Card, *, to: str = "mei", group: bool = False, **changes: Any) -> SendCard:
    sealed = tuple("" if b.command is None else f"seal{n}" for n, b in enumerate(face.presses, 1))
    return SendCard(to=to, card=face, card_key="k7", buttons=sealed, group=group, **changes)


def changed(face: Card, *, code: str = "", to: str = "mei", **changes: Any) -> UpdateCard:
    sealed = tuple("" if b.command is None else f"seal{n}" for n, b in enumerate(face.presses, 1))
    return UpdateCard(to=to, card=face, card_key="k7", buttons=sealed, code=code, **changes)


async def test_a_text_goes_to_one_person(build, platform):
    sent = await build().send(SendText(to="mei", text="好的\x00"))

    body = platform.bodies(ONE)[0]
    assert (body["robotCode"], body["userIds"], body["msgKey"]) == ("dingabc123", ["mei"], "sampleText")
    assert json.loads(body["msgParam"]) == {"content": "好的"}
    assert sent.provider_id == "Q1"
    assert platform.asked[-1][3]["x-acs-dingtalk-access-token"] == "T1"


async def test_a_text_to_a_group_has_nobodys_number(build, platform):
    await build().send(SendText(to=GROUP, text="电话 13812345678，a.b@firm.cn", group=True))

    body = platform.bodies(MANY)[0]
    assert body["openConversationId"] == GROUP
    assert json.loads(body["msgParam"]) == {"content": "电话 138****5678，a***@firm.cn"}


async def test_a_long_text_is_cut_by_bytes(build, platform):
    await build().send(SendText(to="mei", text="长" * 20_000))

    said = json.loads(platform.bodies(ONE)[0]["msgParam"])["content"]
    assert len(said.encode()) <= 10_000
    assert said.endswith("长…")


@pytest.mark.parametrize("name", ["invalidStaffIdList", "flowControlledStaffIdList"])
async def test_a_yes_that_reached_nobody_is_a_no(build, platform, name):
    """The platform answers 200 either way."""
    platform.answer(ONE, {"processQueryKey": "Q", name: ["mei"]})
    expected = PlatformRejectedError if name.startswith("invalid") else PlatformBusyError

    with pytest.raises(expected):
        await build().send(SendText(to="mei", text="x"))


async def test_whom_the_robot_cannot_reach_gets_a_work_notice(build, platform):
    """With its fate looked up, since it too is taken and kept back in silence."""
    platform.answer(ONE, refusal("robot.oto.notExist"))
    platform.answer("/topapi/message/corpconversation/asyncsend_v2", {"errcode": 0, "task_id": 77})
    platform.answer(
        "/topapi/message/corpconversation/getsendresult",
        {"errcode": 0, "send_result": {"unread_user_id_list": ["mei"]}},
    )

    sent = await build(agent_id=42).send(SendText(to="mei", text="x"))

    notice = platform.bodies("/topapi/message/corpconversation/asyncsend_v2")[0]
    assert (notice["agent_id"], notice["userid_list"], sent.provider_id) == (42, "mei", "77")


@pytest.mark.parametrize(
    "fate",
    [{"forbidden_list": [{"code": 143103, "count": 1, "userid": "mei"}]}, {"invalid_user_id_list": ["mei"]}],
)
async def test_a_work_notice_that_was_kept_back_is_a_no(build, platform, fate):
    platform.answer(ONE, refusal("chatbotId.notAllow.sendOTO"))
    platform.answer("/topapi/message/corpconversation/asyncsend_v2", {"errcode": 0, "task_id": 77})
    platform.answer("/topapi/message/corpconversation/getsendresult", {"errcode": 0, "send_result": fate})

    with pytest.raises(PlatformRejectedError):
        await build(agent_id=42).send(SendText(to="mei", text="x"))


async def test_without_the_apps_number_there_is_no_work_notice(build, platform):
    platform.answer(ONE, refusal("robot.oto.notExist"))

    with pytest.raises(PlatformRejectedError, match="可见范围"):
        await build().send(SendText(to="mei", text="x"))


async def heard(app, platform, **changes: Any) -> str:
    """Let the robot hear something that can be answered for free; the key to answer to."""
    address = f"{platform.url}{SESSION}?session=abc"
    return app.receive(robot_delivery(message(sessionWebhook=address, **changes)), now=NOW).key


async def test_an_answer_goes_for_free_where_it_was_asked(build, platform):
    app = build()
    key = await heard(app, platform)
    outgoing = SendText(to="0254571", text="三条", reply_to=key)
    assert isinstance(app, Metered)
    assert app.cost(outgoing) == 0

    await app.send(outgoing)

    assert platform.bodies(SESSION) == [{"msgtype": "text", "text": {"content": "三条"}}]
    assert platform.count(ONE) == 0
    assert "x-acs-dingtalk-access-token" not in platform.asked[-1][3]


async def test_what_is_private_is_not_answered_in_the_group(build, platform):
    app = build()
    key = await heard(app, platform, conversationType="2", conversationId=GROUP)

    await app.send(SendText(to="0254571", text="x", reply_to=key))
    await app.send(SendText(to=GROUP, text="y", group=True, reply_to=key))

    assert (platform.count(ONE), platform.count(SESSION)) == (1, 1)


@pytest.mark.parametrize("answer", [{"errcode": 300001, "errmsg": "session 不存在"}, (403, {"code": "x"})])
async def test_an_answer_that_is_no_longer_free_goes_as_a_message(build, platform, answer):
    """Field problem 11; and the address is not tried again."""
    app = build()
    key = await heard(app, platform)
    platform.answer(SESSION, answer)

    for _ in range(2):
        await app.send(SendText(to="0254571", text="x", reply_to=key))

    assert (platform.count(SESSION), platform.count(ONE)) == (1, 2)


@pytest.mark.parametrize("left", [timedelta(minutes=4), timedelta(minutes=-1)])
async def test_an_address_in_its_last_minutes_is_not_used(build, platform, left):
    app = build()
    until = int((NOW + left).timestamp() * 1000)
    key = await heard(app, platform, sessionWebhookExpiredTime=until)

    await app.send(SendText(to="0254571", text="x", reply_to=key))

    assert (platform.count(SESSION), platform.count(ONE)) == (0, 1)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/robot/sendBySession?session=a", "http://oapi.dingtalk.com/x",
        "https://oapi.dingtalk.com.evil.example/x", "https://oapi.dingtalk.com@evil.example/x",
        "https://evildingtalk.com/x", "https://oapi.dingtalk.com:8443/x", "ftp://oapi.dingtalk.com/x",
        "https://evil.example\\.dingtalk.com/x", "http://127.0.0.1:1/x", "https://[", "x",
    ],
)  # fmt: skip
async def test_no_other_place_is_called_because_a_body_says_so(build, platform, address):
    """Nothing in the body is signed, and its address is called from within our network."""
    app = build()
    key = app.receive(robot_delivery(message(sessionWebhook=address)), now=NOW).key
    assert app.cost(SendText(to="0254571", text="x", reply_to=key)) == 1

    await app.send(SendText(to="0254571", text="x", reply_to=key))

    assert platform.count(ONE) == 1


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
    """The answer to a tap carries nobody's private values but the tapper's."""
    app = build(card_template_id=TEMPLATE)
    accepted = app.receive(card_delivery(tap(key="k7")), now=NOW)
    code = app.decode(accepted.body).update_code
    other = CardView("mei", card(note="你已领取"), ())

    async def keep() -> None:
        await app.send(changed(card(), code=code, views=(other,)))

    assert await app.answered(accepted, keep) == b"{}"
    assert platform.count(UPDATE) == 1


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


async def test_a_picture_is_uploaded_once(build, platform):
    app = build()
    platform.answer("/media/upload", {"errcode": 0, "media_id": "@lAD1"})

    await app.send(SendPicture(to="mei", data=PNG))
    await app.send(SendPicture(to=GROUP, data=PNG, group=True))
    await app.send(SendPicture(to="mei", url="https://a.cn/x.png"))

    assert platform.count("/media/upload") == 1
    shown_by = [json.loads(b["msgParam"])["photoURL"] for path in (ONE, MANY) for b in platform.bodies(path)]
    assert shown_by == ["@lAD1", "https://a.cn/x.png", "@lAD1"]


async def test_words_stand_in_for_what_is_no_picture(build, platform):
    await build().send(SendPicture(to="mei", data=b"GIF89a......", instead="本月 12 条"))

    assert json.loads(platform.bodies(ONE)[0]["msgParam"]) == {"content": "本月 12 条"}


def test_a_repeat_is_known_for_what_it_is(build):
    bare, full = build(), build(card_template_id=TEMPLATE)
    text, picture = SendText(to="m", text="x"), SendPicture(to="m", url="https://a.cn/x.png")

    assert bare.repeat(shown(card())) is Repeat.NEVER
    assert full.repeat(shown(card())) is Repeat.KEYED
    assert full.repeat(changed(card())) is Repeat.HARMLESS
    assert {full.repeat(text), full.repeat(picture)} == {Repeat.NEVER}


async def test_what_dingtalk_has_not_is_refused(build):
    with pytest.raises(PlatformRejectedError, match="钉钉没有这个功能"):
        await build().send(Welcome(code="c", text="x"))


async def test_a_call_that_is_never_answered_is_lost(build, platform):
    async def abort(request: Any) -> Any:
        request.transport.abort()
        await asyncio.sleep(0)

    platform.answer(ONE, abort)

    with pytest.raises(AnswerLostError):
        await build().send(SendText(to="mei", text="x"))
