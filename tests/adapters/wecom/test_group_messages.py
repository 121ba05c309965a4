"""企业群发 on the wire: what is asked for, and how the platform's answers are read."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.chat.channel import CustomerMessage
from bot.chat.group_sending import Got, GroupSending
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from tests.adapters.wecom.platform import NOW, adapter

ROOT = "/cgi-bin/externalcontact/"
ADD, LIST, TASK = f"{ROOT}add_msg_template", f"{ROOT}get_groupmsg_list_v2", f"{ROOT}get_groupmsg_task"
RESULT, GREET = f"{ROOT}get_groupmsg_send_result", f"{ROOT}send_welcome_msg"


@pytest.fixture
async def channel(platform, monotonic):
    built = adapter(monotonic, api_base=platform.url, customer_contact="on")
    yield built.channels()["wecom"]
    await built.close()


def ok(**parts):
    return {"errcode": 0, "errmsg": "ok", **parts}


async def test_only_what_is_switched_on_is_a_way(monotonic):
    """Neither without a switch; each by its own."""
    made = [
        adapter(monotonic),
        adapter(monotonic, customer_contact="on"),
        adapter(monotonic, customer_service="1"),
    ]

    assert [sorted(one.channels()) for one in made] == [[], ["wecom"], ["wechat_service"]]


async def test_a_task_names_its_sender_and_its_customers(channel, platform):
    """One call, no attachments; whom the platform does not take is in fail_list."""
    platform.answer(ADD, ok(msgid="msgGC1", fail_list=["wm2"]))
    made = await channel.ask(sender="lina", to=["wm1", "wm2"], text=" 好久没联系。\u0000 ")

    assert isinstance(channel, GroupSending)
    assert platform.bodies(ADD) == [
        {
            "chat_type": "single",
            "external_userid": ["wm1", "wm2"],
            "sender": "lina",
            "text": {"content": "好久没联系。"},
        }
    ]
    assert (made.id, made.refused) == ("msgGC1", {"wm2"})


async def test_more_than_a_task_takes_is_refused_here(channel, platform):
    """10,000 customers, 4,000 bytes, and something to say."""
    for to, text in (([], "您好"), (["wm"] * 10_001, "您好"), (["wm1"], "  ")):
        with pytest.raises(PlatformRejectedError):
            await channel.ask(sender="lina", to=to, text=text)
    await channel.ask(sender="lina", to=["wm1"], text="好" * 2000)

    (body,) = platform.bodies(ADD)
    assert len(body["text"]["content"].encode()) <= 4000


@pytest.mark.parametrize(
    ("code", "error"), [(-1, PlatformBusyError), (45009, PlatformBusyError), (48002, PlatformRejectedError)]
)
async def test_what_the_platform_says_decides_whether_it_is_tried_again(channel, platform, code, error):
    """Busy and too often: later; no permission: never."""
    platform.answer(ADD, {"errcode": code, "errmsg": "no"})
    with pytest.raises(error):
        await channel.ask(sender="lina", to=["wm1"], text="您好")


async def test_an_answer_without_a_code_is_lost_and_the_call_is_not_repeated(channel, platform):
    """Nobody knows whether the task was made."""
    platform.answer(ADD, {"hello": "world"})
    with pytest.raises(AnswerLostError):
        await channel.ask(sender="lina", to=["wm1"], text="您好")

    assert len(platform.bodies(ADD)) == 1


async def test_a_lost_task_is_found_by_its_words_and_its_sender(channel, platform):
    """Over pages; others' words, tasks of ours, and another seller's task are none of it."""
    rows = [{"msgid": name, "text": {"content": said}} for name, said in (("m0", "别的"), ("m1", "您好"))]
    more = [{"msgid": name, "text": {"content": "您好"}} for name in ("m2", "m3")]
    platform.answer(LIST, ok(next_cursor="c1", group_msg_list=rows), ok(next_cursor="", group_msg_list=more))
    platform.answer(
        TASK,
        ok(task_list=[{"userid": "zhangsan", "status": 0}]),
        ok(task_list=[{"userid": "lina", "status": 0}]),
    )
    since = NOW - timedelta(minutes=5)
    found = await channel.find(sender="lina", text="您好", since=since, until=NOW, but={"m1"})

    first, second = platform.bodies(LIST)
    assert found == "m3"
    assert first == {
        "chat_type": "single",
        "start_time": int((since - timedelta(minutes=2)).timestamp()),
        "end_time": int((NOW + timedelta(minutes=2)).timestamp()),
        "filter_type": 0,
        "limit": 100,
    }
    assert second == first | {"cursor": "c1"}
    assert [body["msgid"] for body in platform.bodies(TASK)] == ["m2", "m3"]


async def test_results_are_asked_for_once_it_was_sent(channel, platform):
    """0 unsent, 1 sent, 2 no contact any more, 3 over the limit; what we do not know says nothing."""
    platform.answer(TASK, ok(task_list=[{"userid": "lina", "status": 0}]))
    waiting = await channel.results("m1", "lina")
    assert (waiting.is_sent, waiting.got, platform.bodies(RESULT)) == (False, {}, [])

    sent = [
        {"external_userid": f"wm{status}", "userid": "lina", "status": status, "send_time": 1795000000}
        for status in (0, 1, 2, 3, 9)
    ]
    platform.answer(TASK, ok(task_list=[{"userid": "lina", "status": 2}]))
    platform.answer(RESULT, ok(next_cursor="p2", send_list=sent[:2]), ok(next_cursor="", send_list=sent[2:]))
    done = await channel.results("m1", "lina")

    assert done.is_sent
    assert {one: got for one, (got, _) in done.got.items()} == {
        "wm0": Got.WAITING, "wm1": Got.SENT, "wm2": Got.NO_CONTACT, "wm3": Got.LIMIT, "wm9": Got.WAITING,
    }  # fmt: skip
    assert done.got["wm1"][1] == datetime.fromtimestamp(1795000000, timezone.utc)
    assert platform.bodies(RESULT)[1] == {"msgid": "m1", "userid": "lina", "limit": 1000, "cursor": "p2"}


async def test_reminding_and_taking_back_name_the_task_alone(channel, platform):
    """Both by msgid."""
    await channel.remind("m1")
    await channel.cancel("m1")

    assert platform.bodies(f"{ROOT}remind_groupmsg_send") == [{"msgid": "m1"}]
    assert platform.bodies(f"{ROOT}cancel_groupmsg_send") == [{"msgid": "m1"}]


async def test_a_greeting_goes_by_its_code_and_nothing_else_goes_at_all(channel, platform):
    """Whatever is no welcome has to be sent by a colleague."""
    greeting = CustomerMessage(touch_id="t1", to="CODE", text="您好", way="wecom.welcome")
    assert await channel.deliver(greeting) == ""
    with pytest.raises(PlatformRejectedError):
        await channel.deliver(CustomerMessage(touch_id="t2", to="wm1", text="您好", way="wecom.group_send"))

    assert platform.bodies(GREET) == [{"welcome_code": "CODE", "text": {"content": "您好"}}]
