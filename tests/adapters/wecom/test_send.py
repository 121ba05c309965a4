"""What we ask to be done is done once, and what the platform says of it is understood."""

from __future__ import annotations

from datetime import timedelta

import pytest
import structlog

from bot.chat.card import Button, Card, Field
from bot.chat.outbound import (
    CreateContactWay,
    DeleteContactWay,
    Repeat,
    SendCard,
    SendText,
    Sent,
    UpdateCard,
    Welcome,
)
from bot.errors import PlatformBusyError, PlatformRejectedError
from tests.adapters.wecom.platform import adapter

SEND = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
GROUP = "/cgi-bin/appchat/send"
GREET = "/cgi-bin/externalcontact/send_welcome_msg"
ADD_WAY = "/cgi-bin/externalcontact/add_contact_way"
DEL_WAY = "/cgi-bin/externalcontact/del_contact_way"

CARD = Card(kind="lead_offered", title="新线索 L7", buttons=(Button("领取", command="c", style="primary"),))
WON = Card(
    kind="lead_won", title="喜报", note="李四", emphasis=("¥12万", "赢单"), url="https://crm.example.com"
)
SHOW = SendCard(to="lisi", card=CARD, card_key="key-1", buttons=("sealed",))
FLIP = UpdateCard(to="LiSi", card=CARD, card_key="key-1", buttons=("sealed",), code="RC1")
BUTTON_CARD = {
    "card_type": "button_interaction",
    "task_id": "key-1",
    "main_title": {"title": "新线索 L7"},
    "button_list": [{"type": 0, "text": "领取", "style": 1, "key": "sealed"}],
}


async def refusal(wecom, outgoing) -> PlatformRejectedError:
    with pytest.raises(PlatformRejectedError) as caught:
        await wecom.send(outgoing)
    return caught.value


async def test_a_text(wecom, platform):
    """An equal text within four hours is swallowed by the platform."""
    assert await wecom.send(SendText(to="0254571", text="L7 已电话")) == Sent(provider_id="MSG1")

    assert platform.bodies(SEND) == [
        {
            "touser": "0254571",
            "agentid": 1000002,
            "msgtype": "text",
            "text": {"content": "L7 已电话"},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 14400,
        }
    ]


async def test_a_long_text_ends_on_a_whole_character(wecom, platform):
    await wecom.send(SendText(to="lisi", text="客" * 1000))

    content = platform.bodies(SEND)[0]["text"]["content"]
    assert content == "客" * 681 + "…"
    assert len(content.encode()) <= 2048


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<a href="https://evil">点我</a>', '＜a href="https://evil">点我＜/a>'),
        ("< A href=x>", "＜ A href=x>"),
        ("<@all> 你好", "＜@all> 你好"),
        ("1 < 2 <b>", "1 < 2 <b>"),
        ("见 https://crm.example.com/l/L7", "见 https://crm.example.com/l/L7"),
    ],
)
async def test_markup_in_a_text_is_shown_not_obeyed(wecom, platform, text, shown):
    """A name that a customer typed into a form makes no link and rings nobody."""
    await wecom.send(SendText(to="lisi", text=text))

    assert platform.bodies(SEND)[0]["text"]["content"] == shown


@pytest.mark.parametrize("to", ["", "@all", "@ALL", "a|b"])
async def test_a_message_goes_to_one_person(wecom, platform, to):
    for outgoing in (SendText(to=to, text="x"), SendCard(to=to, card=WON, card_key="k", buttons=())):
        await refusal(wecom, outgoing)

    assert platform.count(SEND) == 0


async def test_nothing_to_say_is_refused_here(wecom, platform):
    await refusal(wecom, SendText(to="lisi", text=" \n\x00"))

    assert platform.asked == []


async def test_a_card(wecom, platform):
    """Its update code comes back with the answer and is kept nowhere else."""
    platform.answer(SEND, {"errcode": 0, "errmsg": "ok", "msgid": "M9", "response_code": "RC9"})

    assert await wecom.send(SHOW) == Sent(provider_id="M9", data={"code": "RC9", "msgid": "M9"})

    assert platform.bodies(SEND) == [
        {"touser": "lisi", "agentid": 1000002, "msgtype": "template_card", "template_card": BUTTON_CARD}
    ]


async def test_a_notice_carries_its_key_too(wecom, platform):
    """So that a second one is refused, whatever kind of card it is."""
    sent = await wecom.send(SendCard(to="lisi", card=WON, card_key="key-2", buttons=()))

    assert sent.data == {"code": "", "msgid": "MSG1"}
    assert platform.bodies(SEND)[0]["template_card"]["task_id"] == "key-2"


