"""The simulated mail server, spoken to by the standard library's client."""

from __future__ import annotations

import asyncio
import smtplib
from email.message import EmailMessage

import pytest

from bot.simulator.mail.box import Box
from bot.simulator.mail.server import MailServer
from tests.conftest import NOW


@pytest.fixture
async def box():
    events: list[object] = []
    box = Box(lambda: NOW, events.append)
    server = MailServer(box)
    box.port = await server.start("127.0.0.1")  # type: ignore[attr-defined]
    box.events = events  # type: ignore[attr-defined]
    yield box
    await server.stop()


async def sent(box, to: str = "wang@example.com", text: str = "好", **headers: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "云帆 <hi@yunfan.example>", to, "您好"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", box.port, timeout=5) as client:
            client.send_message(mail, from_addr="bounce+t1@yunfan.example")

    await asyncio.to_thread(send)


async def test_what_is_sent_lies_in_the_mailbox_as_it_was(box) -> None:
    """Lines that begin with a dot, Chinese, and who it comes back to."""
    await sent(box, text=".第一行\n..第二行\n.\n完")
    (letter,) = box.letters
    assert (letter.to, letter.envelope_from) == ("wang@example.com", "bounce+t1@yunfan.example")
    assert letter.text.splitlines() == [".第一行", "..第二行", ".", "完"]
    assert letter.view()["from"] == "云帆"
    assert box.events == [{"type": "post", "kind": "mail", "id": 1}]


@pytest.mark.parametrize("to", ["nobody@example.com", "wang@firm.invalid"])
async def test_some_are_not_there(box, to: str) -> None:
    """550 5.1.1, as documented."""
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        await sent(box, to=to)
    assert caught.value.recipients[to][0] == 550
    assert box.letters == []


async def test_a_busy_server_takes_nothing_and_a_lost_answer_takes_all(box) -> None:
    """451 before the mail; after it, silence."""
    box.fault = "busy"
    with pytest.raises(smtplib.SMTPSenderRefused):
        await sent(box)
    assert box.letters == []
    box.fault = "lost"
    with pytest.raises(smtplib.SMTPServerDisconnected):
        await sent(box)
    assert len(box.letters) == 1


async def test_only_both_headers_make_the_mailboxes_button(box) -> None:
    """RFC 8058: an address, and that one POST will do."""
    out = "<https://crm.example/u/x>"
    await sent(box, List_Unsubscribe=out)
    await sent(box, List_Unsubscribe=out, List_Unsubscribe_Post="List-Unsubscribe=One-Click")
    assert [letter.way_out for letter in box.letters] == ["", "https://crm.example/u/x"]


async def test_what_is_no_smtp_is_let_go(box) -> None:
    """A browser at the wrong port, or somebody who says nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", box.port)
    writer.write(b"GET / HTTP/1.1\r\n" + b"x" * 9000 + b"\r\n")
    with pytest.raises(asyncio.IncompleteReadError):
        await asyncio.wait_for(reader.readuntil(b"never"), 5)
    writer.close()
    await sent(box)
    assert len(box.letters) == 1
