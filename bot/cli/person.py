"""`leadbell person export L12`, `leadbell person erase L12`: what the law gives whoever asks for his data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import exits
from bot.cli.ask_room import refuse
from bot.cli.opened import opened

if TYPE_CHECKING:
    from bot.intake.imports.engine import Tools
    from bot.store.personal.erase import Erasure
    from bot.store.tx import Tx

NAME = "person"
HELP = "一个人的个人信息：导出，删除。"
#: Who did it, in the audit; which user of the machine that was stands beside it.
ACTOR = "命令行"
#: Seconds that one step of an erasure may take.
_WITHIN = 60.0


def export(lead: Annotated[str, typer.Argument(metavar="L12", help="线索编号")]) -> None:
    """把存着的与一个人有关的全部内容打印成 JSON，例如 export L12 > L12.json。运行中也能用，记入审计。"""
    import asyncio
    import json

    with exits.explained():
        document = asyncio.run(_export(lead, _os_user()))
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def erase(
    lead: Annotated[str, typer.Argument(metavar="L12", help="线索编号")],
    reason: Annotated[str, typer.Option(help="为什么删，例如 本人来信要求")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="确认删除，不能恢复")] = False,
) -> None:
    """删除一个人的个人信息：数量和金额照算，以后导入也不再联系。用 SQLite 时先停机器人，或在聊天里删。"""
    import asyncio

    with exits.explained():
        if not reason.strip():
            refuse('请写明原因，例如：leadbell person erase L12 --reason "本人来信要求" --yes')
        if not yes:
            refuse("删除后不能恢复。确认要删，请加 --yes。")
        mentions = asyncio.run(_erase(lead, reason.strip(), _os_user()))
    typer.echo(f"✓ 已删除 {lead} 的个人信息，另有 {mentions} 处提到他的记录里也去掉了。")
    typer.echo("旧备份里还有他：请按期限销毁；恢复备份时会自动再删一次。")


def erased(as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False) -> None:
    """列出删过谁：只有编号、时间和原因。请和备份一起存着，恢复到空机器后照着再删一次。"""
    import asyncio
    import json

    with exits.explained():
        found = asyncio.run(_erased())
    if as_json:
        typer.echo(json.dumps({"erased": found}, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one['lead']}  {one['at']}  {one['state']}  {one['reason']}")
    if not found:
        typer.echo("没有删过谁。")


COMMANDS = {"export": export, "erase": erase, "erased": erased}


async def _erased() -> list[dict[str, str]]:
    from bot.settings import read_settings
    from bot.store.personal.erase import everybody
    from bot.store.reader import open_reader
    from bot.store.ready import prove_ready

    settings = read_settings()
    prove_ready(settings.database_url, None)
    reader = open_reader(settings.database_url)
    try:
        async with reader.read() as tx:
            return await everybody(tx)
    finally:
        await reader.close()


def _os_user() -> str:
    """Whoever is at the keyboard, as the machine knows him."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container that has a number for him and no name
        return str(os.getuid())


async def _export(lead: str, os_user: str) -> dict[str, object]:
    from bot.app.parts import build_company, build_vault
    from bot.kit.clock import system_clock
    from bot.kit.ids import system_random_bytes
    from bot.settings import read_settings
    from bot.store import audit
    from bot.store.beside import write_beside
    from bot.store.desk import Desk
    from bot.store.personal.read import held_of
    from bot.store.reader import open_reader
    from bot.store.ready import prove_ready

    settings = read_settings()
    vault = build_vault(settings, system_random_bytes)
    prove_ready(settings.database_url, vault)
    reader = open_reader(settings.database_url)
    try:
        async with reader.read() as tx:
            found = await held_of(tx, vault, lead, now=system_clock())
    finally:
        await reader.close()
    if found is None:
        refuse(f"没有 {lead} 这个人。")
    company, of = build_company(settings), f"lead:{found.family[0]}"

    async def leave_row(tx: Tx) -> None:
        desk = Desk(tx, company, system_clock(), vault, system_random_bytes)
        await audit.note(desk, actor=ACTOR, action="person.exported", of=of, form="json", os_user=os_user)

    # Without the row nothing is shown.
    await write_beside(settings.database_url, leave_row)
    return found.document()


async def _erase(lead: str, reason: str, os_user: str) -> int:
    from bot.crm.user import SYSTEM
    from bot.store import audit
    from bot.store.personal import erase as erasing

    async with opened() as tools:

        async def begin(tx: Tx) -> Erasure | erasing.Refused:
            desk = tools.desk(tx)
            found = await erasing.begin(desk, lead, by=SYSTEM, reason=reason)
            if isinstance(found, erasing.Erasure):
                of = f"lead:{found.lead_id}"
                await audit.note(desk, actor=ACTOR, action="person.erase_asked", of=of, os_user=os_user)
            return found

        found = await tools.store.write(begin, within=_WITHIN)
        if found is erasing.Refused.NOBODY:
            refuse(f"没有 {lead} 这个人。")
        if isinstance(found, erasing.Refused):
            refuse(f"{lead} 的个人信息已经删除过了。")
        return await _walk(tools, found)


async def _walk(tools: Tools, found: Erasure) -> int:
    """Through everything that mentions him; in how many places that was."""
    from bot.store.personal import erase as erasing

    while await tools.store.write(lambda tx: erasing.step(tools.desk(tx), found.lead_id), within=_WITHIN):
        pass
    await tools.store.tidy()
    async with tools.store.read() as tx:
        ended = await erasing.find(tx, found.lead_id)
    return 0 if ended is None else ended.mentions