async def test_a_card_that_hangs_there_already_was_sent(wecom, platform):
    """The answer of an earlier try was lost; the card was not."""
    platform.answer(SEND, {"errcode": 42014, "errmsg": "taskid has existed or empty or exceed max len"})

    assert await wecom.send(SHOW) == Sent(repeated=True)


@pytest.mark.parametrize(
    "lost",
    [
        {"invaliduser": "LISI"},
        {"invaliduser": "lisi|wangwu"},
        {"invaliduser": ["lisi"]},
        {"unlicenseduser": "lisi"},
    ],
)
async def test_a_receiver_who_gets_nothing_is_a_refusal(wecom, platform, lost):
    """The platform answers zero, and its ids come in lower case, as a text or as a list."""
    platform.answer(SEND, {"errcode": 0, "errmsg": "ok", "msgid": "M", **lost})
    platform.answer(UPDATE, {"errcode": 0, "errmsg": "ok", **lost})

    assert (await refusal(wecom, SendText(to="LiSi", text="x"))).code == 81013
    assert (await refusal(wecom, FLIP)).code == 81013


@pytest.mark.parametrize(
    "others", [{"invaliduser": ""}, {"invaliduser": None}, {"invaliduser": "lisi2|xlisi"}]
)
async def test_other_peoples_trouble_is_not_his(wecom, platform, others):
    platform.answer(SEND, {"errcode": 0, "errmsg": "ok", "msgid": "M", **others})

    assert await wecom.send(SendText(to="lisi", text="x")) == Sent(provider_id="M")


CALL = Card(
    kind="contact",
    title="L7 电话",
    fields=(Field("电话", "13800005678", url="tel:13800005678"), Field("官网", "e.com", url="https://e.com")),
    buttons=CARD.buttons,
)
NO_LINK = {"errcode": 42028, "errmsg": "template_card url"}


@pytest.mark.parametrize(
    ("path", "outgoing"),
    [
        (SEND, SendCard(to="lisi", card=CALL, card_key="k", buttons=("s",))),
        (UPDATE, UpdateCard(to="lisi", card=CALL, card_key="k", buttons=("s",), code="RC")),
    ],
)
async def test_a_number_is_shown_even_where_it_may_not_be_a_link(wecom, platform, path, outgoing):
    """No page says whether a card takes `tel:`; if not, the number itself must still arrive."""
    platform.answer(path, NO_LINK)

    await wecom.send(outgoing)

    first, second = (body["template_card"]["horizontal_content_list"] for body in platform.bodies(path))
    assert first[0] == {"type": 1, "keyname": "电话", "value": "13800005678", "url": "tel:13800005678"}
    assert second == [{"keyname": "电话", "value": "13800005678"}, first[1]]


async def test_another_bad_link_is_a_refusal(wecom, platform):
    platform.always[SEND] = NO_LINK

    assert (await refusal(wecom, SHOW)).code == 42028
    assert platform.count(SEND) == 1
    again = await refusal(wecom, SendCard(to="lisi", card=CALL, card_key="k", buttons=("s",)))
    assert again.code == 42028
    assert platform.count(SEND) == 3


async def test_a_flip(wecom, platform):
    """Receivers are a list here, and the card keeps its key, for the next tap."""
    assert await wecom.send(FLIP) == Sent()

    assert platform.bodies(UPDATE) == [
        {"userids": ["LiSi"], "agentid": 1000002, "response_code": "RC1", "template_card": BUTTON_CARD}
    ]


async def test_a_flip_with_a_used_code_is_refused(wecom, platform):
    platform.answer(UPDATE, {"errcode": 40058, "errmsg": "invalid response_code"})

    assert (await refusal(wecom, FLIP)).code == 40058


async def test_a_flip_without_a_code_is_refused_here(wecom, platform):
    await refusal(wecom, UpdateCard(to="lisi", card=CARD, card_key="k", buttons=("s",), code=""))

    assert platform.count(UPDATE) == 0


async def test_a_group_hears_a_text(wecom, platform):
    assert await wecom.send(SendText(to="chat1", text="喜报", group=True)) == Sent()

    assert platform.bodies(GROUP) == [
        {"chatid": "chat1", "msgtype": "text", "text": {"content": "喜报"}, "safe": 0}
    ]


async def test_a_card_is_written_out_for_a_group(wecom, platform):
    """An app's group takes no template cards; a button that is lost is said aloud."""
    with structlog.testing.capture_logs() as logs:
        await wecom.send(SendCard(to="chat1", card=WON, card_key="k", buttons=(), group=True))
        await wecom.send(SendCard(to="chat1", card=CARD, card_key="k", buttons=("s",), group=True))

    assert platform.bodies(GROUP)[0]["text"]["content"] == "喜报\n李四\n赢单 ¥12万\nhttps://crm.example.com"
    assert [(log["event"], log["buttons"]) for log in logs] == [("card.flattened", 1)]


