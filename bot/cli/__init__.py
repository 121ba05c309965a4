"""One file per command of `leadbell`."""

from __future__ import annotations


def main() -> None:
    """Enter here from the command line."""
    import typer

    from bot.cli import ask, check, demo, migrate, run

    app = typer.Typer(
        name="leadbell",
        help="客铃：在企业微信里跑起来的销售线索机器人。",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for part in (run, demo, check, migrate, ask):
        app.command(name=part.NAME)(part.command)
    app()
