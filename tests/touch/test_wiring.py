"""The program itself: a channel with settings is on, one without is off, and a mail reaches a mail server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from pydantic import SecretStr

from bot.app.parts import build_adapters, build_channels
from bot.app.process import opened
from bot.app.serving import loops
from bot.chat.adapter import Means
from bot.crm.touching import GivenToRep, Planned, Purpose, Refusal, TouchState
from bot.errors import SettingsError
from bot.settings import Settings
from bot.touch.request import request
from bot.worker.touching import TouchSender
from tests.conftest import ROOT
from tests.touch.house import MEI, House, intent


class Received:
    """What the mail server of the customer got."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - its name
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
async def smtp():
    received = Received()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(received), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield received, {"host": "127.0.0.1", "port": str(port), "tls": "none", "sender": "crm@firm.cn"}
    server.close()


def settings(url: str, **platforms: dict[str, str]) -> Settings:
    return Settings(
        database_url=url, config_dir=ROOT / "config", platforms=platforms,
        secret_key=SecretStr("a secret that is long enough for tests"), public_url="https://crm.firm.cn",
    )  # fmt: skip


async def test_a_planned_mail_reaches_the_server(sqlite_url, smtp, clock):
    """Asked for in a unit, sent by the loop that the sender's role runs, written down as sent."""
    received, block = smtp
    async with opened(settings(sqlite_url, email=block), clock=clock) as app:
        assert set(app.bench.channels) == set(app.bench.company.doors.channels) == {"email"}
        assert "touches" in loops(app, frozenset({"sender"}))
        assert "touches" not in loops(app, frozenset({"web"}))
        house = House(app.bench.store, app.bench, clock, {})
        await house.hire(MEI)
        await house.lead()
        wanted = intent(purpose=Purpose.REPLY, content="welcome", channels=("wechat_service", "email"))
        verdict = await house.unit(lambda desk: request(desk, wanted))
        assert isinstance(verdict, Planned)
        assert verdict.skipped == {"wechat_service.message": Refusal.CHANNEL_OFF}
        sender = TouchSender(app.bench)
        while await sender.step():
            pass

        assert (await house.row()).state is TouchState.SENT
        assert [one.rcpt_tos for one in received.mails] == [["lin1@xinghe.cn"]]


async def test_without_settings_the_owner_has_a_task(sqlite_url, clock):
    """A channel that nobody set up is off, and it is said so."""
    async with opened(settings(sqlite_url), clock=clock) as app:
        house = House(app.bench.store, app.bench, clock, {})
        await house.hire(MEI)
        await house.lead()
        wanted = intent(purpose=Purpose.REPLY, content="welcome", channels=("email",))
        verdict = await house.unit(lambda desk: request(desk, wanted))

        assert isinstance(verdict, GivenToRep)
        assert verdict.skipped == {"email.service": Refusal.CHANNEL_OFF}


def test_a_wrong_setting_is_named(clock, random_bytes):
    """By its own name, before anything runs."""
    means = Means(clock, lambda: 0.0, random_bytes)
    given = settings("sqlite+aiosqlite:///x", email={"hots": "h"})

    assert build_adapters(given, means) == {}
    with pytest.raises(SettingsError, match="LEADBELL_EMAIL__"):
        build_channels(given, means)