async def test_a_group_that_is_not_ours(wecom, platform):
    platform.answer(GROUP, {"errcode": 86008, "errmsg": "no permission"})

    assert (await refusal(wecom, SendText(to="chat1", text="x", group=True))).code == 86008


async def test_a_greeting(wecom, platform):
    assert await wecom.send(Welcome(code="WC1", text="您好")) == Sent()

    assert platform.bodies(GREET) == [{"welcome_code": "WC1", "text": {"content": "您好"}}]


async def test_a_greeting_that_came_too_late_or_again(wecom, platform):
    """41051: the customer has been greeted. 41050: too late. 41096: another app is at it."""
    platform.answer(
        GREET,
        {"errcode": 41051, "errmsg": "externaluser has started chatting"},
        {"errcode": 41050, "errmsg": "invalid welcome code"},
        {"errcode": 41096, "errmsg": "welcome msg sending"},
    )

    assert await wecom.send(Welcome(code="WC1", text="您好")) == Sent(repeated=True)
    assert (await refusal(wecom, Welcome(code="WC1", text="您好"))).code == 41050
    with pytest.raises(PlatformBusyError) as caught:
        await wecom.send(Welcome(code="WC1", text="您好"))
    assert caught.value.retry_after == timedelta(seconds=1)


async def test_a_greeting_is_cut_to_4000_bytes(wecom, platform):
    await wecom.send(Welcome(code="WC1", text="好" * 2000))

    assert 3990 < len(platform.bodies(GREET)[0]["text"]["content"].encode()) <= 4000


@pytest.mark.parametrize(("users", "kind"), [(("lisi",), 1), (("lisi", "wangwu"), 2)])
async def test_a_contact_way(wecom, platform, users, kind):
    """For one colleague or for several; its id is kept, since the platform shows it nowhere."""
    platform.answer(ADD_WAY, {"errcode": 0, "errmsg": "ok", "config_id": "C1", "qr_code": "https://wework/q"})

    sent = await wecom.send(CreateContactWay(state="L7-k2f9", user_ids=users, remark="客" * 40))

    assert sent == Sent(provider_id="C1", data={"config_id": "C1", "qr_code": "https://wework/q"})
    assert platform.bodies(ADD_WAY) == [
        {
            "type": kind,
            "scene": 2,
            "remark": "客" * 30,
            "skip_verify": True,
            "state": "L7-k2f9",
            "user": list(users),
        }
    ]


@pytest.mark.parametrize(
    "way",
    [
        CreateContactWay(state="s" * 31, user_ids=("lisi",)),
        CreateContactWay(state="s", user_ids=()),
        CreateContactWay(state="s", user_ids=tuple(f"u{n}" for n in range(101))),
    ],
)
async def test_a_contact_way_that_would_not_work_is_refused_here(wecom, platform, way):
    """A longer state would come back cut, and would find no lead."""
    await refusal(wecom, way)

    assert platform.asked == []


async def test_a_contact_way_is_taken_back(wecom, platform):
    assert await wecom.send(DeleteContactWay(config_id="C1")) == Sent()

    assert platform.bodies(DEL_WAY) == [{"config_id": "C1"}]


@pytest.mark.parametrize(
    ("outgoing", "repeat"),
    [
        (SendText(to="lisi", text="x"), Repeat.WINDOW),
        (SHOW, Repeat.KEYED),
        (FLIP, Repeat.HARMLESS),
        (Welcome(code="c", text="x"), Repeat.KEYED),
        (CreateContactWay(state="s", user_ids=("a",)), Repeat.HARMLESS),
        (DeleteContactWay(config_id="c"), Repeat.HARMLESS),
        (SendText(to="chat", text="x", group=True), Repeat.NEVER),
        (SendCard(to="chat", card=WON, card_key="k", buttons=(), group=True), Repeat.NEVER),
    ],
)
def test_what_a_second_sending_does(outgoing, repeat):
    assert adapter().repeat(outgoing) is repeat


def test_a_person_is_written_to_25_times_a_minute():
    """Over 30 the platform drops in silence."""
    throttle = adapter().throttle

    assert throttle is not None
    assert (throttle.sends, throttle.within) == (25, timedelta(minutes=1))


async def test_two_occasions_are_told_apart_and_a_retry_is_not(wecom, platform):
    """The same words for another occasion arrive; the same occasion again is swallowed. Nobody sees the difference."""
    for mark in ("a", "b", "a"):
        await wecom.send(SendText(to="lisi", text="客" * 1000, mark=mark))

    first, other, retry = (body["text"]["content"] for body in platform.bodies(SEND))
    assert first == retry != other
    assert first.strip("\u200b\u200c") == other.strip("\u200b\u200c")
    assert len(first.encode()) <= 2048
