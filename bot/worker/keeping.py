"""The loop of whoever keeps something true beside the facts: defined, then followed step by step."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog

from bot.crm.company import Company
from bot.errors import StoreBusyError
from bot.worker.bench import Bench

log = structlog.get_logger()


class Keeper(Protocol):
    """What is kept."""

    async def define(self) -> None:
        """Begin what the company's configuration says, end what it no longer says."""

    async def step(self) -> bool:
        """One round; whether there may be more to do at once."""


async def keep(bench: Bench, keeper: Keeper, name: str) -> None:
    """Keep until cancelled; another configuration may take its place while we run."""
    defined: Company | None = None
    while True:
        more = False
        try:
            if defined is not bench.company:
                company = bench.company
                await keeper.define()
                defined = company
            more = await keeper.step()
        except StoreBusyError:
            log.warning("keeper.store_busy", name=name)
        if not more:
            await asyncio.sleep(bench.poll)
