"""A picture is uploaded once, shown once for each occasion, and words stand in where it cannot be."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes

import pytest
from aiohttp import web

from bot.chat.outbound import IMAGE_MOST, Image, Repeat, SendPicture, Sent
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from tests.adapters.wecom.platform import HandMonotonic, Platform, hang_up, status

SEND, UPLOAD, GROUP = "/cgi-bin/message/send", "/cgi-bin/media/upload", "/cgi-bin/appchat/send"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
SHOW = SendPicture(to="lisi", data=PNG, instead="看不了图片", mark="a")


@pytest.fixture(autouse=True)
def uploads(platform: Platform) -> list[str]:
    """Each upload gets an id of its own."""
    given: list[str] = []

    async def take(_request: web.Request, _body: object) -> web.Response:
        given.append(f"M{len(given) + 1}")
        return web.json_response({"errcode": 0, "errmsg": "ok", "type": "image", "media_id": given[-1]})

    platform.always[UPLOAD] = take
    return given


def shown(platform: Platform) -> list[str]:
    return [body["image"]["media_id"] for body in platform.bodies(SEND) if body["msgtype"] == "image"]


def said(platform: Platform) -> list[str]:
    found = [body["text"]["content"] for body in platform.bodies(SEND) if body["msgtype"] == "text"]
    return [text.strip("\u200b\u200c") for text in found]


async def test_a_picture_goes_up_and_is_shown(wecom, platform):
    """Equal requests are swallowed for four hours, as for texts."""
    assert await wecom.send(SHOW) == Sent(provider_id="MSG1")

    assert platform.bodies(SEND) == [
        {
            "touser": "lisi",
            "agentid": 1000002,
            "msgtype": "image",
            "image": {"media_id": "M1"},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 14400,
        }
    ]


async def test_the_upload_is_a_form_with_one_file(wecom, platform):
    """Read back by somebody else's parser, byte for byte."""
    types: list[str] = []

    async def take(request: web.Request, _body: object) -> web.Response:
        types.append(request.headers["Content-Type"])
        return web.json_response({"errcode": 0, "media_id": "M"})

    platform.always[UPLOAD] = take
    await wecom.send(SHOW)

    _, query, body = next(asked for asked in platform.asked if asked[0] == UPLOAD)
    assert query["type"] == "image"
    form = message_from_bytes(f"Content-Type: {types[0]}\r\n\r\n".encode() + body)
    assert len(form.get_boundary()) <= 70
    (part,) = form.get_payload()
    assert part.get_content_type() == "image/png"
    assert part.get_param("name", header="content-disposition") == "media"
    assert part.get_filename() == "picture.png"
    assert part.get_payload(decode=True) == PNG


async def test_the_same_picture_for_several_people_is_uploaded_once(wecom, platform, uploads):
    for to in ("lisi", "wangwu", "zhangsan"):
        await wecom.send(replace(SHOW, to=to))

    assert uploads == ["M1"]
    assert shown(platform) == ["M1"] * 3


async def test_another_occasion_is_another_request_and_a_retry_is_the_same(wecom, platform):
    """Who asks twice gets it twice; a lost answer shows it once."""
    for mark in ("a", "b", "a"):
        await wecom.send(replace(SHOW, mark=mark))

    first, other, retry = shown(platform)
    assert first == retry != other


async def test_an_upload_is_forgotten_before_the_platform_forgets_it(
    wecom, uploads, monotonic: HandMonotonic
):
    """The platform keeps it for three days."""
    await wecom.send(SHOW)
    monotonic.now += 2.6 * 86_400
    await wecom.send(SHOW)

    assert uploads == ["M1", "M2"]


async def test_a_lost_upload_has_shown_nothing(wecom, platform, uploads):
    """It says not now, and the next try uploads again."""
    platform.answer(UPLOAD, hang_up, hang_up, hang_up)

    with pytest.raises(PlatformBusyError):
        await wecom.send(SHOW)
    await wecom.send(SHOW)

    assert shown(platform) == uploads == ["M1"]


