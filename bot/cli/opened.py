"""The company and its store, opened for one command and closed after it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.intake.imports.engine import Tools


@asynccontextmanager
async def opened() -> AsyncIterator[Tools]:
    """What a command works with; a store that this program cannot use is said and refused."""
    from bot.app.parts import build_company, build_vault
    from bot.intake.imports.engine import Tools
    from bot.kit.clock import system_clock
    from bot.kit.ids import system_random_bytes
    from bot.settings import read_settings
    from bot.store import open_store
    from bot.store.ready import prove_ready

    settings = read_settings()
    company, vault = build_company(settings), build_vault(settings, system_random_bytes)
    prove_ready(settings.database_url, vault)
    store = open_store(settings.database_url)
    try:
        yield Tools(store, company, vault, system_clock, system_random_bytes)
    finally:
        await store.close()
