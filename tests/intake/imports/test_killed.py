"""A process that is shot while it writes a list: nothing is half, and the same file goes on to its end."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.crm.company import Company
from bot.intake.imports import job
from bot.intake.imports.engine import PIECE, Tools
from bot.kit.ids import system_random_bytes
from bot.kit.vault import Vault
from bot.store import open_store
from bot.store.import_batches import Batch
from bot.store.migrate import migrate
from tests.intake.imports.conftest import mapped, rows

PEOPLE = PIECE * 4
LIST = (
    "姓名,手机号\n" + "".join(f"客户{n},139{n % (PEOPLE - 100):08d}\n" for n in range(PEOPLE)) + "坏,1\n"
).encode()


def bring(url: str, company: Company, vault: Vault, shot: tuple[int, float] | None = None) -> Batch:
    """Take the list in, in this process; `shot` ends it so many seconds after so many pieces."""

    async def done() -> Batch:
        store = open_store(url)
        now = datetime(2026, 11, 22, 2, 0, tzinfo=timezone.utc)
        tools = Tools(store, company, vault, lambda: now, system_random_bytes)
        left = shot[0] if shot else -1

        def told(_n: int) -> None:
            nonlocal left
            left -= 1
            if left == 0 and shot is not None:
                asyncio.get_running_loop().call_later(shot[1], os.kill, os.getpid(), signal.SIGKILL)

        try:
            opened, columns = mapped(tools, "leads", LIST)
            batch = await job.begin(tools, opened, columns, by="boss")
            assert isinstance(batch, Batch)
            return await job.carry_out(tools, opened, columns, batch, told=told)
        finally:
            await store.close()

    return asyncio.run(done())


def shot_down(url: str, company: Company, vault: Vault, pieces: int, after: float) -> None:
    """In a process of its own, which does not come back."""
    child = os.fork()
    if child == 0:
        try:
            bring(url, company, vault, (pieces, after))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("after", [0.0, 0.02])
def test_it_goes_on_where_it_was_shot(tmp_path: Path, company: Company, vault: Vault, after: float) -> None:
    """Twice in one import; then every row has one outcome and everybody is there once."""
    url = f"sqlite+aiosqlite:///{tmp_path}/leads.db"
    migrate(url)
    for pieces in (1, 1):
        shot_down(url, company, vault, pieces, after)

    batch = bring(url, company, vault)

    assert (batch.id, batch.state) == ("I1", "done")
    assert (batch.counts.created, batch.counts.merged, batch.counts.rejected) == (PEOPLE - 100, 100, 1)

    async def counted() -> tuple[int, int, int, int]:
        store = open_store(url)
        try:
            found = [await rows(store, name) for name in ("leads", "lead_keys", "import_rows", "uncompared")]
            return tuple(map(len, found))  # type: ignore[return-value]
        finally:
            await store.close()

    assert asyncio.run(counted()) == (PEOPLE - 100, PEOPLE - 100, PEOPLE + 1, PEOPLE - 100)
