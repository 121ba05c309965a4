"""What the door tells of us after a hostile day: to the world nothing, to our own network no word and no key."""

from __future__ import annotations

import pytest

from tests.wire import genuine as g
from tests.wire.corpus import everything
from tests.wire.corpus.case import Expect
from tests.wire.room import AFAR, VAULT_SECRET, Room

PHONE, WORD = "13912340077", "金丝雀科技"
SECRETS = (g.TOKEN, g.AES_KEY, g.SECRET, g.CORP, VAULT_SECRET)


@pytest.fixture
async def after(door: Room) -> Room:
    """Everything strange came in, with a number and a name wherever they fit."""
    for case in everything.of("plain"):
        if case.expect is Expect.KEPT:
            await door.knock(case.wire)
    for inside in (
        g.text("wx-lina", f"跟进 {PHONE} {WORD}", "1"),
        g.text(PHONE, WORD, "2"),
        g.event(f"evt{PHONE}", WORD),
        g.event("change_contact", ChangeType=f"{WORD}{PHONE}"),
        {**g.text("wx-lina", "", "3"), "MsgType": f"{WORD} {PHONE}"},
        g.press("wx-lina", f"{WORD}~1~{PHONE}", card=PHONE),
        g.added(PHONE, WORD),
    ):
        await door.knock(g.delivery(g.xml(inside)).wire())
    await door.work()
    return door


async def asked(door: Room, path: str, address: str) -> tuple[int, str]:
    line = door.connect(address)
    line.say(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await line.answer()
    assert answer is not None
    return answer.status, answer.body.decode()


async def test_our_own_network_reads_numbers_and_no_words(after: Room, capfd: pytest.CaptureFixture[str]):
    """Names of events are the sender's words: of them only what is plain is told, and no number in them."""
    told = {path: await asked(after, path, "127.0.0.1") for path in ("/metrics", "/readyz", "/healthz")}
    said = "\n".join(text for _, text in told.values()) + "".join(capfd.readouterr())

    assert {status for status, _ in told.values()} == {200}
    assert "delivery.refused" in said
    assert [one for one in (PHONE, WORD, ascii(WORD)[1:-1], *SECRETS) if one in said] == []


@pytest.mark.parametrize("path", ["/metrics", "/metrics?token=", "/metrics/", "/debug", "/docs", "/audit"])
async def test_the_world_finds_nothing_there(after: Room, path: str):
    status, text = await asked(after, path, AFAR)

    assert status == 404
    assert not any(word in text.lower() for word in ("leadbell", "aiohttp", "python", "delivery"))
