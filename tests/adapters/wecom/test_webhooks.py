"""A robot that only speaks: each kind of message, its limits, and nothing that would reach a customer."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
import structlog
from pydantic import ValidationError

from bot.adapters.wecom import ADAPTER
from bot.chat.card import Button, Card, Field, Picture
from bot.chat.outbound import Repeat, SendCard, SendPicture, SendText, Sent
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from tests.adapters.wecom.platform import adapter, hang_up, settings

HOOK, KEY = "/cgi-bin/webhook/send", "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
TO = "webhook:deals"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
NEWS = Card(
    kind="good_news",
    title="喜报：李四 签单 ¥4.8万",
    note="上海组",
    emphasis=("¥4.8万", "金额"),
    fields=(Field("产品", "专业版"), Field("周期", "")),
    text="再接再厉",
    buttons=(Button("看榜", url="https://crm.example.com/top"),),
)


@pytest.fixture
async def robot(platform, monotonic):
    url = f"{platform.url}{HOOK}?key={KEY}"
    built = adapter(monotonic, api_base=platform.url, webhooks__deals=url)
    yield built
    await built.close()


def speaks(text: str, **more) -> SendText:
    return SendText(to=TO, text=text, group=True, **more)


async def test_a_text(robot, platform):
    """No token, no key of ours, only the address."""
    assert await robot.send(speaks("喜报", mark="m")) == Sent()

    assert platform.asked[0][:2] == (HOOK, {"key": KEY})
    assert platform.bodies(HOOK) == [{"msgtype": "text", "text": {"content": "喜报"}}]
    assert platform.count("/cgi-bin/gettoken") == 0


async def test_a_card_is_markdown(robot, platform):
    """Each line its own; what looks like markup in a name is shown, not obeyed."""
    await robot.send(SendCard(to=TO, card=NEWS, card_key="", buttons=("",), group=True))
    hostile = Card(kind="k", title="<@all> [点我](https://evil) **x**")
    await robot.send(SendCard(to=TO, card=hostile, card_key="", buttons=(), group=True))

    first, second = (body["markdown"]["content"] for body in platform.bodies(HOOK))
    assert first == (
        "**喜报：李四 签单 ¥4.8万**\n> 上海组\n> 金额 ¥4.8万\n> 产品：专业版\n> 周期：—\n再接再厉\n"
        "[看榜](https://crm.example.com/top)"
    )
    assert second == "**＜@all＞ ［点我］(https://evil) ＊＊x＊＊**"


async def test_a_card_with_a_picture_is_an_article(robot, platform):
    card = Card(
        kind="chart",
        title="本月业绩",
        text="华东第一",
        picture=Picture("https://e.com/p.png"),
        url="https://e.com",
    )
    await robot.send(SendCard(to=TO, card=card, card_key="", buttons=(), group=True))

    article = {
        "title": "本月业绩",
        "description": "华东第一",
        "url": "https://e.com",
        "picurl": "https://e.com/p.png",
    }
    assert platform.bodies(HOOK) == [{"msgtype": "news", "news": {"articles": [article]}}]


async def test_a_picture_carries_its_own_checksum(robot, platform):
    await robot.send(SendPicture(to=TO, data=PNG, group=True))

    (body,) = platform.bodies(HOOK)
    assert base64.b64decode(body["image"]["base64"]) == PNG
    assert body["image"]["md5"] == hashlib.md5(PNG, usedforsecurity=False).hexdigest()
    assert platform.count("/cgi-bin/media/upload") == 0


async def test_what_is_too_long_is_cut_here(robot, platform):
    """A text at 2048 bytes, markdown at 4096."""
    await robot.send(speaks("好" * 3000))
    long = Card(kind="k", title="好", text="好" * 3000)
    await robot.send(SendCard(to=TO, card=long, card_key="", buttons=(), group=True))

    text, markdown = platform.bodies(HOOK)
    assert 2040 < len(text["text"]["content"].encode()) <= 2048
    assert 4085 < len(markdown["markdown"]["content"].encode()) <= 4096


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("林晓 13812345678 想要报价", "林晓 138****5678 想要报价"),
        ("+86 138-1234-5678", "138****5678"),
        ("lin@xinghe.cn", "l***@xinghe.cn"),
        ("订单 20261118123456789，D4，¥138,1234", "订单 20261118123456789，D4，¥138,1234"),
    ],
)
async def test_nobody_can_be_reached_by_what_a_group_reads(robot, platform, said, shown):
    """Whoever wrote it should have masked it; this is the last guard, and it tells that it had to act."""
    with structlog.testing.capture_logs() as logs:
        await robot.send(speaks(said))
        await robot.send(
            SendCard(to=TO, card=Card(kind="k", title="t", text=said), card_key="", buttons=(), group=True)
        )
        await robot.send(SendText(to="chat1", text=said, group=True))

    text, markdown = platform.bodies(HOOK)
    assert text["text"]["content"] == shown
    assert markdown["markdown"]["content"].endswith(shown.replace("*", "＊"))
    assert platform.bodies("/cgi-bin/appchat/send")[0]["text"]["content"] == shown
    assert ("group.masked" in {log["event"] for log in logs}) == (said != shown)


async def test_a_robot_that_was_removed_says_what_to_do(robot, platform):
    platform.answer(HOOK, {"errcode": 93000, "errmsg": f"invalid webhook url, hint: [1], from key {KEY}"})

    with pytest.raises(PlatformRejectedError, match="群机器人已被移出群") as caught:
        await robot.send(speaks("喜报"))

    assert caught.value.code == 93000
    assert KEY not in str(caught.value)


async def test_a_robot_that_spoke_too_often_stays_silent_for_a_minute(robot, platform, monotonic):
    """Its own minute: nothing else of ours has to wait."""
    platform.answer(HOOK, {"errcode": 45009, "errmsg": "api freq out of limit"})
    for _ in range(2):
        with pytest.raises(PlatformBusyError) as caught:
            await robot.send(speaks("喜报"))
        assert KEY not in str(caught.value)

    assert caught.value.retry_after == timedelta(seconds=60)
    assert platform.count(HOOK) == 1
    await robot.send(SendText(to="lisi", text="x"))
    monotonic.now += 61
    assert await robot.send(speaks("喜报")) == Sent()


async def test_a_lost_answer_is_never_said_again(robot, platform):
    """There is no key, and a second one would be seen."""
    platform.answer(HOOK, hang_up)

    with pytest.raises(AnswerLostError) as caught:
        await robot.send(speaks("喜报"))

    assert KEY not in str(caught.value)
    assert robot.repeat(speaks("喜报")) is Repeat.NEVER
    assert robot.repeat(SendPicture(to=TO, data=PNG, group=True)) is Repeat.NEVER


def test_a_robot_has_less_room_than_the_platform_gives():
    """Twenty a minute."""
    throttle = adapter().group_throttle

    assert throttle is not None
    assert throttle.sends < 20
    assert throttle.within == timedelta(minutes=1)


async def test_a_robot_that_is_not_configured_is_named(robot):
    with pytest.raises(PlatformRejectedError, match="LEADBELL_WECOM__WEBHOOKS__MANAGERS"):
        await robot.send(SendText(to="webhook:managers", text="x", group=True))


def test_the_address_is_a_secret():
    """It is all that it takes to speak in the group."""
    config = ADAPTER.config(**settings(webhooks__deals=f"https://qyapi.weixin.qq.com{HOOK}?key={KEY}"))

    assert config.webhooks["deals"].get_secret_value().endswith(KEY)
    assert KEY not in repr(config)


@pytest.mark.parametrize(
    "block",
    [
        {"webhooks__deals": ""},
        {"webhooks__deals": KEY},
        {"webhooks__deals": f"https://qyapi.weixin.qq.com{HOOK}"},
        {"webhooks__deals": f"ftp://qyapi.weixin.qq.com{HOOK}?key={KEY}"},
        {"webhooks__": f"https://qyapi.weixin.qq.com{HOOK}?key={KEY}"},
        {"webhooks__bad-name": f"https://qyapi.weixin.qq.com{HOOK}?key={KEY}"},
    ],
)
def test_a_half_filled_address_does_not_start(block):
    with pytest.raises(ValidationError) as caught:
        ADAPTER.config(**settings(**block))

    assert "LEADBELL_WECOM__WEBHOOKS__" in str(caught.value)
    assert KEY not in str(caught.value)
