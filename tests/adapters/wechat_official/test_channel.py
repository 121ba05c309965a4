"""What goes on the wire to an official account, and what each answer of the platform means."""

from __future__ import annotations

import contextlib
import json

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.adapters.wechat_official.channel import OfficialChannel
from bot.adapters.wechat_official.config import Config
from bot.chat.adapter import Means
from bot.chat.channel import CustomerMessage
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from bot.kit.clock import system_clock
from bot.kit.ids import seeded_random_bytes
from bot.touch.ways import WAYS

SECRET = "app-secret-of-this-test"
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"


class Platform:
    """Answers as it is told and keeps what it got."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], object]] = []
        self.answers: list[object] = []
        self.tokens = 0
        self.same_token = False
        self.forced = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.text()
        body = json.loads(raw) if raw else None
        if request.path == "/cgi-bin/stable_token":
            assert (body["appid"], body["secret"]) == ("wx1", SECRET)
            assert body["grant_type"] == "client_credential"
            self.forced += bool(body.get("force_refresh"))
            self.tokens += not self.same_token or bool(body.get("force_refresh")) or not self.tokens
            return web.json_response({"access_token": f"T{self.tokens}", "expires_in": 7200})
        self.calls.append((request.path, dict(request.query), body))
        answer = self.answers.pop(0) if self.answers else {"errcode": 0, "errmsg": "ok", "msgid": 7}
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.json_response(answer)


@contextlib.asynccontextmanager
async def connected():
    platform, now = Platform(), [0.0]
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", platform.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    config = Config(
        app_id="wx1",
        token=SecretStr("t"),
        aes_key=SecretStr(KEY),
        app_secret=SecretStr(SECRET),
        api_base=base,
    )
    means = Means(system_clock, lambda: now[0], seeded_random_bytes(1))
    channel = OfficialChannel({"main": config}, means)
    try:
        yield channel, platform, now
    finally:
        await channel.close()
        await runner.cleanup()


def message(way: str = "template", **more: object) -> CustomerMessage:
    known = {"touch_id": "t1", "to": "main:oAbc", "text": "您好", "way": f"wechat_official.{way}"}
    if way != "message":
        known |= {"template": "TM1", "params": {"thing1": "已发货"}}
    return CustomerMessage(**{**known, **more})


def refused(code: int, text: str = "no") -> dict[str, object]:
    return {"errcode": code, "errmsg": text}


async def test_each_way_has_its_own_call():
    """Paths and bodies as documented; the token goes in the query, the account in none of it."""
    async with connected() as (channel, platform, _):
        assert await channel.deliver(message("message")) == "7"
        assert await channel.deliver(message("template", page="https://a.cn/1")) == "7"
        assert await channel.deliver(message("subscribe", page="https://a.cn/1")) == "7"
        with pytest.raises(PlatformRejectedError):
            await channel.deliver(message("mass"))

    data = {"thing1": {"value": "已发货"}}
    assert platform.calls == [
        ("/cgi-bin/message/custom/send", {"access_token": "T1"},
         {"touser": "oAbc", "msgtype": "text", "text": {"content": "您好"}}),
        ("/cgi-bin/message/template/send", {"access_token": "T1"},
         {"touser": "oAbc", "template_id": "TM1", "data": data, "url": "https://a.cn/1", "client_msg_id": "t1"}),
        ("/cgi-bin/message/subscribe/bizsend", {"access_token": "T1"},
         {"touser": "oAbc", "template_id": "TM1", "data": data, "page": "https://a.cn/1"}),
    ]  # fmt: skip


async def test_one_call_reaches_many():
    """Never one alone; the key is made of the touches, in whatever order they come."""
    async with connected() as (channel, platform, _):
        platform.answers = [{"errcode": 0, "msg_id": 5}, {"errcode": 45065, "errmsg": "exist", "msg_id": 5}]
        both = [message("mass", touch_id=f"t{n}", to=f"main:o{n}") for n in (2, 1)]
        assert [await channel.deliver_all(both), await channel.deliver_all(both[::-1])] == ["5", "5"]
        with pytest.raises(PlatformRejectedError):
            await channel.deliver_all(both[:1])

    first, second = [body for _, _, body in platform.calls]
    assert first == second
    assert (first["touser"], first["msgtype"], first["text"]) == (["o1", "o2"], "text", {"content": "您好"})
    assert len(first["clientmsgid"]) <= 64


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_bad_token_is_renewed_once(code):
    """The message goes on with the new one; a second bad token is not asked about again."""
    async with connected() as (channel, platform, _):
        platform.answers = [refused(code)]
        assert await channel.deliver(message()) == "7"
        platform.answers = [refused(code), refused(code)]
        with pytest.raises(PlatformBusyError):
            await channel.deliver(message())

    assert [query["access_token"] for _, query, _ in platform.calls] == ["T1", "T2", "T2", "T3"]


async def test_a_token_that_the_platform_gives_and_refuses_is_made_anew_by_force_and_rarely():
    """Twenty a day is all there are."""
    async with connected() as (channel, platform, now):
        platform.same_token = True
        platform.answers = [refused(40001)]
        assert await channel.deliver(message()) == "7"
        platform.answers = [refused(40001)]
        with pytest.raises(PlatformBusyError):
            await channel.deliver(message())
        assert platform.forced == 1
        now[0] += 7200
        assert await channel.deliver(message()) == "7"
    assert platform.forced == 2


@pytest.mark.parametrize(
    ("code", "said"),
    [(40003, "40003"), (43004, "43004"), (43101, "43101"), (45015, "45015"), (45047, "45047"),
     (40037, "40037"), (43019, "43019")],
)  # fmt: skip
async def test_a_no_is_a_no(code, said):
    """Certainly not sent, and its code is what the ledger keeps."""
    async with connected() as (channel, platform, _):
        platform.answers = [refused(code)]
        with pytest.raises(PlatformRejectedError) as caught:
            await channel.deliver(message())
        assert str(caught.value.code) == said
        assert len(platform.calls) == 1


async def test_a_bad_parameter_is_named():
    async with connected() as (channel, platform, _):
        platform.answers = [refused(47003, "argument invalid! data.thing1.value invalid rid: 62f")]
        with pytest.raises(PlatformRejectedError) as caught:
            await channel.deliver(message())
        assert caught.value.code == "47003:thing1"


@pytest.mark.parametrize("code", [-1, 45011, 48001, 40164, 45028])
async def test_what_passes_or_is_ours_to_mend_waits(code):
    async with connected() as (channel, platform, _):
        platform.answers = [refused(code)]
        with pytest.raises(PlatformBusyError):
            await channel.deliver(message())


async def test_a_used_up_quota_is_not_asked_again_before_its_time():
    """45009 shuts this call for hours, and no other."""
    async with connected() as (channel, platform, now):
        platform.answers = [refused(45009)]
        for _ in range(3):
            with pytest.raises(PlatformBusyError):
                await channel.deliver(message())
        assert len(platform.calls) == 1
        await channel.deliver(message("message"))
        now[0] += 5 * 3600
        await channel.deliver(message())
    assert len(platform.calls) == 3


async def test_a_lost_answer_is_repeated_only_where_the_platform_knows_our_key():
    """A template message and one to many once more, with the same key; a customer message never."""
    async with connected() as (channel, platform, _):
        platform.answers = [None]
        with pytest.raises(AnswerLostError):
            await channel.deliver(message("message"))
        assert len(platform.calls) == 1
        platform.answers = [None]
        assert await channel.deliver(message()) == "7"
        assert platform.calls[1] == platform.calls[2]
        platform.answers = [None, refused(43004)]
        with pytest.raises(AnswerLostError):
            await channel.deliver(message())


async def test_what_no_platform_takes_does_not_leave():
    """Another account's follower, no text, a text beyond 2048 bytes."""
    async with connected() as (channel, platform, _):
        for wrong in (
            message(to="other:oAbc"), message(to="main:"), message("message", text=" "),
            message("message", text="字" * 683),
        ):  # fmt: skip
            with pytest.raises(PlatformRejectedError):
                await channel.deliver(wrong)
    assert platform.calls == []


