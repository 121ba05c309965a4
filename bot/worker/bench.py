"""What every loop of the worker is given, and how it makes a Desk of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.adapter import Adapter
from bot.chat.router import Router
from bot.crm.company import Company
from bot.handlers import Scope
from bot.kit.clock import Clock
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.store import Store, Tx
from bot.store.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The tools of one process."""

    store: Store
    adapters: Mapping[str, Adapter]
    router: Router[Scope]
    company: Company
    vault: Vault
    clock: Clock
    random_bytes: RandomBytes
    #: Names this process in leases.
    name: str
    #: Set after each commit that may have left work; a lost wake-up costs a poll, never work.
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    #: Set likewise for the sender.
    to_send: asyncio.Event = field(default_factory=asyncio.Event)

    #: Set when a platform told that its address book changed.
    directory_changed: asyncio.Event = field(default_factory=asyncio.Event)

    def desk(self, tx: Tx) -> Desk:
        """Lay a desk in a unit of work."""
        return Desk(
            tx=tx, company=self.company, now=self.clock(), vault=self.vault, random_bytes=self.random_bytes
        )

    def wake(self) -> None:
        """Something was committed: look for work, and for what is to be sent."""
        self.woken.set()
        self.to_send.set()


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for a wake-up, but not longer than `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
    finally:
        event.clear()
