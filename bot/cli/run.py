"""`leadbell run`: the bot, in all roles or in some."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import exits, logs

NAME = "run"


def command(
    roles: Annotated[str, typer.Option(help="逗号分隔：web,stream,worker,sender,scheduler；默认全部")] = "",
) -> None:
    """启动客铃。设置来自环境变量 LEADBELL_… 和 .env。"""
    import asyncio

    from bot.app.process import opened
    from bot.app.serving import ROLES, serve
    from bot.errors import SettingsError
    from bot.settings import read_settings

    logs.set_up(pretty=False)
    with exits.explained():
        wanted = frozenset(part.strip() for part in roles.split(",") if part.strip()) or frozenset(ROLES)
        if wanted - frozenset(ROLES):
            msg = f"--roles：没有 {'、'.join(sorted(wanted - frozenset(ROLES)))}。可选：{','.join(ROLES)}"
            raise SettingsError(msg)
        settings = read_settings()

        async def main() -> None:
            async with opened(settings) as app:
                await serve(app, roles=wanted, stop=exits.stopped_by_signal())

        asyncio.run(main())
