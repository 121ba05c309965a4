"""Where questions from a terminal are asked: whose words, which time zone, which numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.crm.company import Company
    from bot.insight.ask.asking import Listener
    from bot.insight.ask.lexicon import Lexicon
    from bot.insight.ask.translator import Model
    from bot.settings import Settings
    from bot.store.reader import Reader
    from bot.store.tx import Tx


def refuse(message: str) -> NoReturn:
    """Bad input: the command ends with 2 and says why."""
    from bot.errors import SettingsError

    raise SettingsError(message)


@dataclass(frozen=True, slots=True)
class Room:
    """One of them."""

    lexicon: Lexicon
    zone: ZoneInfo
    now: datetime
    #: None when people and words came from a file: then nothing is counted.
    company: Company | None = None
    tx: Tx | None = None
    #: Of the settings; nothing leaves the machine for people and words from a file.
    model: Model | None = None

    @property
    def listener(self) -> Listener:
        """What questions are read with here."""
        from bot.insight.ask.asking import Listener

        return Listener(self.lexicon, self.now, self.zone, self.model)


@asynccontextmanager
async def room_of(org: Path | None, at: str) -> AsyncIterator[Room]:
    """The company of the file, or the one of this installation with its database."""
    from bot.insight.answers.company_words import lexicon_of
    from bot.settings import read_settings
    from bot.store import users

    settings = read_settings()
    if org is not None:
        yield _from_file(org, at, settings.timezone)
        return
    company = _company(settings)
    async with _reading(settings) as reader, reader.read() as tx, _translating(settings) as model:
        lexicon = lexicon_of(company, await users.everybody(tx))
        yield Room(lexicon, company.org.zone, _moment(at, company.org.zone), company, tx, model)


@asynccontextmanager
async def _translating(settings: Settings) -> AsyncIterator[Model | None]:
    """The model of the settings, as in the chat; what it could not do is said, not counted."""
    import bot.adapters
    from bot.kit.discover import discover
    from bot.worker.translating import Noting, completing

    asked = completing(settings.model, discover(bot.adapters, "MODEL"))
    if asked is None:
        yield None
        return
    try:
        yield Noting(asked)
    finally:
        await asked.close()


def _from_file(org: Path, at: str, timezone: str) -> Room:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from bot.insight.ask.org import read_org
    from bot.kit import yaml

    try:
        shape = yaml.parse(org.read_text(encoding="utf-8"), file=str(org)).data
        zone = ZoneInfo(str(shape.get("timezone") or timezone or "Asia/Shanghai"))
        lexicon = read_org(shape)
    except (OSError, ValueError, AttributeError, ZoneInfoNotFoundError) as exc:
        refuse(f"{org}：{exc}")
    return Room(lexicon, zone, _moment(at, zone))


def _company(settings: Settings) -> Company:
    from bot.crm.company.load import load

    return load(settings.config_dir)


@asynccontextmanager
async def _reading(settings: Settings) -> AsyncIterator[Reader]:
    from bot.store.reader import open_reader
    from bot.store.ready import prove_ready

    prove_ready(settings.database_url, None)
    reader = open_reader(settings.database_url)
    try:
        yield reader
    finally:
        await reader.close()


def _moment(at: str, zone: ZoneInfo) -> datetime:
    """The moment given, local if it has no offset; else the present one."""
    from bot.kit.clock import system_clock

    if not at:
        return system_clock()
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        refuse(f"--now：“{at}”不是 ISO 8601 时刻，例如 2026-11-18T10:00:00+08:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
