"""One file per command of `leadbell`."""

from __future__ import annotations


def main() -> None:
    """Enter here from the command line."""
    import sys

    from bot.kit.garbage import look_seldom

    look_seldom()
    import typer

    from bot.cli import (
        ask,
        audit,
        backup,
        check,
        chinese,
        demo,
        doctor,
        doors,
        import_,
        journey,
        migrate,
        person,
        restore,
        run,
        schema,
        simulate,
        webhooks,
    )

    app = typer.Typer(
        name="leadbell",
        cls=chinese.Group,
        help="客铃：在企业微信和钉钉里跑起来的销售线索机器人。",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for part in (run, demo, check, migrate, doctor, doors, import_, ask, backup, restore, simulate, schema):
        app.command(name=part.NAME, cls=chinese.Command)(part.command)
    for part in (audit, journey, person, webhooks):
        group = typer.Typer(cls=chinese.Group, help=part.HELP, no_args_is_help=True)
        for name, command in part.COMMANDS.items():
            group.command(name=name, cls=chinese.Command)(command)
        app.add_typer(group, name=part.NAME)
    sys.exit(chinese.run(app))
