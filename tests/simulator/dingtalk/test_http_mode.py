"""HTTP mode: signed messages, encrypted events, signed taps; each with its deadline and repeats."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from bot.kit.wecom_box import WeComBox
from bot.simulator.dingtalk.http_mode import opened
from bot.simulator.dingtalk.model import HTTP
from tests.simulator.dingtalk.conftest import OTHER, REP


@dataclass
class ListeningApp:
    """Stands where the bot would: keeps what comes, and answers as told."""

    app: object
    got: list = field(default_factory=list)
    delay: float = 0.0
    status: int = 200
    success: str = "success"
    card: dict = field(default_factory=dict)

    async def take(self, request):
        raw = await request.read()
        self.got.append((request.path, dict(request.headers), dict(request.query), json.loads(raw)))
        await asyncio.sleep(self.delay)
        if request.path == "/event":
            return web.json_response(self.sealed(), status=self.status)
        return web.json_response(
            self.card if request.path == "/card" else {"msgtype": "empty"}, status=self.status
        )

    def sealed(self):
        box = WeComBox(self.app.event_token, self.app.event_aes_key, self.app.client_id)
        one = box.seal(self.success.encode(), timestamp="1683533823400", nonce="n0nce", random16=b"r" * 16)
        return {
            "msg_signature": one.signature,
            "timeStamp": one.timestamp,
            "nonce": one.nonce,
            "encrypt": one.encrypted,
        }

    def plain(self, index=0):
        _, _, query, body = self.got[index]
        box = WeComBox(self.app.event_token, self.app.event_aes_key, self.app.client_id)
        assert query["signature"] == box.signature(query["timestamp"], query["nonce"], body["encrypt"])
        return json.loads(opened(self.app.event_aes_key, self.app.client_id, body["encrypt"]))


@pytest.fixture
async def listening(world):
    bot = ListeningApp(world.app)
    server = web.Application()
    server.add_routes([web.post(path, bot.take) for path in ("/robot", "/event", "/card")])
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    world.app.mode = HTTP
    world.app.robot_url, world.app.event_url = f"{base}/robot", f"{base}/event"
    bot.card_url = f"{base}/card"
    yield bot
    await runner.cleanup()


async def test_a_message_is_signed(ding, listening, world):
    """The sign covers the time, and the body is that of Stream mode."""
    assert await ding.say(REP, "你好")
    _, headers, _, body = listening.got[0]
    text = f"{headers['timestamp']}\n{world.app.client_secret}"
    digest = hmac.new(world.app.client_secret.encode(), text.encode(), hashlib.sha256).digest()
    assert headers["sign"] == base64.b64encode(digest).decode()
    assert (body["senderStaffId"], body["text"]["content"]) == (REP, "你好")


@pytest.mark.parametrize("trouble", [{"delay": 0.8}, {"status": 500}], ids=["late", "failed"])
async def test_a_message_that_is_not_taken_comes_again(ding, listening, trouble):
    """Too late, or not 200: with the same msgId."""
    vars(listening).update(trouble)
    assert not await ding.say(REP, "你好")
    await ding.settled()
    assert len(listening.got) == 3
    assert len({body["msgId"] for *_, body in listening.got}) == 1


async def test_an_event_is_sealed_and_wants_a_sealed_success(ding, listening, world):
    """Flat inside, with the type capitalised; one sealed success ends it."""
    ding.hands.admin.dismiss(OTHER)
    await ding.settled()
    plain = listening.plain()
    assert len(listening.got) == 1
    assert (plain["EventType"], plain["userId"], plain["CorpId"]) == (
        "user_leave_org",
        [OTHER],
        world.app.corp_id,
    )


@pytest.mark.parametrize("success", ["fail", ""])
async def test_any_other_answer_to_an_event_is_none(ding, listening, success):
    """It comes twice more, with the same event id."""
    listening.success = success
    ding.hands.admin.dismiss(OTHER)
    await ding.settled()
    assert len({listening.plain(index)["eventId"] for index in range(3)}) == 1
    assert len(listening.got) == 3


async def test_a_tap_is_signed_and_answered_plainly(ding, listening, make_card, api):
    """The route is registered by name; the answer changes the card without an envelope."""
    listening.card = {"cardData": {"cardParamMap": {"title": "已领取"}}}
    body = {"callbackRouteKey": "cards", "callbackUrl": listening.card_url, "apiSecret": "example-secret"}
    _, told = await api.new("POST", "/card/callbacks/register", body)
    assert told["result"]["apiSecret"] == "example-secret"
    status, again = await api.new("POST", "/card/callbacks/register", body)
    assert (status, again["code"]) == (500, "param.callbackRouteKeyExist")
    assert (await api.new("POST", "/card/callbacks/register", body | {"forceUpdate": True}))[0] == 200

    await make_card(callbackType="HTTP", callbackRouteKey="cards")
    assert await ding.tap(REP, "领取")
    _, headers, _, sent = listening.got[0]
    stamp = headers["x-ddpaas-signature-timestamp"]
    digest = hmac.new(b"example-secret", stamp.encode(), hashlib.sha256).digest()
    assert headers["x-ddpaas-signature"] == base64.b64encode(digest).decode()
    assert sent["outTrackId"] == "offer-1"
    assert ding.cards(REP)[0]["title"] == "已领取"


async def test_a_card_wants_a_route_that_there_is(make_card):
    """An unknown callbackRouteKey makes no card."""
    status, told = await make_card(callbackType="HTTP", callbackRouteKey="none")
    assert (status, told["code"]) == (400, "param.callbackRouteKeyNotExist")


def test_the_documented_success_opens():
    """The sealed answer of the platform's own page."""
    sealed = "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA=="
    key = "1234567890123456789012345678901234567890123"
    assert opened(key, "dingsnotzck6pm5veliw", sealed) == b"success"
    assert opened(key, "somebody", sealed) == b""
