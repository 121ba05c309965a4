"""`leadbell audit verify`: is the audit chain whole?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import exits
from bot.cli.progress import Progress

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store.audit_verify import Told, Verdict

NAME = "audit"
HELP = "审计记录：谁看过电话，谁改过什么，谁被拒绝。"


def verify(
    head: Annotated[
        str, typer.Option(metavar="N:HASH", help="和当时记下的链头核对（每天发给负责人的那条消息里有）")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False,
) -> None:
    """从头到尾校验审计链：有没有被改、被删、多出来、换顺序；有问题以 1 退出，并指出第一条。运行中也能用。"""
    import asyncio
    import json

    from bot.settings import read_settings

    with exits.explained():
        verdict = asyncio.run(_verify(read_settings(), _told(head)))
    shown = _shown(verdict)
    typer.echo(json.dumps(shown, ensure_ascii=False) if as_json else _readable(shown))
    if not verdict.whole:
        raise typer.Exit(exits.FAILED)


COMMANDS = {"verify": verify}


def _told(head: str) -> Told | None:
    from bot.errors import SettingsError
    from bot.store.audit_verify import Told

    try:
        return Told.read(head) if head else None
    except ValueError as exc:
        msg = f"--head：“{head}”不是链头，应该像 1204:3fa9c2d07b1e4c55 这样。"
        raise SettingsError(msg) from exc


async def _verify(settings: Settings, told: Told | None) -> Verdict:
    from bot.app.parts import build_vault
    from bot.kit.ids import system_random_bytes
    from bot.store.audit_verify import verify as walk
    from bot.store.reader import open_reader
    from bot.store.ready import prove_ready

    vault = build_vault(settings, system_random_bytes)
    prove_ready(settings.database_url, vault)
    reader = open_reader(settings.database_url)
    try:
        async with reader.read() as tx:
            return await walk(tx, vault, told=told, progress=Progress("已校验 {n} 条").reached)
    finally:
        await reader.close()


def _shown(verdict: Verdict) -> dict[str, Any]:
    from bot.cards.texts.audit import trouble

    fault = verdict.fault
    return {
        "ok": verdict.whole,
        "rows": verdict.head.n,
        "waiting": verdict.waiting,
        "head": verdict.head.told(),
        "first_bad": None
        if fault is None
        else {
            "n": fault.n, "id": fault.row_id, "wrong": fault.wrong.value,
            "message": trouble(fault.wrong.value, fault.n, fault.row_id),
        },
    }  # fmt: skip


def _readable(shown: dict[str, Any]) -> str:
    waiting = f"，另有 {shown['waiting']} 条刚写入、还没入链" if shown["waiting"] else ""
    if shown["ok"] and not shown["rows"]:
        return f"✓ 审计链完好：还没有记录{waiting}。"
    if shown["ok"]:
        return f"✓ 审计链完好：共 {shown['rows']:,} 条{waiting}。链头 {shown['head']}"
    bad = shown["first_bad"]
    return f"✗ {bad['message']}。\n前 {shown['rows']:,} 条完好{waiting}。请保留现场，找出谁直接改过数据库。"
