from __future__ import annotations

from datetime import timedelta

import pytest


async def test_the_same_token_comes_back_within_its_two_hours(sim):
    """Repeated gettoken calls inside the validity return the same token and 7200 s."""
    ids = {"corpid": sim.app.secrets.corp_id, "corpsecret": sim.app.secrets.secret}

    first = await sim.call("gettoken", **ids)
    sim.world.pass_time(timedelta(minutes=119))
    second = await sim.call("gettoken", **ids)
    sim.world.pass_time(timedelta(minutes=1))
    third = await sim.call("gettoken", **ids)

    assert first["errcode"] == 0
    assert first["expires_in"] == 7200
    assert len(first["access_token"]) <= 512
    assert second["access_token"] == first["access_token"]
    assert third["access_token"] != first["access_token"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"corpsecret": "x"}, 41002),
        ({"corpid": "own"}, 41004),
        ({"corpid": "wwother", "corpsecret": "x"}, 40013),
        ({"corpid": "own", "corpsecret": "wrong"}, 40001),
    ],
)
async def test_wrong_credentials_are_named(sim, query, code):
    """corpid and corpsecret: missing, foreign and wrong each have their code."""
    if query.get("corpid") == "own":
        query = query | {"corpid": sim.app.secrets.corp_id}

    answer = await sim.call("gettoken", **query)

    assert answer["errcode"] == code
    assert f"e={code}" in answer["errmsg"]


async def test_a_token_may_be_missing_foreign_or_expired(sim):
    """41001, 40014 and 42001 come with HTTP 200."""
    token = await sim.fresh_token()

    assert (await sim.call("getcallbackip", token=""))["errcode"] == 41001
    assert (await sim.call("getcallbackip", token="nonsense"))["errcode"] == 40014
    assert (await sim.call("getcallbackip", token=token))["errcode"] == 0
    sim.world.pass_time(timedelta(hours=2))
    assert (await sim.call("getcallbackip", token=token))["errcode"] == 42001


async def test_a_token_can_die_early(sim):
    """After a forced expiry the token is answered with 40014, and gettoken gives another."""
    old = await sim.fresh_token()
    sim.world.faults.turn_on("token_expired", times=1)

    answer = await sim.call("getcallbackip", token=old)
    sim.token = ""

    assert answer["errcode"] == 40014
    assert await sim.fresh_token() != old
    assert (await sim.call("getcallbackip"))["errcode"] == 0


async def test_methods_and_paths_are_checked(sim):
    """A GET path refuses POST (43001), a POST path GET (43002), an unknown path is 40066."""
    assert (await sim.call("getcallbackip", {}))["errcode"] == 43001
    assert (await sim.call("message/send"))["errcode"] == 43002
    assert (await sim.call("no/such/thing"))["errcode"] == 40066


async def test_broken_json_is_an_empty_body_with_a_warning(sim):
    """The platform reads what it can and warns in errmsg."""
    url = f"{sim.running.base_url}/cgi-bin/message/recall"
    query = {"access_token": await sim.fresh_token()}

    async with sim.http.post(url, params=query, data=b"{nonsense") as response:
        answer = await response.json()

    assert answer["errcode"] == 40063
    assert "Warning: wrong json format" in answer["errmsg"]


async def test_an_api_called_too_often_is_refused(sim):
    """More than 10 000 calls a minute of one API: 45009 until the minute is over."""
    spans = ((10_000, timedelta(minutes=1)), (150_000, timedelta(hours=1)))
    assert sim.world.limits.admit("api:getcallbackip", spans, now=sim.world.now(), weight=10_000)

    assert (await sim.call("getcallbackip"))["errcode"] == 45009
    assert (await sim.call("get_api_domain_ip"))["errcode"] == 0
    sim.world.pass_time(timedelta(seconds=61))
    assert (await sim.call("getcallbackip"))["errcode"] == 0
