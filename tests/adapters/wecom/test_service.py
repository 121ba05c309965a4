"""微信客服 on the wire: pulled by a cursor, answered within its spans, given to people."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.chat.channel import CustomerMessage
from bot.chat.customer_service import CustomerDesk, Item, Who, address_of, address_of_code
from bot.chat.inbound import Asked
from bot.crm.service_signals import ServiceWasTold
from bot.errors import PlatformRejectedError
from bot.kit.xml import render
from tests.adapters.wecom.platform import adapter

SYNC, SEND, ON_EVENT = "/cgi-bin/kf/sync_msg", "/cgi-bin/kf/send_msg", "/cgi-bin/kf/send_msg_on_event"
AT = datetime.fromtimestamp(1795000000, timezone.utc)


@pytest.fixture
async def desk(platform, monotonic):
    built = adapter(monotonic, api_base=platform.url, customer_service="on")
    yield built.channels()["wechat_service"]
    await built.close()


def ok(**parts):
    return {"errcode": 0, "errmsg": "ok", **parts}


def row(**parts):
    return {"msgid": "m1", "open_kfid": "wk1", "external_userid": "wm1", "send_time": 1795000000, **parts}


def event(kind, **parts):
    inner = {"event_type": kind, "open_kfid": "wk1", "external_userid": "wm1", **parts}
    return {"msgid": "m1", "send_time": 1795000000, "origin": 4, "msgtype": "event", "event": inner}


async def test_the_call_says_only_that_there_is_something(wecom):
    """It has no sender and no number: account and token are all."""
    xml = {"ToUserName": "ww", "CreateTime": "1795000000", "MsgType": "event", "Event": "kf_msg_or_event",
           "Token": "ENC1", "OpenKfId": "wk1"}  # fmt: skip

    assert wecom.decode(render(xml)) == Asked(command=ServiceWasTold("wecom", "wk1", "ENC1"))
    assert "ENC1" not in repr(ServiceWasTold("wecom", "wk1", "ENC1"))


async def test_it_is_pulled_by_cursor_and_token(desk, platform):
    """The first time without a cursor; an empty page may have more behind it."""
    platform.answer(SYNC, ok(next_cursor="c1", has_more=1, msg_list=[]), ok(next_cursor="c2", has_more=0))
    first = await desk.pull("wk1", cursor="", token="ENC1")
    second = await desk.pull("wk1", cursor="c1", token="")

    assert isinstance(desk, CustomerDesk)
    assert (first.items, first.cursor, first.has_more) == ((), "c1", True)
    assert (second.cursor, second.has_more) == ("c2", False)
    assert platform.bodies(SYNC) == [
        {"open_kfid": "wk1", "limit": 1000, "voice_format": 0, "token": "ENC1"},
        {"open_kfid": "wk1", "limit": 1000, "voice_format": 0, "cursor": "c1"},
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row(origin=3, msgtype="text", text={"content": "你好"}), {"kind": "said", "text": "你好"}),
        (row(origin=3, msgtype="image", image={"media_id": "M"}), {"kind": "said", "media": "image"}),
        (row(origin=5, msgtype="text", text={"content": "我来"}), {"kind": "origin:5"}),
        (
            event("enter_session", scene="web", scene_param="spring", welcome_code="WC"),
            {"kind": "entered", "scene": "web", "scene_param": "spring", "welcome_code": "WC"},
        ),
        (
            event("msg_send_fail", fail_msgid="t1", fail_type=10),
            {"kind": "failed", "failed_id": "t1", "failed_why": "10"},
        ),
        (
            event("session_status_change", change_type=1, new_servicer_userid="lina"),
            {"kind": "session", "servicer": "lina"},
        ),
        (event("session_status_change", change_type=3), {"kind": "session", "servicer": ""}),
        (event("servicer_status_change", status=2), {"kind": "servicer_status_change"}),
    ],
)
async def test_each_kind_is_read(desk, platform, given, expected):
    """Of events account and customer stand inside; what we send is never among them."""
    platform.answer(SYNC, ok(next_cursor="c1", has_more=0, msg_list=[given]))
    page = await desk.pull("wk1", cursor="", token="")

    assert page.items == (Item(id="m1", customer="wm1", at=AT, **expected),)


async def test_one_without_a_number_is_named_by_what_it_says(desk, platform):
    """Two pulls of it give one name, so it is taken once."""
    bare = {
        key: one
        for key, one in row(origin=3, msgtype="text", text={"content": "在"}).items()
        if key != "msgid"
    }
    platform.answer(SYNC, ok(next_cursor="c1", msg_list=[bare]), ok(next_cursor="c1", msg_list=[bare]))
    pages = [await desk.pull("wk1", cursor="", token="") for _ in range(2)]

    assert pages[0].items == pages[1].items
    assert len(pages[0].items[0].id) == 64


async def test_an_answer_bears_the_touchs_own_id(desk, platform):
    """So that a failure told later finds it; a greeting goes by its code."""
    platform.answer(SEND, ok(msgid="t1"))
    platform.answer(ON_EVENT, ok(msgid="t2"))
    answer = CustomerMessage(
        touch_id="t1", to=address_of("wk1", "wm1"), text="您好", way="wechat_service.message"
    )
    greeting = CustomerMessage(
        touch_id="t2", to=address_of_code("WC"), text="欢迎", way="wechat_service.message"
    )

    assert [await desk.deliver(one) for one in (answer, greeting)] == ["t1", "t2"]
    assert platform.bodies(SEND) == [
        {"touser": "wm1", "open_kfid": "wk1", "msgid": "t1", "msgtype": "text", "text": {"content": "您好"}}
    ]
    assert platform.bodies(ON_EVENT) == [
        {"code": "WC", "msgid": "t2", "msgtype": "text", "text": {"content": "欢迎"}}
    ]


@pytest.mark.parametrize("code", [95000, 95001, 95002, 95018])
async def test_what_the_platform_refuses_is_refused_for_good(desk, platform, code):
    """No account, five messages, 48 hours, a colleague has it: each by its number."""
    platform.answer(SEND, {"errcode": code, "errmsg": "no"})
    with pytest.raises(PlatformRejectedError) as caught:
        await desk.deliver(CustomerMessage(touch_id="t1", to=address_of("wk1", "wm1"), text="您好"))

    assert caught.value.code == code


async def test_who_they_are_is_asked_a_hundred_at_a_time(desk, platform):
    """Those of whom the platform tells nothing are left out."""
    known = [{"external_userid": "wm0", "nickname": "赵倩", "unionid": "u0"}]
    platform.answer("/cgi-bin/kf/customer/batchget", ok(customer_list=known), ok(customer_list=[]))
    found = await desk.who([f"wm{n}" for n in range(101)])

    assert found == {"wm0": Who("赵倩", "u0")}
    assert [len(b["external_userid_list"]) for b in platform.bodies("/cgi-bin/kf/customer/batchget")] == [
        100,
        1,
    ]


async def test_a_conversation_is_given_to_a_colleague(desk, platform):
    """State 3, with who has it from now on; every account is known by its id."""
    platform.answer("/cgi-bin/kf/account/list", ok(account_list=[{"open_kfid": "wk1"}, {"name": "?"}]))
    await desk.give("wk1", "wm1", "lina")

    assert await desk.accounts() == ["wk1"]
    assert platform.bodies("/cgi-bin/kf/service_state/trans") == [
        {"open_kfid": "wk1", "external_userid": "wm1", "service_state": 3, "servicer_userid": "lina"}
    ]