async def test_a_retry_is_allowed_only_where_it_is_the_same_request(wecom, platform):
    """Before the upload nobody knows; after a lost answer this process knows, another one does not."""
    assert wecom.repeat(SHOW) is Repeat.NEVER
    platform.answer(SEND, hang_up)

    with pytest.raises(AnswerLostError):
        await wecom.send(SHOW)

    assert wecom.repeat(SHOW) is Repeat.WINDOW
    assert wecom.repeat(replace(SHOW, mark="b")) is Repeat.NEVER
    assert wecom.repeat(replace(SHOW, group=True)) is Repeat.NEVER


async def test_a_group_of_ours_sees_it_too(wecom, platform):
    await wecom.send(replace(SHOW, to="chat1", group=True))

    assert platform.bodies(GROUP) == [
        {"chatid": "chat1", "msgtype": "image", "image": {"media_id": "M1"}, "safe": 0}
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"errcode": 40009, "errmsg": "invalid image size"},
        {"errcode": 48002, "errmsg": "api forbidden"},
    ],
)
async def test_words_stand_in_where_the_platform_takes_no_picture(wecom, platform, broken):
    """At the next try too, so that nobody reads both."""
    platform.always[UPLOAD] = broken

    await wecom.send(SHOW)
    platform.always.pop(UPLOAD)

    assert wecom.repeat(SHOW) is Repeat.WINDOW
    await wecom.send(SHOW)
    assert said(platform) == ["看不了图片"] * 2
    assert shown(platform) == []


async def test_what_is_no_picture_is_not_uploaded(wecom, platform, uploads):
    await wecom.send(SendPicture(to="lisi", data=b"<html>login</html>", instead="看不了图片"))

    assert uploads == []
    assert said(platform) == ["看不了图片"]


async def test_nothing_to_show_and_nothing_to_say_is_a_refusal(wecom):
    with pytest.raises(PlatformRejectedError, match="PNG"):
        await wecom.send(SendPicture(to="lisi", data=b"no picture"))


async def test_a_picture_is_fetched_from_its_address(wecom, platform, uploads):
    """Once for all tries of an occasion: it may be drawn anew each time, and would be another one then."""
    drawings = [PNG, PNG + b"2"]

    async def qr(_request: web.Request, _body: object) -> web.Response:
        return web.Response(body=drawings.pop(0), content_type="image/png")

    platform.always["/qr.png"] = qr
    there = SendPicture(to="lisi", url=f"{platform.url}/qr.png", mark="a")

    await wecom.send(there)
    await wecom.send(there)

    assert shown(platform) == ["M1", "M1"]
    await wecom.send(replace(there, mark="b"))
    assert uploads == ["M1", "M2"]


async def test_the_address_is_not_told_our_token(wecom, platform):
    platform.always["/qr.png"] = status(200, PNG)

    await wecom.send(SendPicture(to="lisi", url=f"{platform.url}/qr.png"))

    assert next(query for path, query, _ in platform.asked if path == "/qr.png") == {}


@pytest.mark.parametrize("answer", [status(404), status(200, b"x" * (IMAGE_MOST + 2)), status(200, b"")])
async def test_an_address_without_a_picture_is_said_in_words(wecom, platform, answer):
    platform.always["/qr.png"] = answer

    await wecom.send(SendPicture(to="lisi", url=f"{platform.url}/qr.png", instead="请点链接"))

    assert said(platform) == ["请点链接"]


@pytest.mark.parametrize("answer", [status(503), status(429), hang_up])
async def test_an_address_that_does_not_answer_is_asked_again_later(wecom, platform, answer):
    platform.always["/qr.png"] = answer

    with pytest.raises(PlatformBusyError):
        await wecom.send(SendPicture(to="lisi", url=f"{platform.url}/qr.png", instead="请点链接"))

    assert said(platform) == []


@pytest.mark.parametrize(
    "parts", [{}, {"data": PNG, "url": "https://e.com"}, {"data": b"x" * (IMAGE_MOST + 1)}]
)
def test_a_picture_has_bytes_or_an_address(parts):
    with pytest.raises(ValueError, match="a picture"):
        Image(**parts)
