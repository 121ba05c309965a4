"""`leadbell doors`: the addresses of connectors, and what came by each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import exits

if TYPE_CHECKING:
    from bot.settings import Settings

NAME = "doors"


def command(as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False) -> None:
    """列出表单工具、广告平台的推送地址，询盘邮箱的状态，各收到多少。地址里有密钥，不要外传。"""
    import asyncio
    import json

    from bot.settings import read_settings

    with exits.explained():
        found = asyncio.run(_look(read_settings()))
    if as_json:
        typer.echo(json.dumps({"doors": found}, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one['title']}\n    {one['address'] or '（邮箱）'}")
        typer.echo(f"    收下 {one['taken']}，没收下 {one['failed']}，不是线索 {one['skipped']}")


async def _look(settings: Settings) -> list[dict[str, Any]]:
    from bot.app.parts import build_company, build_vault
    from bot.intake.doors.state import everything
    from bot.kit.ids import system_random_bytes
    from bot.store.reader import open_reader

    build_vault(settings, system_random_bytes)
    company = build_company(settings)
    reader = open_reader(settings.database_url)
    try:
        async with reader.read() as tx:
            states = await everything(tx, company)
    finally:
        await reader.close()
    return [
        {
            "name": one.name,
            "title": one.title,
            "address": company.doors.address(one.name) if one.name in company.doors.entrances else "",
            **{state: one.counts.get(state, 0) for state in ("taken", "failed", "skipped")},
            "last_at": one.last_at.isoformat() if one.last_at else None,
        }
        for one in states
    ]
