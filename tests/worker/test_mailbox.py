"""The shared mailbox against a real IMAP server: each mail once, none lost, one reader at a time."""

from __future__ import annotations

import asyncio
import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.adapters.mailbox.config import Config
from bot.adapters.mailbox.imap import ImapMailbox
from bot.app.parts import build_mailbox
from bot.chat.router import Router
from bot.errors import PlatformError, PlatformRejectedError, SettingsError
from bot.settings import read_settings
from bot.store import Tx, touch_texts, touches
from bot.store.tables import capture
from bot.store.tables.behaviour import behaviours
from bot.store.tables.insight import touches as touches_table
from bot.store.tables.leads import leads, submissions
from bot.store.tables.machinery import incidents
from bot.store.tables.touch import touch_suppressions
from bot.store.touch_texts import Kept
from bot.store.touches import Fate, Touch
from bot.worker.bench import Bench
from bot.worker.mailbox import MailboxKeeper
from tests.intake.mail import letters
from tests.intake.mail.letters import raw
from tests.intake.mail.test_report import dsn
from tests.intake.world import address_of, enquire
from tests.postgres import _free_port

USER, PASSWORD = "sales@yunfan.example", "app-password"


@dataclass
class Server:
    """A pymap of our own, and somebody who writes to its mailbox."""

    port: int

    def deliver(self, *mails: bytes, folder: str = "INBOX") -> None:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as imap:
            imap.login(USER, PASSWORD)
            for mail in mails:
                status, told = imap.append(folder, None, None, mail)
                assert status == "OK", told

    def flags(self) -> list[bytes]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as imap:
            imap.login(USER, PASSWORD)
            imap.select("INBOX", readonly=True)
            return imap.uid("SEARCH", "SEEN")[1]

    def remake(self) -> None:
        """Put the mailbox into another folder of the same name: its numbers begin anew."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as imap:
            imap.login(USER, PASSWORD)
            imap.rename("INBOX", "Old")

    def config(self, **more: Any) -> Config:
        given = {"host": "127.0.0.1", "port": self.port, "tls": "none", "user": USER, "poll": 1.0}
        return Config(**{**given, "password": SecretStr(PASSWORD), **more})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    port = _free_port()
    command = [
        str(Path(sys.executable).with_name("pymap")),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
    ]
    more = ["--no-service", "admin", "--no-service", "managesieve", "dict"]
    user = ["--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    log = (tmp_path / "pymap.log").open("wb")
    process = subprocess.Popen([*command, *more, *user], stdout=log, stderr=log)
    try:
        _await(port, process, tmp_path / "pymap.log")
        yield Server(port)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with imaplib.IMAP4("127.0.0.1", port, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"pymap does not answer: {log.read_text()[-2000:]}")


@dataclass
class Room:
    """A worker that reads the mailbox, and what it kept."""

    bench: Bench
    server: Server

    def keeper(self, name: str = "one", **more: Any) -> MailboxKeeper:
        return MailboxKeeper(replace(self.bench, name=name), ImapMailbox(self.server.config(**more)))

    async def rows(self, table: Any) -> list[Any]:
        async with self.bench.store.read() as tx:
            return await tx.all(select(table))

    async def deliver(self, *mails: bytes, **more: Any) -> None:
        await asyncio.to_thread(lambda: self.server.deliver(*mails, **more))


@pytest.fixture
def room(lite, company, vault, clock, random_bytes, server) -> Room:
    bench = Bench(
        store=lite, adapters={}, router=Router(), company=company, vault=vault, clock=clock,
        random_bytes=random_bytes, name="one",
    )  # fmt: skip
    return Room(bench, server)


def enquiry(n: int, **more: Any) -> bytes:
    text = f"想了解报价，电话 1381234{n:04d}"
    return raw(text.encode(), sender=f"k{n}@kehu.example", message_id=f"<{n}@kehu.example>", **more)


async def test_new_mails_become_leads_once_and_old_ones_stay_old(room):
    """What lay there before we came is history; later ones are taken, whatever they are, with a row each."""
    await room.deliver(enquiry(1))
    keeper = room.keeper()
    await keeper.step()
    assert await room.rows(leads) == []
    seen = await asyncio.to_thread(room.server.flags)

    await room.deliver(enquiry(5), letters.bounce(), letters.with_attachment("电话 13600002222，请报价"))
    await keeper.step()
    await keeper.step()

    assert sorted(row.name for row in await room.rows(leads)) == ["", "王伟"]
    told = sorted((row.state, row.reason) for row in await room.rows(capture.arrivals))
    assert told == [("skipped", "bounce"), ("taken", ""), ("taken", "")]
    assert await asyncio.to_thread(room.server.flags) == seen, "nothing there is marked as read by us"
    await keeper._mailbox.close()


async def test_a_death_between_looking_and_keeping_loses_nothing(room):
    """The place in the mailbox moves with the lead, or not at all."""
    keeper = room.keeper()
    await keeper.step()
    await room.deliver(enquiry(1), enquiry(2), enquiry(3))
    look = await keeper._mailbox.look(None, since=room.bench.clock().date(), most=50)
    await keeper._mailbox.close()

    class DiesError(Exception):
        pass

    class Mortal:
        """Dies after the first mail was kept."""

        name, own, poll = keeper._mailbox.name, keeper._mailbox.own, 1.0

        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def look(self, *args: Any, **more: Any) -> Any:
            found = await self.inner.look(*args, **more)
            return replace(found, mails=_first_then(found.mails))

        async def close(self) -> None:
            await self.inner.close()

    def _first_then(mails: Any) -> Any:
        yield mails[0]
        raise DiesError

    mortal = MailboxKeeper(replace(room.bench, name="one"), Mortal(ImapMailbox(room.server.config())))  # type: ignore[arg-type]
    with pytest.raises(DiesError):
        await mortal.step()
    await mortal._mailbox.close()
    assert len(await room.rows(leads)) == 1

    again = room.keeper()
    await again.step()
    await again._mailbox.close()

    assert len(await room.rows(leads)) == len(await room.rows(submissions)) == 3
    assert look.position.uid >= 3


async def test_a_mailbox_that_numbers_anew_brings_nothing_twice(room):
    keeper = room.keeper()
    await keeper.step()
    await room.deliver(enquiry(1), enquiry(2))
    await keeper.step()
    await keeper._mailbox.close()

    await asyncio.to_thread(room.server.remake)
    await room.deliver(enquiry(2), enquiry(3))
    again = room.keeper()
    await again.step()
    await again._mailbox.close()

    assert len(await room.rows(leads)) == 3
    counted = {(row.name, row.reason): row.n for row in await room.rows(incidents)}
    assert counted["arrival.repeated", "mailbox"] == 1


async def test_one_process_reads_at_a_time(room, clock):
    from datetime import timedelta

    one, other = room.keeper("one"), room.keeper("other")
    await one.step()
    await room.deliver(enquiry(1))

    await other.step()
    assert await room.rows(leads) == []

    clock.push(timedelta(minutes=10))
    await other.step()
    assert len(await room.rows(leads)) == 1
    await one._mailbox.close()
    await other._mailbox.close()


async def test_a_loop_of_mails_ends(room):
    """Somebody's program answers and answers: ten an hour are people's, the rest has rows and no effect."""
    keeper = room.keeper()
    await keeper.step()
    text = "请报价 13812340001".encode()
    await room.deliver(
        *(raw(text, sender="robot@kehu.example", message_id=f"<r{n}@kehu.example>") for n in range(14))
    )
    await keeper.step()
    await keeper._mailbox.close()

    assert len(await room.rows(submissions)) == 10
    skipped = [row.reason for row in await room.rows(capture.arrivals) if row.state == "skipped"]
    assert skipped == ["too_often"] * 4


async def test_who_is_not_let_in_says_so(room):
    keeper = room.keeper(password=SecretStr("wrong"))
    with pytest.raises(PlatformRejectedError):
        await keeper.step()

    gone = MailboxKeeper(room.bench, ImapMailbox(room.server.config(port=_free_port())))
    with pytest.raises(PlatformError):
        await gone.step()
    with pytest.raises(PlatformRejectedError):
        await room.keeper(folder="没有这个").step()


def test_settings_are_explained(tmp_path):
    """A password is asked for, a misspelt name is answered."""
    given = {"LEADBELL_MAILBOX__HOST": "imap.example", "LEADBELL_MAILBOX__USER": USER}

    def built(**more: str) -> Any:
        return build_mailbox(read_settings({**given, **more}, dotenv=tmp_path / "none"))

    assert build_mailbox(read_settings({}, dotenv=tmp_path / "none")) is None
    assert built(LEADBELL_MAILBOX__PASSWORD="x").own == {USER, "yunfan.example"}
    with pytest.raises(SettingsError, match="LEADBELL_MAILBOX__PASSWORD：必填"):
        built()
    with pytest.raises(SettingsError, match="LEADBELL_MAILBOX__PASSWORD：不能为空"):
        built(LEADBELL_MAILBOX__PASSWORD="")
    with pytest.raises(SettingsError, match="LEADBELL_MAILBOX__PORTT：没有这个设置"):
        built(LEADBELL_MAILBOX__PASSWORD="x", LEADBELL_MAILBOX__PORTT="1")


def test_an_address_that_anybody_can_have_makes_no_domain_ours():
    config = Config(host="imap.qq.com", user="yunfan@qq.com", password=SecretStr("x"), own="yunfan.cn, @b.cn")

    assert config.owned == {"yunfan@qq.com", "yunfan.cn", "b.cn"}


async def test_mail_that_comes_back_ends_the_touch_and_an_answer_is_something_he_did(room):
    """A bounce to the envelope's address marks the mail and closes the address; an answer counts, once."""
    async with room.bench.store.read() as tx:
        assert await touch_texts.said(tx, "t1abc") is None

    async def sent(tx: Tx) -> None:
        desk = room.bench.desk(tx)
        lead = await enquire(desk, email="k7@kehu.example")
        for touch_id in ("t1abc", "t2abc"):
            touch = Touch(id=touch_id, lead_id=lead.id, channel="邮件", content="welcome")
            await touches.begin(desk, touch, owner=None)
            kept = Kept(touch_id=touch_id, content="welcome", channel="email", version="v")
            await touch_texts.keep(desk, kept, await address_of(desk, lead.id, "email"))
            await touches.mark(tx, touch_id, Fate.SENT, at=desk.now)

    keeper = room.keeper()
    await keeper.step()
    await room.bench.store.write(sent)
    answer = enquiry(7).replace(b"Message-ID:", b"In-Reply-To: <t2abc@yunfan.example>\r\nMessage-ID:", 1)
    # Who is on holiday answers to the envelope's address, as RFC 3834 asks of him: nothing came back.
    holiday = raw(
        "我在休假，急事请拨 400 820 8820（5.1.1 楼）".encode(), sender="k7@kehu.example",
        message_id="<ooo@kehu.example>", Delivered_To="bounce+t2abc@yunfan.example", Auto_Submitted="auto-replied",
    )  # fmt: skip
    await room.deliver(dsn(status="5.1.1", to="bounce+t1abc@yunfan.example"), holiday, answer)
    await keeper.step()
    found = {row.id: row for row in await room.rows(touches_table)}
    assert (found["t1abc"].bounced_at is not None, found["t1abc"].failure) == (True, "5.1.1")
    assert found["t2abc"].bounced_at is None
    assert [row.reason for row in await room.rows(touch_suppressions)] == ["bounced"]
    replied = [
        row.properties["touch"] for row in await room.rows(behaviours) if row.event == "message_replied"
    ]
    assert replied == ["t2abc"]
    await keeper._mailbox.close()
