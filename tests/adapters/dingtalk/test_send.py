"""What is put on the wire, and what each answer means: also the answers that say yes and mean no."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.adapter import Metered
from bot.chat.outbound import (
    Repeat,
    SendPicture,
    SendText,
    Welcome,
)
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from tests.adapters.dingtalk.platform import (
    GROUP,
    NOW,
    TEMPLATE,
    message,
    refusal,
    robot_delivery,
)
from tests.adapters.dingtalk.sending import (
    MANY,
    ONE,
    PNG,
    SESSION,
    card,
    changed,
    shown,
)


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


async def test_a_work_notice_of_whose_fate_nobody_tells_is_not_noted_as_sent(build, platform):
    """Nor sent once more."""
    platform.answer(ONE, refusal("robot.oto.notExist"))
    platform.answer("/topapi/message/corpconversation/asyncsend_v2", {"errcode": 0, "task_id": 77})
    platform.answer("/topapi/message/corpconversation/getsendresult", *[refusal("system.busy")] * 3)

    with pytest.raises(AnswerLostError):
        await build(agent_id=42).send(SendText(to="mei", text="x"))

    assert platform.count("/topapi/message/corpconversation/asyncsend_v2") == 1
    assert platform.count("/topapi/message/corpconversation/getsendresult") == 3


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
