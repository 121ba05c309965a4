"""The three addresses and the stream of DingTalk under attack: one answer, no effect, no defect."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from tests.wire import genuine as wecom
from tests.wire.dingtalk import campaign, frames
from tests.wire.dingtalk import genuine as g
from tests.wire.dingtalk.mutations import KINDS, mutant
from tests.wire.dingtalk.repeats import repeats, twins
from tests.wire.judge import REFUSAL
from tests.wire.room import Room, room

MUTATIONS, FRAMES, PAIRS, REPEATS = 2000, 1000, 150, 150


@pytest.fixture
async def doors(sqlite_url, company):
    async with room(sqlite_url, company=company, dingtalk=True) as opened:
        yield opened


async def test_no_bent_delivery_gets_in(doors: Room):
    """Each is refused with the one empty 401, or says what was signed for."""
    report = await campaign.run(doors, range(MUTATIONS))

    assert report.failures == []
    assert report.n == MUTATIONS
    assert set(report.by_kind) == KINDS
    assert min(report.refused, report.of_http, report.answered, report.let_in) > 0


async def test_bent_frames_break_nothing(doors: Room):
    """The connection stands, each acknowledgement names a frame that came, and only their words are kept."""
    report = await frames.run(doors, range(FRAMES))

    assert report.failures == []
    assert {200, 400, 404} <= set(report.by_code)
    assert report.kept > 0


async def test_near_twins_are_two_and_repeats_are_one(doors: Room):
    """One field makes two deliveries; another signature or messageId makes none."""
    two = await twins(doors, PAIRS)
    one = await repeats(doors, REPEATS)
    await doors.work()

    assert two.failures == one.failures == []
    assert two.kept == two.meant == 2 * PAIRS
    assert one.kept == one.meant == REPEATS
    assert {row.failures for row in await doors.states()} == {0}


def test_a_seed_gives_the_same_request_for_ever():
    assert [mutant(seed) for seed in range(50)] == [mutant(seed) for seed in range(50)]
    assert len({mutant(seed).wire for seed in range(300)}) > 260


def _message(**more):
    return g.of_robot(g.message("d-lina", "帮助", 1, **more))


_EVENT = g.of_event(g.event("check_url", 1))
_SEALED = orjson.loads(_EVENT.body)["encrypt"]
#: Everything that is known to have opened such a door.
REFUSED = {
    "robot without a signature": replace(_message(), headers=()),
    "robot with an empty signature": _message().saying(sign=""),
    "robot signed with an empty secret": _message().saying(sign=g.mac("x", f"{g.STAMP}\n")),
    "robot in seconds": replace(_message(), headers=g.robot_headers(g.STAMP[:10])),
    "robot an hour and a minute old": replace(_message(), headers=g.robot_headers(str(int(g.STAMP) - 3_660_000))),
    "robot from the future": replace(_message(), headers=g.robot_headers(str(int(g.STAMP) + 301_000))),
    "robot with full-width digits": replace(
        _message(), headers=g.robot_headers(g.STAMP.translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    ),
    "robot with bytes that are no text": replace(
        _message(), headers=(("timestamp", "\ud8001795"), ("sign", g.robot_headers()[1][1]))
    ),
    "card with bytes that are no text": replace(
        g.of_card(g.press("d-lina")),
        headers=(("x-ddpaas-signature-timestamp", "\ud800"), g.card_headers()[1]),
    ),
    "robot for another robot": _message(robotCode="dinganother"),
    "robot of another company": _message(chatbotCorpId="dinganother"),
    "robot without an id": _message(msgId=""),
    "robot with a list": replace(_message(), body=b"[]"),
    "robot of deep nesting": replace(_message(), body=b"[" * 50_000),
    "robot with NaN": replace(_message(), body=b'{"msgId": NaN}'),
    "robot in UTF-16": replace(_message(), body="{}".encode("utf-16")),
    "card with the robot's signature": replace(g.of_card(g.press("d-lina")), headers=g.robot_headers()),
    "card signed with the app's secret": replace(g.of_card(g.press("d-lina")), headers=g.card_headers(secret=g.SECRET)),
    "card of another company": g.of_card({**g.press("d-lina"), "corpId": "dingother"}),
    "event with two signatures": replace(_EVENT, query=(*_EVENT.query, ("signature", dict(_EVENT.query)["msg_signature"]))),
    "event with two moments": replace(_EVENT, query=(*_EVENT.query, ("timeStamp", g.STAMP))),
    "event a day old": g.of_event(b"", stamp=str(int(g.STAMP) - 86_460_000), encrypted=_SEALED),
    "event for another owner": g.of_event(b"", encrypted=g.sealed(b"{}", owner=g.CORP)),
    "event under another key": g.of_event(b"", encrypted=g.sealed(b"{}", aes_key=wecom.OTHER_KEY)),
    "event without a text": g.of_event(b"", encrypted=g.sealed(b"")),
    "event of another company": g.of_event({**g.event("x", 1), "CorpId": "dingother"}),
    "event whose letters moved": g.of_event(
        b"", stamp=g.STAMP, nonce="n0nce" + _SEALED[:3], encrypted=_SEALED[3:]
    ).asking(msg_signature=dict(_EVENT.query)["msg_signature"]),
    "event of a list": replace(_EVENT, body=b'{"encrypt": ["' + _SEALED.encode() + b'"]}'),
    "event without a body": replace(_EVENT, body=b""),
    "wecom's own letters": replace(_EVENT, body=wecom.envelope(_SEALED)),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFUSED))
async def test_what_is_known_to_break_doors_is_refused(doors: Room, name: str):
    """The same empty 401, and nothing behind the door changes."""
    before = await doors.contents()

    assert await doors.knock(REFUSED[name].wire()) == REFUSAL
    assert await doors.contents() == before


async def test_an_answer_goes_to_dingtalk_alone(doors: Room):
    """Whatever address a message names for its answer: strangers' hosts are never called."""
    hosts = (
        "http://oapi.dingtalk.com/x", "https://evil.invalid/x", "https://oapi.dingtalk.com.evil.invalid/x",
        "https://dingtalk.com@evil.invalid/x", "https://127.0.0.1/x", "https://oapi.dingtalk.com:8443/x",
        "https://evil.invalid\\.dingtalk.com/x", "//evil.invalid", "file:///etc/passwd", 5, None,
    )  # fmt: skip
    for n, host in enumerate(hosts):
        knock = g.of_robot(g.message("d-lina", "帮助", f"s{n}", sessionWebhook=host))
        assert (await doors.knock(knock.wire())).status == 200
    adapter = doors.app.bench.adapters["dingtalk"]
    known = [url for url, _ in adapter._sessions._known.values()]
    assert known == []
