"""Each way a call can end has its own word, and no word gives the token away."""

from __future__ import annotations

import asyncio
import socket
import traceback
from datetime import timedelta

import pytest

from bot.adapters.wecom.client import Client
from bot.adapters.wecom.config import Config
from bot.chat.outbound import SendText, Sent
from bot.errors import AnswerLostError, PlatformBusyError, PlatformError, PlatformRejectedError
from tests.adapters.wecom.platform import SECRET, HandMonotonic, Platform, after, hang_up, settings, status

SEND = "/cgi-bin/message/send"
TOKEN_PATH = "/cgi-bin/gettoken"
HELLO = SendText(to="lisi", text="L7 在等你")


def spelled(error: BaseException) -> str:
    """Everything that a log could show of an exception."""
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.__context__)


async def failing(wecom, outgoing=HELLO) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        await wecom.send(outgoing)
    assert "T1" not in spelled(caught.value)
    assert SECRET not in spelled(caught.value)
    return caught.value


async def test_a_call_carries_the_token_and_the_app(wecom, platform):
    assert await wecom.send(HELLO) == Sent(provider_id="MSG1")

    assert platform.asked[0][:2] == (TOKEN_PATH, {"corpid": "wwtestcorp0000001", "corpsecret": SECRET})
    assert platform.asked[1][:2] == (SEND, {"access_token": "T1"})


async def test_the_same_text_is_the_same_bytes(wecom, platform):
    """The platform compares requests byte by byte to swallow the second."""
    for _ in range(2):
        await wecom.send(HELLO)

    first, second = (body for path, _, body in platform.asked if path == SEND)
    assert first == second


@pytest.mark.parametrize(
    ("code", "seconds"), [(-1, 2), (6000, 1), (45009, 60), (45033, 2), (41096, 1), ("-1", 2)]
)
async def test_not_now(wecom, platform, code, seconds):
    platform.answer(SEND, {"errcode": code, "errmsg": "system busy, hint: [17]"})

    error = await failing(wecom)

    assert isinstance(error, PlatformBusyError)
    assert error.retry_after == timedelta(seconds=seconds)
    assert "system busy, hint: [17]" in str(error)
    assert platform.count(SEND) == 1


@pytest.mark.parametrize("code", [40008, 40058, 44004, 45002, 42031, 81013, 48002, 301002, 999_999, -2])
async def test_no(wecom, platform, code):
    """A code that nobody knows is a no as well; it is never taken for a yes."""
    text = "not allow, more info at https://open.work.weixin.qq.com/devtool/query?e=1"
    platform.answer(SEND, {"errcode": code, "errmsg": text})

    error = await failing(wecom)

    assert isinstance(error, PlatformRejectedError)
    assert error.code == code
    assert text in str(error)
    assert platform.count(SEND) == 1


async def test_an_untrusted_address_says_what_to_do_and_drops_nothing(wecom, platform):
    """Whoever runs us adds the address, and what waited goes out."""
    platform.answer(SEND, {"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 1.2.3.4"})

    error = await failing(wecom)

    assert isinstance(error, PlatformBusyError)
    assert "1.2.3.4" in str(error)
    assert "企业可信IP" in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        hang_up,
        status(500),
        status(502),
        status(503),
        status(200, b"<html>maintenance</html>"),
        status(200, b""),
        status(200, b'{"errcode": 0, "errmsg'),
        status(200, b"[]"),
        status(200, b"null"),
        status(200, b"{}"),
        status(200, b'{"errcode": null}'),
        status(200, b'{"errcode": "ok"}'),
        status(200, b'{"errcode": true}'),
        status(200, b'{"errcode": 0.5}'),
        status(200, b"x" * (16 * 1024 * 1024 + 1)),
    ],
)
async def test_a_lost_answer(wecom, platform, answer):
    """It was asked, and what was done nobody can say: it is not asked again here."""
    platform.answer(SEND, answer)

    error = await failing(wecom)

    assert isinstance(error, AnswerLostError)
    assert platform.count(SEND) == 1


@pytest.mark.parametrize("code", [301, 302, 400, 403, 404, 407, 413])
async def test_somebody_in_between_says_no(wecom, platform, code):
    """Redirects are not followed: the next host would be given the token."""
    platform.answer(SEND, status(code, Location="http://127.0.0.1:9/elsewhere"))

    error = await failing(wecom)

    assert isinstance(error, PlatformRejectedError)
    assert error.code == f"http {code}"
    assert platform.count(SEND) == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [({"Retry_After": "7"}, 7), ({}, 60), ({"Retry_After": "soon"}, 60)]
)
async def test_too_many_requests(wecom, platform, header, seconds):
    platform.answer(SEND, status(429, **header))

    error = await failing(wecom)

    assert isinstance(error, PlatformBusyError)
    assert error.retry_after == timedelta(seconds=seconds)


async def test_a_slow_answer_is_lost_after_five_seconds(wecom, platform):
    """The deadline is for the whole call, and holds to the second."""
    platform.answer(SEND, after(timedelta(seconds=20)))
    began = asyncio.get_running_loop().time()

    error = await failing(wecom)

    assert isinstance(error, AnswerLostError)
    assert 4.9 <= asyncio.get_running_loop().time() - began < 6.5


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_nobody_there_is_not_now():
    """The connection was refused, so nothing can have been done."""
    wecom = Client(Config(**settings(api_base=f"http://127.0.0.1:{closed_port()}")), HandMonotonic())

    with pytest.raises(PlatformBusyError):
        await wecom.act(SEND, {"touser": "lisi"})
    await wecom.close()


