"""The program as it is run: killed, stopped while people send, started twice."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.conftest import ROOT
from tests.postgres import _free_port

SECRET = "a secret that nobody prints anywhere"


class Program:
    """`leadbell run` on one SQLite file."""

    def __init__(self, url: str) -> None:
        self.port = _free_port()
        self.path = Path(url.split("///", 1)[1])
        self._environment = {
            "PATH": os.environ["PATH"], "LEADBELL_DATABASE_URL": url, "LEADBELL_SECRET_KEY": SECRET,
            "LEADBELL_LISTEN": f"127.0.0.1:{self.port}", "LEADBELL_CONFIG_DIR": str(ROOT / "config"),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    async def start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=self.path.parent, env=self._environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def ready(self, http: aiohttp.ClientSession) -> None:
        """Wait until it answers."""
        async with asyncio.timeout(30):
            while True:
                try:
                    async with http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    async def people_send(self, http: aiohttp.ClientSession, until: asyncio.Event) -> list[str]:
        """One form after the other; the leads that were thanked for."""
        thanked: list[str] = []
        while not until.is_set():
            n = len(thanked)
            try:
                async with http.post(
                    f"http://127.0.0.1:{self.port}/forms/website",
                    json={"name": "王芳", "phone": f"139{os.getpid() % 1000:03}{n:05}", "city": "上海"},
                    headers={"X-Forwarded-For": f"9.8.{n % 256}.7"},
                ) as answer:
                    assert answer.status in {200, 503}, await answer.text()
                    thanked += [(await answer.json())["lead_id"]] if answer.status == 200 else []
            except aiohttp.ClientError:
                return thanked
        return thanked

    def leads(self) -> set[str]:
        with sqlite3.connect(self.path) as db:
            return {row[0] for row in db.execute("SELECT id FROM leads")}


@pytest.mark.parametrize("sign", ["kill", "terminate"])
async def test_whoever_was_thanked_is_there_after_the_end(sqlite_url: str, sign: str):
    """Killed in the middle, or asked to stop: no lead that was answered for is missing, and it starts again."""
    program = Program(sqlite_url)
    async with aiohttp.ClientSession() as http:
        running = await program.start()
        await program.ready(http)
        over = asyncio.Event()
        senders = [asyncio.create_task(program.people_send(http, over))]
        await asyncio.sleep(1)
        getattr(running, sign)()
        said, logged = await running.communicate()
        over.set()
        thanked = {one for found in await asyncio.gather(*senders) for one in found}

        assert len(thanked) > 10
        assert thanked <= program.leads()
        assert running.returncode == (0 if sign == "terminate" else -9), logged[-500:]
        assert SECRET.encode() not in said + logged
        assert "王芳".encode() not in said + logged
        again = await program.start()
        await program.ready(http)
        told = await second_one(program) if sign == "terminate" else (2, "")
        again.terminate()
        await again.communicate()

    assert told[0] == 2
    assert "Traceback" not in told[1]
    assert again.returncode == 0


async def second_one(program: Program) -> tuple[int | None, str]:
    """Start it once more on the same file: how it ends, and what it says."""
    second = await program.start()
    _, told = await second.communicate()
    assert "正被另一个客铃进程使用" in told.decode()
    return second.returncode, told.decode()
