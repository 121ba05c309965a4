"""What a platform counts by the month, and people whom two address books place differently."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.diagnosis.finding import Finding, broken, fine, worth_a_look

if TYPE_CHECKING:
    from bot.crm.company import Company
    from bot.settings import Settings

#: Per cent of a month's allowance.
_NEARLY, _GONE = 70, 100
_WHATS = {"calls": "接口调用", "pushes": "消息推送"}


async def look(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Read what was counted; without a readable configuration the limits are not known."""
    from bot.app.parts import build_company
    from bot.errors import BotError

    try:
        company = build_company(settings)
    except (BotError, ValueError, OSError):
        yield broken("settings.config", "config/ 读不出来", "用 leadbell check 看错在哪一行")
        return
    async for one in _counted(settings, company, now):
        yield one


async def _counted(settings: Settings, company: Company, now: datetime) -> AsyncIterator[Finding]:
    from bot.app.parts import chat_platforms
    from bot.store import incidents, monthly
    from bot.store.reader import open_reader

    reader = open_reader(settings.database_url)
    try:
        async with reader.read() as tx:
            month = monthly.month_of(now, company.org.zone)
            used = {(one.platform, one.what): one.n for one in await monthly.everything(tx, month=month)}
            differs = sum(
                n for (name, _), n in (await incidents.totals(tx)).items() if name == "directory.conflict"
            )
    finally:
        await reader.close()
    on = chat_platforms(settings)
    for one in allowances(company, used, on=frozenset(on)):
        yield one
    if len(on) > 1:
        yield conflicts(differs)


def allowances(
    company: Company, used: dict[tuple[str, str], int], *, on: frozenset[str]
) -> Iterator[Finding]:
    """A line for each thing that is counted on a platform that is on."""
    from bot.cards.texts.economy import platform

    for name, own in sorted(company.channels.monthly.items()):
        for what, called in _WHATS.items() if name in on else ():
            most, n = own.most(what), used.get((name, what), 0)
            if not most:
                continue
            percent = n * 100 // most
            text = f"{platform(name)}本月{called}：{n:,} / {most:,}（{percent}%）"
            key = f"month.{name}.{what}"
            if percent >= _GONE:
                yield broken(
                    key, text, "额度用完，平台会停止服务；请升级版本，并改 config/channels.yaml 的 monthly"
                )
            elif percent >= _NEARLY:
                yield worth_a_look(key, text, "关掉待办（todos: []）、少用群提醒可以省一些；不够就升级版本")
            else:
                yield fine(key, text)


def conflicts(n: int) -> Finding:
    """How often two address books disagreed about somebody's role or region."""
    if not n:
        return fine("directory.conflict", "两边通讯录的角色和区域没有冲突")
    cure = "以 config/org.yaml 的 address_book 为准；是谁见日志 directory.conflict，也可以在 roles 里写明"
    return worth_a_look("directory.conflict", f"两边通讯录的角色或区域不一样，累计 {n} 次", cure)
