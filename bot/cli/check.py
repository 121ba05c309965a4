"""`leadbell check`: is the configuration sound?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import exits

NAME = "check"


def command(
    directory: Annotated[Path | None, typer.Argument(help="配置目录，默认 LEADBELL_CONFIG_DIR")] = None,
) -> None:
    """检查 config/ 的全部内容；有错误时逐条打印「文件:行:列: 说明」并以 2 退出。"""
    from bot.app.parts import prove_connectors
    from bot.crm.company import template_ids
    from bot.crm.company.load import ConfigErrors, load
    from bot.kit.clock import system_clock
    from bot.settings import read_settings

    with exits.explained():
        where = read_settings().config_dir if directory is None else directory
    try:
        company = load(where)
        prove_connectors(company, where)
    except ConfigErrors as exc:
        for error in exc.errors:
            typer.echo(str(error))
        typer.echo(f"共 {len(exc.errors)} 处错误", err=True)
        raise typer.Exit(exits.BAD_INPUT) from exc
    told = (
        *company.notices(system_clock().date()),
        *company.journey_notices(),
        *template_ids.notices(company, where),
    )
    for notice in told:
        typer.echo(f"提醒：{notice}", err=True)
    typer.echo(f"{where} 没有问题")