async def test_nobody_there_any_more_is_not_now(wecom, platform):
    """The token was had; then the host went away before the call left."""
    await wecom.send(HELLO)
    lost = Client(
        Config(**settings(api_base=platform.url, proxy=f"http://127.0.0.1:{closed_port()}")), HandMonotonic()
    )

    with pytest.raises(PlatformBusyError):
        await lost.act(SEND, {"touser": "lisi"})
    await lost.close()
    assert platform.count(SEND) == 1


async def test_a_proxy_is_used(platform):
    """With plain HTTP the proxy is asked for the whole address."""
    config = Config(**settings(api_base="http://qyapi.invalid", proxy=platform.url))
    client = Client(config, HandMonotonic())

    answer = await client.act(SEND, {"touser": "lisi"})

    assert answer["msgid"] == "MSG1"
    await client.close()


@pytest.mark.parametrize("code", [40001, 40014, 42001, 41001])
async def test_an_expired_token_is_renewed_once(wecom, platform, code):
    platform.answer(SEND, {"errcode": code, "errmsg": "access_token expired"})

    assert await wecom.send(HELLO) == Sent(provider_id="MSG1")

    assert [q["access_token"] for p, q, _ in platform.asked if p == SEND] == ["T1", "T2"]
    assert platform.tokens_given == 2


async def test_a_fresh_token_that_is_refused_means_wait(wecom, platform):
    """Two tries, then a minute: bad tokens by the thousand get a caller restricted."""
    platform.always[SEND] = {"errcode": 40014, "errmsg": "invalid access_token"}

    error = await failing(wecom)

    assert isinstance(error, PlatformBusyError)
    assert error.retry_after == timedelta(seconds=60)
    assert platform.count(SEND) == 2


async def test_the_token_is_cut_out_of_what_the_platform_says(wecom, platform):
    platform.answer(SEND, {"errcode": 40058, "errmsg": "bad parameter access_token=T1, hint"})

    assert "access_token=…, hint" in str(await failing(wecom))


async def test_fifty_calls_cause_one_sign_in(wecom, platform):
    await asyncio.gather(*(wecom.send(SendText(to="lisi", text=f"L{n}")) for n in range(50)))

    assert platform.tokens_given == 1
    assert platform.count(SEND) == 50


async def test_fifty_refused_tokens_cause_one_renewal(wecom, platform):
    """Whoever finds it spoilt later takes what the first one fetched."""
    await wecom.send(HELLO)

    async def only_the_second(request, _body):
        good = request.query["access_token"] != "T1"
        return await after(timedelta(0))(request, {}) if good else await refuse(request, {})

    refuse = status(200, b'{"errcode": 42001, "errmsg": "expired"}')
    platform.always[SEND] = only_the_second
    await asyncio.gather(*(wecom.send(SendText(to="lisi", text=f"L{n}")) for n in range(50)))

    assert platform.tokens_given == 2


async def test_a_wrong_secret_says_what_to_do_and_drops_nothing(wecom, platform):
    """The sends wait until it is put right."""
    platform.answer(TOKEN_PATH, {"errcode": 40001, "errmsg": f"invalid credential {SECRET}"})

    error = await failing(wecom)

    assert isinstance(error, PlatformBusyError)
    assert "LEADBELL_WECOM__SECRET" in str(error)
    assert platform.count(SEND) == 0


async def test_signing_in_is_tried_again(wecom, platform):
    """It changes nothing, so it may be; the call itself is made once."""
    platform.answer(TOKEN_PATH, status(500), {"errcode": -1, "errmsg": "busy"})

    assert await wecom.send(HELLO) == Sent(provider_id="MSG1")

    assert platform.count(TOKEN_PATH) == 3
    assert platform.count(SEND) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"errcode": 0, "access_token": "", "expires_in": 7200},
        {"errcode": 0, "access_token": "T"},
        {"errcode": 0, "access_token": 5, "expires_in": 7200},
        {"errcode": 0, "access_token": "T", "expires_in": 0},
    ],
)
async def test_an_answer_without_a_token_is_none(wecom, platform, answer):
    platform.always[TOKEN_PATH] = answer

    assert isinstance(await failing(wecom), AnswerLostError)
    assert platform.count(SEND) == 0


async def test_the_platforms_limit_shuts_the_call_for_its_minute(wecom, platform, monotonic):
    """45009 counts refused calls too, so none is made until the window is over."""
    platform.answer(SEND, {"errcode": 45009, "errmsg": "api freq out of limit"})
    await failing(wecom)
    monotonic.now += 20

    error = await failing(wecom)

    assert isinstance(error, PlatformBusyError)
    assert error.retry_after == timedelta(seconds=40)
    assert platform.count(SEND) == 1
    monotonic.now += 41
    assert await wecom.send(HELLO) == Sent(provider_id="MSG1")


async def test_closing_before_calling_is_fine(platform: Platform):
    client = Client(Config(**settings(api_base=platform.url)), HandMonotonic())

    await client.close()

    assert platform.asked == []
