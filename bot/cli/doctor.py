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
    """检查连接、令牌、渠道、模板、回调地址、时钟、数据库、权限、积压、审计链；有 ✗ 以 1 退出。运行中可用。"""
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
    from bot.app.parts import chat_platforms
    from bot.cli.diagnosis import address, channels, database, files, pictures, platforms
    from bot.kit.clock import system_clock
    from bot.settings import secret_files

    secret, vault = _vault(settings)
    yield secret
    readable = False
    for one in database.look(settings.database_url, quick=quick):
        readable = (readable or _is(one, "database.revision", fine=True)) and not _is(one, "database.whole")
        yield one
    if readable:
        async for one in _inside(settings, vault, quick=quick):
            yield one
    for one in files.look(secrets=secret_files(), data=_data_files(settings)):
        yield one
    for one in pictures.look():
        yield one
    async for one in platforms.look(settings, system_clock):
        yield one
    async for one in channels.look(settings, system_clock):
        yield one
    async for one in address.look(
        public=settings.public_url, listen=settings.listen, callbacks=chat_platforms(settings)
    ):
        yield one


def _is(finding: Finding, what: str, *, fine: bool = False) -> bool:
    from bot.cli.diagnosis.finding import Level

    return finding.what == what and finding.level is (Level.FINE if fine else Level.BROKEN)


async def _inside(settings: Settings, vault: Vault | None, *, quick: bool) -> AsyncIterator[Finding]:
    """What stands in the database; whatever reading it raises is a finding as well."""
    from bot.cli.diagnosis import doors, rollups, two_platforms, work
    from bot.cli.diagnosis.finding import broken
    from bot.kit.clock import system_clock

    try:
        if vault is not None:
            yield _key(settings, vault)
        async for one in work.look(settings.database_url, vault, system_clock(), quick=quick):
            yield one
        async for one in rollups.look(settings.database_url, system_clock()):
            yield one
        async for one in doors.look(settings, system_clock()):
            yield one
        async for one in two_platforms.look(settings, system_clock()):
            yield one
    except Exception as exc:  # noqa: BLE001 - a diagnosis does not end in a traceback
        text = f"读数据库时出错（{type(exc).__name__}），文件可能坏了一部分"
        yield broken("database.read", text, "停掉客铃，先把文件复制一份，再从备份恢复")


def _vault(settings: Settings) -> tuple[Finding, Vault | None]:
    from bot.app.parts import build_vault
    from bot.cli.diagnosis.finding import broken, fine
    from bot.errors import SettingsError
    from bot.kit.ids import system_random_bytes

    try:
        vault = build_vault(settings, system_random_bytes)
    except SettingsError as exc:
        return broken("settings.secret_key", str(exc), "设好以后再试"), None
    return fine("settings.secret_key", f"密钥：{len(settings.secrets)} 个，够长"), vault


def _key(settings: Settings, vault: Vault) -> Finding:
    from bot.cli.diagnosis.finding import broken, fine
    from bot.errors import SettingsError
    from bot.store import key_check

    try:
        key_check.prove(settings.database_url, vault)
    except SettingsError as exc:
        return broken("database.key", str(exc), "密钥不对，库里的手机号、邮箱和留言谁也读不出来")
    return fine("database.key", "密钥和数据库对得上")


def _data_files(settings: Settings) -> list[Path]:
    from bot.errors import SettingsError
    from bot.store.facts import facts

    try:
        return list(facts(settings.database_url, look_through=False).files)
    except SettingsError:
        return []
