"""Each way to customers that is set up: reached, let in, its templates known; nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.cli.diagnosis.finding import Finding, broken, fine, worth_a_look
from bot.kit.clock import Clock

if TYPE_CHECKING:
    from bot.chat.channel import Channel
    from bot.chat.channel_checkup import TemplateUse
    from bot.intake.mail.port import Mailbox
    from bot.settings import Settings

#: Seconds for all questions to one of them.
_WITHIN = 40.0
_SLOW = "太久没有答复"
_MAIL_CURE = (
    "检查 LEADBELL_MAILBOX__HOST、__USER、__PASSWORD（多数邮箱要用授权码）、__FOLDER 和 IMAP 是否开通"
)
_EXAMPLE_CURE = "换成后台里自己的编号，或在内容里去掉这一段"


async def look(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask every channel, then look into the shared mailbox."""
    from bot.app.parts import build_channels, build_mailbox
    from bot.chat.adapter import Means
    from bot.errors import SettingsError
    from bot.kit.clock import system_monotonic
    from bot.kit.ids import system_random_bytes

    uses = _uses(settings)
    means = Means(clock, system_monotonic, system_random_bytes)
    try:
        channels = build_channels(settings, means)
        mailbox = build_mailbox(settings)
    except SettingsError as exc:
        for line in str(exc).splitlines():
            yield broken("channel.settings", line, "改好设置再试")
        return
    for name, channel in channels.items():
        try:
            async for one in _asked(name, channel, uses):
                yield one
        finally:
            await channel.close()
    if mailbox is not None:
        yield await _opened(mailbox, clock().date())
    for one in _examples(settings):
        yield one


def _uses(settings: Settings) -> list[TemplateUse]:
    from bot.app.parts import build_company
    from bot.chat.channel_checkup import TemplateUse
    from bot.crm.company import template_ids
    from bot.errors import BotError

    try:
        company = build_company(settings)
    except (BotError, ValueError, OSError):
        # Said elsewhere.
        return []
    directory = settings.config_dir
    return [
        TemplateUse(one.version, one.template, one.where(directory)) for one in template_ids.used(company)
    ]


async def _asked(name: str, channel: Channel, uses: Sequence[TemplateUse]) -> AsyncIterator[Finding]:
    from bot.chat.channel_checkup import Examined

    if not isinstance(channel, Examined):
        return
    what = f"channel.{name}"
    try:
        async with asyncio.timeout(_WITHIN):
            remarks = await channel.checkup(uses)
    except TimeoutError:
        yield broken(what, f"{name}：{_SLOW}", "请检查这台机器的网络")
        return
    for one in remarks:
        yield fine(what, one.text) if one.is_fine else broken(what, one.text, one.cure)


async def _opened(mailbox: Mailbox, today: date) -> Finding:
    """Log in and open the folder for reading alone."""
    from bot.errors import PlatformError

    try:
        async with asyncio.timeout(_WITHIN):
            await mailbox.look(None, since=today, most=0)
    except (PlatformError, TimeoutError) as exc:
        return broken("channel.mailbox", f"询盘邮箱：打不开（{str(exc) or _SLOW}）", _MAIL_CURE)
    finally:
        await mailbox.close()
    return fine("channel.mailbox", "询盘邮箱：能登录，文件夹打得开")


def _examples(settings: Settings) -> Iterator[Finding]:
    """Ids of ours that nobody has replaced, of channels that are not set up yet."""
    from bot.app.parts import build_company
    from bot.crm.company import template_ids
    from bot.errors import BotError

    try:
        company = build_company(settings)
    except (BotError, ValueError, OSError):
        return
    on = company.doors.channels
    left = [
        one for one in template_ids.used(company)
        if one.is_example and one.version.partition(".")[0] not in on
    ]  # fmt: skip
    if left:
        names = "、".join(sorted({one.where(settings.config_dir) for one in left}))
        text = f"内容里还有 {len(left)} 个示例模板编号（{names}），这些渠道还没接"
        yield worth_a_look("content.templates", text, f"接渠道之前{_EXAMPLE_CURE}")
