"""The demo as a newcomer starts it: the command in a process of its own, on free ports, with its own data."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

#: Seconds; a warm start takes two or three, a busy machine several times as long.
_START, _END = 60, 20
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the page and the bot are."""

    page: str
    bot: str


@contextlib.asynccontextmanager
async def running(folder: Path, config: Path = ROOT / "config") -> AsyncIterator[Demo]:
    """Start it, wait for the addresses it prints, end it as a shell does; it must leave in peace."""
    errors = folder / "demo.log"
    with errors.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "demo", "--port", str(_free_port()),
            "--data", str(folder / "data"), "--config", str(config),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        async with asyncio.timeout(_START):
            demo = await _addresses(process, errors)
        yield demo
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(_END):
            rest, _ = await process.communicate()
    assert process.returncode == 0, f"{rest.decode()}\n{_text(errors)}"


async def _addresses(process: asyncio.subprocess.Process, errors: Path) -> Demo:
    """The page's address is printed first, the bot's second."""
    assert process.stdout is not None
    said = ""
    while len(found := _ADDRESS.findall(said)) < 2:
        line = await process.stdout.readline()
        assert line, f"the demo ended before it was ready:\n{said}\n{_text(errors)}"
        said += line.decode()
    return Demo(found[0], found[1])


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
