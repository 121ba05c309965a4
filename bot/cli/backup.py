"""`leadbell backup`: a whole, checked copy of the data, taken while the bot runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import exits
from bot.cli.progress import Progress

NAME = "backup"


def command(
    file: Annotated[Path, typer.Argument(help="备份写到哪个文件")],
    force: Annotated[bool, typer.Option("--force", help="文件已存在也覆盖")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False,
) -> None:
    """备份数据库到一个文件，运行中也能用。电话和邮箱仍是加密的，密钥不在里面；config/ 请另外备份。"""
    import json
    from importlib.metadata import version

    from bot.app.parts import build_vault
    from bot.kit.clock import system_clock
    from bot.kit.ids import system_random_bytes
    from bot.settings import read_settings
    from bot.store.backup import back_up

    with exits.explained():
        settings = read_settings()
        manifest = back_up(
            settings.database_url, file, vault=build_vault(settings, system_random_bytes), now=system_clock(),
            program=version("leadbell"), force=force, told=Progress("已备份 {n} 行").more,
        )  # fmt: skip
    size = file.stat().st_size
    if as_json:
        shown = {
            "file": str(file), "bytes": size, "tables": len(manifest.parts), "rows": manifest.rows,
            "made_at": manifest.made_at, "revision": manifest.revision, "audit_head": manifest.audit_head,
        }  # fmt: skip
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo(
        f"✓ 已备份到 {file}：{len(manifest.parts)} 张表，{manifest.rows:,} 行，{size:,} 字节，已读回核对。"
    )
    typer.echo("LEADBELL_SECRET_KEY 不在备份里，请另外保存；没有它，备份恢复不了。")