async def test_errors_name_no_secret():
    """Neither secret nor token stands in what is raised, nor in what the channel shows of itself."""
    async with connected() as (channel, platform, _):
        platform.answers = [refused(40125, f"invalid appsecret {SECRET}")]
        with pytest.raises(PlatformBusyError) as caught:
            await channel.deliver(message())
        shown = f"{caught.value!r} {caught.value} {channel._accounts} {vars(channel)}"
    assert SECRET not in shown
    assert "T1" not in shown


async def test_it_tells_by_which_id_the_platform_knows_somebody():
    async with connected() as (channel, platform, _):
        platform.answers = [{"subscribe": 1, "openid": "oAbc", "unionid": "u1"}, {"subscribe": 0}]
        assert [await channel.union_id("main:oAbc"), await channel.union_id("main:oX")] == ["u1", ""]
        assert await channel.union_id("other:oAbc") == ""
    assert platform.calls[0][:2] == (
        "/cgi-bin/user/info", {"access_token": "T1", "openid": "oAbc", "lang": "zh_CN"},
    )  # fmt: skip


def test_every_way_of_the_channel_is_there():
    """A row of the table without a call would be refused each time."""
    own = {key for key in WAYS if key.startswith("wechat_official.")}
    from bot.adapters.wechat_official.channel import _PATHS

    assert own == {*_PATHS, *OfficialChannel.batches}
