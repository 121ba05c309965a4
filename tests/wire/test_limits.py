"""The door's patience and its places: the slow are closed, the many make room, the genuine get through."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.store import inbox
from bot.web import guard
from tests.wire import genuine as g
from tests.wire.campaign import over_tcp
from tests.wire.corpus.case import some
from tests.wire.room import AFAR, ELSEWHERE, Line, Room

_HEAD = b"POST /callback/wecom?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n"
_ASKED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
#: Bad deliveries in a flood, and genuine ones among them.
BAD, GENUINE, LINES = 4000, 100, 40


class Seconds:
    """The loop's seconds, pushed by hand: what waits for them wakes at once."""

    def __init__(self, loop: Any) -> None:
        self._real, self._ahead = loop.time, 0.0
        loop.time = lambda: self._real() + self._ahead

    async def pass_(self, seconds: float) -> None:
        """Let them pass."""
        self._ahead += seconds
        for _ in range(12):
            await asyncio.sleep(0)


@pytest.fixture
async def seconds() -> Seconds:
    return Seconds(asyncio.get_running_loop())


async def dripped(line: Line, seconds: Seconds, drop: bytes, most: float, step: float = 0.5) -> float:
    """Say a drop each half second until the door closes; how long that took."""
    passed = 0.0
    while passed < most and not line.pipe.closed:
        line.say(drop)
        await seconds.pass_(step)
        passed += step
    return passed


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b""),
        (b"POST ", b"x"),
        (_HEAD, b"X-A: b\r\n"),
        (_HEAD + b"\r\n", b"<"),
        (_HEAD + b"\r\n<xml>", b""),
    ],
    ids=["idle", "line", "head", "body", "half a body"],
)
async def test_who_is_slow_is_closed_in_three_seconds(
    door: Room, seconds: Seconds, first: bytes, drop: bytes
):
    """Idle, a head in drops, a body in drops, or a body that stops: nobody holds a place for longer."""
    line = door.connect()
    await seconds.pass_(0)
    line.say(first) if first else None

    assert 2.5 < await dripped(line, seconds, drop, 30) <= 3.5
    assert b" 200 " not in line.pipe.heard


