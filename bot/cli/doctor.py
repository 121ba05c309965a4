"""`leadbell doctor`: is everything around the bot well, and if not, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import exits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from typing import TypeAlias

    from bot.cli.diagnosis.finding import Finding
    from bot.kit.vault import Vault
    from bot.settings import Settings

    Say: TypeAlias = Callable[[Finding], None]

NAME = "doctor"


def command(
    quick: Annotated[bool, typer.Option("--quick", help="跳过费时的：数据库文件检查和审计链校验")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False,
) -> None:
    """检查连接、令牌、回调地址、时钟、数据库、文件权限、积压和审计链；有 ✗ 时以 1 退出。运行中也能用。"""
    import asyncio
    import json

    from bot.cli.diagnosis.finding import Level
    from bot.settings import read_settings

    with exits.explained():
        settings = read_settings()
    findings = asyncio.run(_examine(settings, quick=quick, say=_keep_quiet if as_json else _say))
    bad = sum(one.level is Level.BROKEN for one in findings)
    odd = sum(one.level is Level.WORTH_A_LOOK for one in findings)
    if as_json:
        shown = [
            {"level": one.level.value, "what": one.what, "text": one.text, "cure": one.cure}
            for one in findings
        ]
        typer.echo(json.dumps({"ok": not bad, "findings": shown}, ensure_ascii=False))
    else:
        typer.echo(f"\n{len(findings)} 项：{bad} 项有问题，{odd} 项要留意。" if bad or odd else "\n都正常。")
    if bad:
        raise typer.Exit(exits.FAILED)


def _say(finding: Finding) -> None:
    typer.echo(finding.line())


def _keep_quiet(_finding: Finding) -> None:
    return


async def _examine(settings: Settings, *, quick: bool, say: Say) -> list[Finding]:
    found: list[Finding] = []
    async for one in _everything(settings, quick=quick):
        found.append(one)
        say(one)
    return found


async def _everything(settings: Settings, *, quick: bool) -> AsyncIterator[Finding]:
    from bot.cli.diagnosis import address, database, files, platforms, two_platforms, work
    from bot.cli.diagnosis.finding import Level
    from bot.kit.clock import system_clock
    from bot.settings import secret_files

    secret, vault = _vault(settings)
    yield secret
    migrated = False
    for one in database.look(settings.database_url, quick=quick):
        migrated = migrated or (one.what, one.level) == ("database.revision", Level.FINE)
        yield one
    if migrated:
        async for one in work.look(settings.database_url, vault, system_clock(), quick=quick):
            yield one
        async for one in two_platforms.look(settings, system_clock()):
            yield one
    for one in files.look(secrets=secret_files(), data=_data_files(settings)):
        yield one
    async for one in platforms.look(settings, system_clock):
        yield one
    async for one in address.look(
        public=settings.public_url, listen=settings.listen, callbacks=tuple(sorted(settings.platforms))
    ):
        yield one


def _vault(settings: Settings) -> tuple[Finding, Vault | None]:
    from bot.app import build_vault
    from bot.cli.diagnosis.finding import broken, fine
    from bot.errors import SettingsError
    from bot.kit.ids import system_random_bytes

    try:
        vault = build_vault(settings, system_random_bytes)
    except SettingsError as exc:
        return broken("settings.secret_key", str(exc), "设好以后再试"), None
    return fine("settings.secret_key", f"密钥：{len(settings.secrets)} 个，够长"), vault


def _data_files(settings: Settings) -> list[Path]:
    from bot.errors import SettingsError
    from bot.store.facts import facts

    try:
        return list(facts(settings.database_url, look_through=False).files)
    except SettingsError:
        return []
