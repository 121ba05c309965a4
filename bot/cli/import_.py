"""`leadbell import`: lists of leads, customers, deals and money from a file, and back out again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import exits, logs
from bot.cli.ask_room import refuse
from bot.cli.opened import opened

NAME = "import"


def command(  # noqa: PLR0917 - the parameters of a command line
    file: Annotated[Path | None, typer.Argument(help="csv、xlsx 或 xls 文件", show_default=False)] = None,
    kind: Annotated[
        str,
        typer.Option(
            help="文件里是什么：leads、accounts、opportunities、orders、activities、costs、payments、targets"
        ),
    ] = "",
    map_: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="列对应表；没有这个文件就写一份", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试一遍，什么都不写")] = False,
    undo: Annotated[
        str, typer.Option(metavar="BATCH", help="撤销一个批次，例如 I7", show_default=False)
    ] = "",
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="逐行结果写到这个 .csv 或 .json 文件", show_default=False),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="导入过的文件再导入一次")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False,
) -> None:
    """导入文件：线索、客户、商机、订单、跟进、花费、回款、目标；先 --dry-run 看结果，可整批撤销。"""
    import asyncio

    from bot.cli.importing import bring_in, take_back

    logs.set_up(pretty=True, level="warning")
    with exits.explained():
        if undo:
            if file is not None:
                refuse("--undo 撤销的是批次，不要再写文件。")
            asyncio.run(take_back(opened, undo, as_json=as_json))
            return
        if file is None:
            refuse("请写出要导入的文件，例如：leadbell import leads.csv --kind leads --dry-run")
        if report is not None and report.suffix not in {".csv", ".json"}:
            refuse("--report 要写 .csv 或 .json 文件。")
        asyncio.run(
            bring_in(
                opened, file, kind, map_=map_, dry_run=dry_run, report=report, again=again, as_json=as_json
            )
        )
