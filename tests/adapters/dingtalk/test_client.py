"""Two APIs and their errors in every shape: which cost a new token, which wait, which are for good."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.adapter import Ending, Streaming
from bot.chat.outbound import SendText
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from tests.adapters.dingtalk.platform import SECRET, refusal
from tests.adapters.dingtalk.stream.gateway import Hall

ONE, TOKEN, LIST = (
    "/v1.0/robot/oToMessages/batchSend",
    "/v1.0/oauth2/accessToken",
    "/topapi/v2/department/listsub",
)
TEXT = SendText(to="mei", text="x")


async def failure(app, outgoing=TEXT) -> Exception:
    with pytest.raises((PlatformBusyError, PlatformRejectedError, AnswerLostError)) as caught:
        await app.send(outgoing)
    return caught.value


async def test_fifty_callers_fetch_one_token(build, platform):
    app = build()

    await asyncio.gather(*(app.send(TEXT) for _ in range(50)))

    assert platform.tokens_given == 1


@pytest.mark.parametrize("status", [400, 401])
async def test_a_spoilt_token_is_fetched_anew_once(build, platform, status):
    platform.answer(ONE, refusal("InvalidAuthentication", status))

    await build().send(TEXT)

    assert (platform.tokens_given, platform.count(ONE)) == (2, 2)


async def test_a_fresh_token_that_is_refused_too_makes_us_wait(build, platform):
    """A storm of bad tokens gets the caller restricted."""
    platform.answer(ONE, *[refusal("InvalidAuthentication")] * 9)

    found = await failure(build())

    assert isinstance(found, PlatformBusyError)
    assert (platform.tokens_given, platform.count(ONE)) == (2, 2)


@pytest.mark.parametrize(
    "answer",
    [
        {"errcode": 40014, "errmsg": "x"}, {"errcode": "42001", "errmsg": "x"},
        {"errcode": 88, "sub_code": "40014", "sub_msg": "x", "errmsg": "ding talk error"},
        {"errcode": 88, "errmsg": "ding talk error[subcode=40014,submsg=不合法的access_token]"},
    ],
)  # fmt: skip
async def test_the_old_api_says_so_in_four_ways(build, platform, answer):
    platform.answer("/topapi/v2/department/get", answer)
    platform.answer(LIST, {"errcode": 0, "result": []})

    await build().directory()

    assert platform.tokens_given == 2


async def test_an_old_token_is_renewed_in_time(build, platform, monotonic):
    app = build()
    await app.send(TEXT)
    monotonic.now += 6_700

    await app.send(TEXT)

    assert platform.tokens_given == 2


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (refusal("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 403), 1),
        (refusal("Forbidden.AccessDenied.QpsLimitForApi", 403), 1),
        (refusal("send.too.fast"), 5),
        (refusal("systemBusy", 500), 2),
        (refusal("system.busy", 429), 2),
        ((503, b"busy"), 5),
        ((429, b"busy"), 5),
        (refusal("whatever", 503), 5),
    ],
)
async def test_what_asks_to_wait_is_told_by_its_code(build, platform, answer, seconds):
    """A limit is a 403 that may be tried again; the status says nothing."""
    platform.answer(ONE, answer)

    found = await failure(build())

    assert isinstance(found, PlatformBusyError)
    assert found.retry_after.total_seconds() == seconds


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refusal("Forbidden.AccessDenied.IpNotInWhiteList", 403), "出口 IP"),
        (refusal("resource.not.found"), "机器人不在这个群里"),
        (refusal("staffId.notExisted"), "staffId.notExisted"),
        ((404, b"<html>"), "http 404"),
        ((302, b""), "http 302"),
    ],
)
async def test_what_is_for_good_is_told_with_its_cure(build, platform, answer, said):
    platform.answer(ONE, answer)

    found = await failure(build())

    assert isinstance(found, PlatformRejectedError)
    assert said in str(found)


async def test_missing_rights_are_named(build, platform):
    body = {
        "code": "Forbidden.AccessDenied.AccessTokenPermissionDenied", "requestid": "R", "message": "没有权限",
        "accessdenieddetail": {"requiredScopes": ["qyapi_robot_sendmsg"]},
    }  # fmt: skip
    platform.answer(ONE, (403, body))

    assert "qyapi_robot_sendmsg" in str(await failure(build()))


@pytest.mark.parametrize(
    "answer",
    [
        refusal("system.error", 500),
        (504, {"code": "x"}),
        (500, b"oops"),
        (200, b"oops"),
        (502, b""),
        (200, b"[]"),
    ],
)
async def test_what_nobody_knows_is_lost(build, platform, answer):
    platform.answer(ONE, answer)

    assert isinstance(await failure(build()), AnswerLostError)


async def test_out_of_the_months_calls_nothing_that_costs_is_asked_for_a_while(build, platform, monotonic):
    """What is free goes on."""
    app = build()
    platform.answer(ONE, refusal("Forbidden.AccessDenied.ApiCountLimitForOrg", 403))
    platform.answer(LIST, {"errcode": 0, "result": []})

    first, second = await failure(app), await failure(app)

    assert isinstance(first, PlatformRejectedError)
    assert isinstance(second, PlatformRejectedError)
    assert platform.count(ONE) == 1
    await app.directory()
    monotonic.now += 601
    await app.send(TEXT)
    assert platform.count(ONE) == 2


@pytest.mark.parametrize(
    "answer", [(403, {"status": 1111, "wait": 5, "punish": "deny"}), (403, b"<html>deny</html>"),
               (200, {"status": 1111, "wait": 5})]
)  # fmt: skip
async def test_shut_out_we_stay_away_for_five_minutes(build, platform, monotonic, answer):
    app = build()
    platform.answer(ONE, answer)

    for _ in range(3):
        assert isinstance(await failure(app), PlatformBusyError)
    assert platform.count(ONE) == 1
    monotonic.now += 301
    await app.send(TEXT)


async def test_bad_credentials_are_for_good_and_the_secret_is_not_repeated(build, platform):
    platform.answer(TOKEN, refusal("invalidClientIdOrSecret", 400, f"bad {SECRET}"))

    found = await failure(build())

    assert isinstance(found, PlatformRejectedError)
    assert "CLIENT_SECRET" in str(found)
    assert SECRET not in str(found)


async def test_an_unreachable_platform_did_nothing(build):
    app = build(api_base="http://127.0.0.1:9", oapi_base="http://127.0.0.1:9")

    assert isinstance(await failure(app), PlatformBusyError)


async def test_the_old_apis_token_is_in_no_error(build, platform):
    platform.answer("/topapi/v2/department/get", *[(500, b"x")] * 3)

    with pytest.raises(AnswerLostError) as caught:
        await build().directory()

    assert "T1" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        ((401, {"requestid": "R", "code": "authFailed", "message": "鉴权失败"}), Ending.REFUSED),
        ((400, {"code": "invalidClientIdOrSecret", "message": "x"}), Ending.REFUSED),
        ((503, b"busy"), Ending.DROPPED),
        ((200, {"endpoint": "", "ticket": ""}), Ending.DROPPED),
        ((200, {"endpoint": "ws://127.0.0.1:9/connect", "ticket": "t"}), Ending.DROPPED),
    ],
)
async def test_a_stream_that_cannot_be_had_says_whether_it_is_our_fault(build, platform, answer, ending):
    platform.answer("/v1.0/gateway/connections/open", answer)
    app = build(mode="stream")
    assert isinstance(app, Streaming)

    closed = await app.streams()[0].run(Hall())

    assert closed.ending is ending
    asked = platform.asked[-1]
    assert "x-acs-dingtalk-access-token" not in asked[3]
    assert asked[3]["Accept"] == "application/json"
