"""`leadbell migrate`: bring the database to this version."""

from __future__ import annotations

import typer

from bot.cli import exits

NAME = "migrate"


def command() -> None:
    """建立或升级数据库，可重复运行。"""
    from bot.settings import read_settings
    from bot.store.migrate import migrate

    with exits.explained():
        done = migrate(read_settings().database_url)
    typer.echo("\n".join(f"已执行 {step}" for step in done) or "数据库已是最新版本")
