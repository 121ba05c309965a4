"""How commands end: 0 done, 1 failed, 2 bad input; errors on stderr, without a traceback."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.errors import BotError, SettingsError

FAILED, BAD_INPUT = 1, 2


@contextmanager
def explained() -> Iterator[None]:
    """Turn what we raise on purpose into a message and an exit code."""
    try:
        yield
    except SettingsError as exc:
        typer.echo(str(exc), err=True)
        raise typer.Exit(BAD_INPUT) from exc
    except BotError as exc:
        typer.echo(str(exc), err=True)
        raise typer.Exit(FAILED) from exc


def stopped_by_signal() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; call it inside the running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
