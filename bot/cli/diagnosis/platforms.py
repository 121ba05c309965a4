"""Each platform that is on: credentials, set-up, and its clock beside ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.diagnosis.finding import Finding, broken, fine, worth_a_look
from bot.kit.clock import Clock

if TYPE_CHECKING:
    from bot.settings import Settings

#: Seconds that our clock may differ: beyond the second, genuine callbacks look stale.
_NOTICED, _HARMFUL = 5, 60


async def look(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask every platform."""
    from bot.app.parts import build_adapters, build_channels, chat_platforms
    from bot.chat.adapter import Means
    from bot.errors import SettingsError
    from bot.kit.clock import system_monotonic
    from bot.kit.ids import system_random_bytes

    if not chat_platforms(settings):
        cure = "请填 LEADBELL_WECOM__…，步骤见 README 的「接入真实的企业微信」"
        yield worth_a_look("platform.on", "没有接任何聊天平台：卡片发不出去", cure)
        return
    try:
        means = Means(clock, system_monotonic, system_random_bytes)
        adapters = build_adapters(settings, means)
        # Nothing is called: their settings are read.
        build_channels(settings, means)
    except SettingsError as exc:
        for line in str(exc).splitlines():
            yield broken("platform.settings", line, "改好设置再试")
        return
    for name, adapter in adapters.items():
        try:
            checkup = await adapter.checkup()
        finally:
            await adapter.close()
        for remark in checkup.remarks:
            what = f"platform.{name}"
            yield fine(what, remark.text) if remark.is_fine else broken(what, remark.text, remark.cure)
        if checkup.server_time is not None:
            yield _clocks(name, checkup.server_time, clock())


def _clocks(name: str, theirs: datetime, ours: datetime) -> Finding:
    seconds = round((ours - theirs).total_seconds())
    ahead = "快" if seconds > 0 else "慢"
    text = f"本机时钟比平台{ahead} {abs(seconds)} 秒" if abs(seconds) > 1 else "本机时钟和平台一致"
    cure = "请打开时间同步（timedatectl set-ntp true）；差得太多，真的回调也会被当成过期的"
    what = f"clock.{name}"
    if abs(seconds) > _HARMFUL:
        return broken(what, text, cure)
    return worth_a_look(what, text, cure) if abs(seconds) > _NOTICED else fine(what, text)