@pytest.mark.parametrize("path", [b"/nowhere", b"/healthz", b"/l/website"])
async def test_a_body_that_nobody_reads_is_not_waited_for(door: Room, seconds: Seconds, path: bytes):
    """Answered at once, and closed a second later if the rest has not come."""
    line = door.connect()
    await seconds.pass_(0)
    line.say(b"PUT " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n")
    answer = await line.answer()

    assert answer.status in {404, 405}
    assert await dripped(line, seconds, b"x", 30) <= 1.5


async def test_the_second_head_has_three_seconds_too(door: Room, seconds: Seconds):
    """A line kept open after an answer is no place to sit and drip."""
    line = door.connect()
    line.say(_ASKED)
    assert (await line.answer()).status == 200
    line.say(b"GET /")

    assert 2.5 < await dripped(line, seconds, b"a", 30) <= 3.5


async def test_an_idle_line_stays_for_the_next_request_and_is_closed_in_the_end(door: Room, seconds: Seconds):
    line = door.connect()
    for wait in (1, 5, 9):
        line.say(_ASKED)
        assert (await line.answer()).status == 200
        await seconds.pass_(wait)
    assert not line.pipe.closed
    assert await dripped(line, seconds, b"", 60) <= 16


async def test_a_sender_of_two_seconds_is_served(door: Room, seconds: Seconds):
    """Slow is not hostile: a head of two seconds and a body of two are one delivery."""
    line, wire = door.connect(), some().wire()
    head = wire.index(b"\r\n\r\n") + 4
    await seconds.pass_(0)
    for part in (wire[:9], wire[9:head], wire[head : head + 9], wire[head + 9 :]):
        await seconds.pass_(1.2)
        line.say(part)

    assert (await line.answer()).status == 200


async def test_who_does_not_take_our_answer_is_closed(door: Room, seconds: Seconds):
    """Ten seconds, whatever still lies in the buffer; who takes it in time stays."""
    for taken, closed in ((True, False), (False, True)):
        line = door.connect()
        line.say(_ASKED)
        assert (await line.answer()).status == 200
        line._protocol.pause_writing()
        await seconds.pass_(9)
        assert not line.pipe.closed
        if taken:
            line._protocol.resume_writing()
        await seconds.pass_(2)
        assert line.pipe.closed is closed


async def test_one_address_has_its_places_and_no_more(door: Room):
    """The next is turned away, others are not; a place given back is a place."""
    lines = [door.connect(AFAR) for _ in range(guard.MOST_PER_ADDRESS)]
    await asyncio.sleep(0)
    assert door.connect(AFAR).pipe.closed
    other = door.connect(ELSEWHERE)
    other.say(some().wire())
    assert (await other.answer()).status == 200

    lines[7].hang_up()
    again = door.connect(AFAR)
    again.say(_ASKED)
    assert (await again.answer()).status == 200


async def test_when_all_places_are_taken_the_silent_make_room(door: Room):
    """A thousand addresses that only hold lines keep nobody out; who is being served stays."""
    lines = [door.connect(f"198.18.{n // 250}.{n % 250}") for n in range(guard.MOST)]
    await asyncio.sleep(0)
    busy = lines[0]
    busy.say(_HEAD + b"\r\n<xml>")
    await asyncio.sleep(0)
    answers = []
    for _ in range(60):
        line = door.connect(ELSEWHERE)
        line.say(_ASKED)
        answers.append(await line.answer())

    assert {answer and answer.status for answer in answers} == {200}
    assert not busy.pipe.closed
    assert [line.pipe.closed for line in lines[1:61]] == [True] * 60
    assert sum(line.pipe.closed for line in lines) == 60


def flood(n: int) -> Iterator[bytes]:
    """Forged, re-cut, malformed: none of them genuine."""
    knock = some()
    for at in range(n):
        match at % 4:
            case 0:
                yield knock.asking(msg_signature=f"{at:040x}").wire()
            case 1:
                yield knock.asking(nonce=f"x{at}").wire()
            case 2:
                yield g.Knock(knock.query, b"<" * 3000).wire()
            case _:
                yield g.Knock((), b"x").wire()


@pytest.mark.parametrize("many", [False, True], ids=["one address", "many addresses"])
async def test_a_flood_of_bad_signatures_hurts_no_genuine_delivery(door: Room, many: bool):
    """Every bad one the same 401, every genuine one a 200 and one row; the log hears of it now and then."""
    bad = flood(BAD)
    genuine = [g.delivery(g.xml(g.text("wx-lina", "帮助", str(n + 1)))).wire() for n in range(GENUINE)]
    statuses: list[int] = []

    async def attacks(n: int) -> None:
        line = door.connect(f"198.51.100.{n}" if many else AFAR)
        for wire in bad:
            line.say(wire)
            statuses.append((await line.answer()).status)

    async def delivers() -> list[int]:
        return [(await over_tcp(door.port, wire)).status for wire in genuine]

    with capture_logs() as logs:
        *_, answered = await asyncio.gather(*(attacks(n) for n in range(LINES)), delivers())
    counts = await door.app.bench.store.write(inbox.counts)

    assert answered == [200] * GENUINE
    assert (len(statuses), set(statuses)) == (BAD, {401})
    assert counts == {"pending": GENUINE}
    assert len([one for one in logs if one["event"] == "delivery.not_genuine"]) == 1
    assert not [one for one in logs if one["log_level"] in {"error", "critical"}]


async def test_over_real_sockets_the_slow_are_closed_and_the_rest_are_served(door: Room):
    """What the pushed clock shows, once with the machine's own."""

    async def slow(first: bytes, drop: bytes) -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        try:
            writer.write(first)
            return await closed_meanwhile(reader, writer, drop)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    put = b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"
    ways = (
        (b"", b""), (_HEAD, b"X-A: b\r\n"), (_HEAD + b"\r\n", b"<"), (put, b"x"), (_ASKED + b"GET /", b"a"),
    )  # fmt: skip
    closed = asyncio.gather(*(slow(*way) for way in ways for _ in range(10)))
    answers = [(await over_tcp(door.port, some().wire())).status for _ in range(50)]

    assert await closed == [True] * 50
    assert set(answers) == {200}


async def closed_meanwhile(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, drop: bytes) -> bool:
    """Drip until the other side closes; False if it never does."""
    for _ in range(120):
        try:
            writer.write(drop)
            async with asyncio.timeout(0.25):
                if not await reader.read(1000):
                    return True
        except TimeoutError:
            continue
        except ConnectionError:
            return True
    return False
