"""Tokens, and refusals in the shapes of both APIs."""

from __future__ import annotations

import aiohttp
import pytest

USER = ("/topapi/v2/user/get", {"userid": "0421003"})
SEND = ("POST", "/robot/groupMessages/recall", {})


async def test_a_token_is_asked_for_in_three_ways(api, world):
    """All give the same one while it lives, and begin its life anew."""
    first = await api.fetch_token()
    app = world.app
    query = {"appkey": app.client_id, "appsecret": app.client_secret}
    _, old = await api.call("GET", "/gettoken", query=query)
    body = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "grant_type": "client_credentials",
    }
    _, unified = await api.call("POST", f"/v1.0/oauth2/{app.corp_id}/token", body)
    assert (old["access_token"], unified["access_token"]) == (first, first)
    assert old["expires_in"] == unified["expires_in"] == 7200


async def test_asking_again_lengthens_a_tokens_life(api, clock):
    """Two hours after the last time it was asked for it is over, and the next is another."""
    first = await api.fetch_token()
    clock.pass_time(seconds=7000)
    assert await api.fetch_token() == first
    clock.pass_time(seconds=7000)
    assert (await api.old(*USER))["errcode"] == 0
    clock.pass_time(seconds=200)
    assert (await api.old(*USER))["sub_code"] == "42001"
    assert await api.fetch_token() != first


async def test_a_wrong_secret_is_refused(api):
    """400 invalidClientIdOrSecret; a body that is no JSON is asked for."""
    status, told = await api.call("POST", "/v1.0/oauth2/accessToken", {"appKey": "x", "appSecret": "y"})
    assert (status, told["code"]) == (400, "invalidClientIdOrSecret")
    status, told = await api.call("POST", "/v1.0/oauth2/accessToken")
    assert (status, told["message"]) == (400, "缺少参数 body is mandatory for this action")


async def test_a_bad_token_is_told_in_both_shapes(api):
    """New: 400 InvalidAuthentication. Behind /topapi: 200 with 88 and a sub code."""
    api.token = "invented"
    status, told = await api.new(*SEND)
    assert (status, told["code"]) == (400, "InvalidAuthentication")
    assert set(told) == {"code", "requestid", "message"}
    old = await api.old(*USER)
    assert (old["errcode"], old["sub_code"]) == (88, "40014")
    assert "subcode=40014" in old["errmsg"]


@pytest.mark.parametrize(
    ("kind", "status", "code", "sub"),
    [
        ("ding_ip", 403, "Forbidden.AccessDenied.IpNotInWhiteList", "60020"),
        ("ding_no_scope", 403, "Forbidden.AccessDenied.AccessTokenPermissionDenied", "60011"),
        ("ding_qps", 403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "90018"),
        ("ding_token_expired", 400, "InvalidAuthentication", "40014"),
    ],
)
async def test_the_gateways_refusals_have_both_shapes(api, world, kind, status, code, sub):
    """Each by its switch, once."""
    world.faults.turn_on(kind, times=1)
    answer = await api.new(*SEND)
    assert (answer[0], answer[1]["code"]) == (status, code)
    if kind == "ding_no_scope":
        assert answer[1]["accessdenieddetail"] == {"requiredScopes": ["qyapi_robot_sendmsg"]}
    await api.fetch_token()
    world.faults.turn_on(kind, times=1)
    assert (await api.old(*USER))["sub_code"] == sub


async def test_an_address_outside_the_white_list_is_refused(api, world):
    """The list is empty until the admin writes one."""
    await api.fetch_token()
    world.app.ip_whitelist = {"203.0.113.7"}
    assert (await api.old(*USER))["sub_code"] == "60020"
    world.app.ip_whitelist.add("127.0.0.1")
    assert (await api.old(*USER))["errcode"] == 0


async def test_twenty_calls_a_second_of_one_api(api, clock):
    """The next waits a second; another API is not touched."""
    await api.fetch_token()
    codes = [(await api.old(*USER))["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [88]
    assert (await api.old("/topapi/user/listid", {"dept_id": 1}))["errcode"] == 0
    clock.pass_time(seconds=1)
    assert (await api.old(*USER))["errcode"] == 0


async def test_paid_calls_end_with_the_month(api, world, clock, group):
    """Robot sends count and are refused; tokens and the address book are free; the next month begins anew."""
    world.quotas.most_api_calls = 1
    body = {"robotCode": world.app.robot_code, "openConversationId": group.id, "msgKey": "sampleText"}
    body |= {"msgParam": '{"content": "喜报"}'}
    assert (await api.new("POST", "/robot/groupMessages/send", body))[0] == 200
    status, told = await api.new("POST", "/robot/groupMessages/send", body)
    assert (status, told["code"]) == (403, "Forbidden.AccessDenied.ApiCountLimitForOrg")
    assert (await api.old(*USER))["errcode"] == 0
    assert world.quotas.api_calls == 1
    clock.pass_time(days=12)
    await api.fetch_token()
    assert (await api.new("POST", "/robot/groupMessages/send", body))[0] == 200


async def test_a_call_that_was_refused_for_its_speed_is_not_paid(api, world):
    """Nor one with a bad token."""
    world.faults.turn_on("ding_qps", times=1)
    await api.new(*SEND)
    assert world.quotas.api_calls == 0


@pytest.mark.parametrize(("kind", "done"), [("ding_drop", 0), ("ding_lost_answer", 1)])
async def test_a_connection_breaks_before_or_after_acting(api, world, group, kind, done):
    """The caller cannot know which."""
    await api.fetch_token()
    world.faults.turn_on(kind, times=1)
    body = {"robotCode": world.app.robot_code, "openConversationId": group.id, "msgKey": "sampleText"}
    with pytest.raises(aiohttp.ClientError):
        await api.new("POST", "/robot/groupMessages/send", body | {"msgParam": '{"content": "喜报"}'})
    assert len(group.entries) == done


@pytest.mark.parametrize(("kind", "status"), [("ding_500", 500), ("ding_timeout", 504)])
async def test_the_server_fails(api, world, kind, status):
    """Nothing was done."""
    await api.fetch_token()
    world.faults.turn_on(kind, times=1)
    assert (await api.new(*SEND))[0] == status


async def test_what_there_is_not_is_told_in_the_apis_shape(api):
    """Paths that nobody serves."""
    assert (await api.new("POST", "/no/such"))[0] == 404
    assert (await api.old("/topapi/no/such", {}))["errcode"] == 22


async def test_the_wire_log_hides_secrets(api, world):
    """Neither secret nor token is readable there."""
    await api.fetch_token()
    shown = str(world.wire.after(0))
    assert world.app.client_secret not in shown
    assert api.token not in shown
