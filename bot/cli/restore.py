"""`leadbell restore`: bring a backup back, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import exits
from bot.cli.progress import Progress

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.settings import Settings
    from bot.store.restore import Restored
    from bot.store.restore_settle import MayGo

NAME = "restore"
_KINDS = {"text": "文字消息", "card": "卡片", "update": "卡片翻面", "welcome": "欢迎语"}


def command(
    file: Annotated[Path, typer.Argument(help="leadbell backup 做的文件")],
    force: Annotated[
        bool, typer.Option("--force", help="库里有数据也替换（SQLite 的旧文件改名留着）")
    ] = False,
    move: Annotated[
        bool, typer.Option("--move", help="搬家：备份之后客铃没有再运行过，消息照发、编号照接")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False,
) -> None:
    """从备份恢复，先停掉所有客铃进程。SQLite 的备份可以恢复到 PostgreSQL，反过来也行。"""
    import asyncio
    import json

    from bot.settings import read_settings

    with exits.explained():
        done = asyncio.run(_restore(read_settings(), file, force=force, move=move))
    shown = _shown(done)
    typer.echo(json.dumps(shown, ensure_ascii=False) if as_json else _readable(shown, _zone()))


async def _restore(settings: Settings, file: Path, *, force: bool, move: bool) -> Restored:
    from bot.app.parts import build_vault
    from bot.kit.clock import system_clock
    from bot.kit.ids import system_random_bytes, token
    from bot.store.restore import Job, restore

    vault = build_vault(settings, system_random_bytes)
    async with _policies(settings) as may_go:
        return await restore(
            Job(
                settings.database_url,
                file,
                vault,
                system_clock(),
                token(system_random_bytes),
                may_go,
                moved=move,
                force=force,
                told=Progress("正在恢复，已写入 {n} 行").more,
            )
        )


def _policies(settings: Settings) -> Any:  # noqa: ANN401 - an asynchronous context of a MayGo
    import contextlib
    from collections.abc import AsyncIterator

    from bot.app.parts import build_adapters
    from bot.chat.adapter import Means
    from bot.chat.outbound import Outgoing, Repeat
    from bot.kit.clock import system_clock, system_monotonic
    from bot.kit.ids import system_random_bytes

    @contextlib.asynccontextmanager
    async def opened() -> AsyncIterator[MayGo]:
        adapters = build_adapters(settings, Means(system_clock, system_monotonic, system_random_bytes))

        def may_go(platform: str, outgoing: Outgoing) -> Repeat:
            adapter = adapters.get(platform)
            return Repeat.NEVER if adapter is None else adapter.repeat(outgoing)

        try:
            yield may_go
        finally:
            for adapter in adapters.values():
                await adapter.close()

    return opened()


def _shown(done: Restored) -> dict[str, Any]:
    return {
        "made_at": done.manifest.made_at,
        "tables": len(done.manifest.parts),
        "rows": done.manifest.rows,
        "held": dict(done.settled.held),
        "going": done.settled.going,
        "deliveries": done.settled.deliveries,
        "timers": done.settled.timers,
        "numbers": dict(done.settled.numbers),
        "carried": done.settled.carried,
        "let_go": done.settled.let_go,
        "audit": {"ok": done.verdict.whole, "head": done.verdict.head.told()},
        "aside": None if done.aside is None else str(done.aside),
    }


def _zone() -> ZoneInfo:
    """Whose clock people here read; the company's own is in the configuration, which may be gone as well."""
    from zoneinfo import ZoneInfo

    from bot.settings import read_settings

    return ZoneInfo(read_settings().timezone or "Asia/Shanghai")


def _readable(shown: dict[str, Any], zone: ZoneInfo) -> str:
    from datetime import datetime

    made = f"{datetime.fromisoformat(shown['made_at']).astimezone(zone):%Y-%m-%d %H:%M}"
    held = "、".join(f"{_KINDS.get(kind, kind)} {n} 条" for kind, n in shown["held"].items())
    lines = [f"✓ 已恢复 {made} 做的备份：{shown['tables']} 张表，{shown['rows']:,} 行，已核对。"]
    if held:
        lines.append(
            f"! 扣下没发：{held}。备份之后可能已经发过，再发会重复；它们记为「结果不明」，请人工看要不要补。"
        )
    if shown["carried"]:
        lines.append(f"  备份之后发给客户的 {shown['carried']} 条，从原来的数据库接过来了，不会再发。")
    if shown["let_go"]:
        lines.append(
            f"! 旅程里有 {shown['let_go']} 人的步骤在备份之后到过点，原来的数据库不在，不知道发过没有："
            "他们退出了这些旅程，日期和定时的旅程从现在算起。需要的人请手工再加入。"
        )
    if shown["going"]:
        lines.append(f"  待发的 {shown['going']} 条会照常发出：平台认得出重复，不会让人看到两次。")
    if shown["deliveries"] or shown["timers"]:
        lines.append(
            f"  启动后会接着处理 {shown['deliveries']} 条收到的消息和 {shown['timers']} 个到点的提醒，"
            "其中备份之后做过的会再做一次。"
        )
    if not shown["audit"]["ok"]:
        lines.append("! 审计链没有通过校验：备份之前就是这样。请运行 leadbell audit verify 看是哪一条。")
    if shown["aside"]:
        lines.append(f"  原来的数据库改名为 {shown['aside']}，确认没问题后可以删掉。")
    lead = shown["numbers"].get("lead")
    if lead is not None:
        lines.append(f"  新线索的编号从 L{lead + 1} 开始。")
    return "\n".join(lines)
