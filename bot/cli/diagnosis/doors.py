"""Form tools, ad platforms and the shared mailbox: what came last, what waits for a mended map."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.diagnosis.finding import Finding, broken, fine, worth_a_look

if TYPE_CHECKING:
    from bot.intake.doors.state import DoorState
    from bot.settings import Settings

#: Seconds since somebody looked into the mailbox.
_LATE = 1800


async def look(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """A line for each door that is on; those by which nothing ever came are named together."""
    from bot.app.parts import build_company
    from bot.errors import BotError
    from bot.intake.doors.state import everything
    from bot.store.reader import open_reader

    try:
        company = build_company(settings)
    except (BotError, ValueError, OSError):
        # Said elsewhere.
        return
    reader = open_reader(settings.database_url)
    try:
        async with reader.read() as tx:
            states = await everything(tx, company)
    finally:
        await reader.close()
    quiet = [one.title for one in states if not one.counts and one.name != "mailbox"]
    for one in states:
        if one.name == "mailbox":
            yield _mailbox(one, now)
        elif one.counts:
            yield _connector(one, now)
    if quiet:
        yield fine("doors.quiet", f"接入：{'、'.join(quiet)} 还没来过数据（推送地址见 leadbell doors）")


def _connector(one: DoorState, now: datetime) -> Finding:
    text = f"接入：{one.title}收下 {one.counts.get('taken', 0)} 条，最近一次 {_ago(one, now)}"
    if failed := one.counts.get("failed", 0):
        cure = f"改 config/connectors/{one.name}.yaml，再由管理员发「重试 {one.title}」；原文都还在"
        return worth_a_look(f"doors.{one.name}", f"{text}；{failed} 条没收下", cure)
    return fine(f"doors.{one.name}", text)


def _mailbox(one: DoorState, now: datetime) -> Finding:
    what, looked = "doors.mailbox", one.looked
    if looked is None:
        return worth_a_look(what, "询盘邮箱：还没看过", "看 worker 角色是否在运行")
    if looked.trouble:
        cure = "检查 LEADBELL_MAILBOX__HOST、__USER、__PASSWORD（多数邮箱要用授权码）和 IMAP 是否开通"
        return broken(what, f"询盘邮箱：连不上（{looked.trouble}）", cure)
    if (now - looked.looked_at).total_seconds() > _LATE:
        minutes = int((now - looked.looked_at).total_seconds() // 60)
        return worth_a_look(what, f"询盘邮箱：{minutes} 分钟没看了", "看 worker 角色是否在运行")
    failed = one.counts.get("failed", 0)
    text = f"询盘邮箱：收下 {one.counts.get('taken', 0)} 封，最近一次 {_ago(one, now)}"
    if failed:
        return worth_a_look(what, f"{text}；{failed} 封没收下", "由管理员发「重试 邮箱」")
    return fine(what, text)


def _ago(one: DoorState, now: datetime) -> str:
    if one.last_at is None:
        return "还没有"
    hours = (now - one.last_at).total_seconds() / 3600
    return "一小时内" if hours < 1 else f"{int(hours)} 小时前" if hours < 48 else f"{int(hours // 24)} 天前"  # noqa: PLR2004 - two days
