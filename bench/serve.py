"""The bot's own door in a process of its own, as `leadbell run --roles web` opens it: no loops beside it.

`python -m bench.serve durable|stub|drained PORT DATABASE`: `stub` is the same route with the commit left out,
`drained` has people of a journey moved beside it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

from aiohttp import web

from bench.callback_address import AES_KEY, AGENT_ID, CORP_ID, SECRET, SECRET_KEY, TOKEN
from bench.journeys_keeper import keeper
from bot.adapters.wecom import ADAPTER
from bot.chat.adapter import Adapter, Means
from bot.kit.clock import system_clock, system_monotonic
from bot.kit.ids import system_random_bytes
from bot.kit.vault import Vault
from bot.store import open_store
from bot.web import guard, server
from bot.web.callbacks import Callbacks
from bot.web.health import Health


class Forgetful:
    """A store that keeps nothing and says at once that it is kept."""

    async def write(self, _unit: object, **_: object) -> bool:
        return True

    async def close(self) -> None:
        return None


def wecom() -> Adapter:
    settings = {
        "corp_id": CORP_ID, "agent_id": AGENT_ID, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY,
    }  # fmt: skip
    means = Means(system_clock, system_monotonic, system_random_bytes)
    return ADAPTER.build(ADAPTER.config.model_validate(settings), means)


async def main(variant: str, port: int, database: str) -> None:
    keeps = variant in {"durable", "drained"}
    store: Any = open_store(f"sqlite+aiosqlite:///{database}") if keeps else Forgetful()
    adapter = wecom()
    callbacks = Callbacks(
        adapter=adapter, store=store, vault=Vault([SECRET_KEY], system_random_bytes), clock=system_clock,
        wake=lambda: None,
    )  # fmt: skip
    health = Health(store=store, clock=system_clock)
    application = server.build(callbacks={adapter.name: callbacks}, health=health)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    listening = await guard.serve(runner, "127.0.0.1", port)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    drain = asyncio.create_task(keeper(store).run()) if variant == "drained" else None
    await stop.wait()
    if drain is not None:
        drain.cancel()
        await asyncio.gather(drain, return_exceptions=True)
    listening.close()
    await runner.cleanup()
    await adapter.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
