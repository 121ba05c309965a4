"""`leadbell schema`: the shape of a configuration file as JSON schema, for editors to complete and check."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import exits

NAME = "schema"
UNKNOWN = "没有“{name}”这种文件，可以写：{known}"
WHICH = "要写哪种文件：{known}"


def command(
    kind: Annotated[
        str, typer.Argument(help="哪种文件：journey、content、connector，或 scoring 这样的文件名")
    ] = "",
) -> None:
    """打印一种配置文件的 JSON schema；编辑器用它提示和检查。"""
    import json

    from bot.crm.company.load import FOLDERS, MODELS
    from bot.crm.company.schema import described

    models = {**MODELS, **{name.removesuffix("s"): model for name, model in FOLDERS.items()}}
    model = models.get(kind)
    if model is None:
        said = UNKNOWN if kind else WHICH
        typer.echo(said.format(name=kind, known="、".join(sorted(models))), err=True)
        raise typer.Exit(exits.BAD_INPUT)
    typer.echo(json.dumps(described(kind, model), ensure_ascii=False, indent=1))
