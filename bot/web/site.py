"""What the pages for customers are made with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.crm.company import Company
from bot.errors import StoreBusyError, UnitTooSlowError
from bot.insight.ask.translator import Model
from bot.kit.clock import Clock
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.store import Store, Tx
from bot.store.desk import Desk

T = TypeVar("T")
#: A unit that was too slow left no trace. The first ones after a start are slow, as statements are
#: being compiled; each try finds more of them ready.
_TRIES = 5


@dataclass(slots=True)
class Site:
    """One company's forms and pages. Only the company changes: another takes its place when config/ does."""

    store: Store
    company: Company
    vault: Vault
    clock: Clock
    random_bytes: RandomBytes
    #: There is something to send or to carry out.
    wake: Callable[[], None]
    #: The platform whose QR codes customers scan (`wecom`); empty shows none.
    contact_platform: str = ""
    #: Reads questions that our grammar does not; None without settings for it.
    model: Model | None = None

    def desk(self, tx: Tx) -> Desk:
        """One unit's means."""
        return Desk(
            tx=tx, company=self.company, now=self.clock(), vault=self.vault, random_bytes=self.random_bytes
        )

    async def write(self, unit: Callable[[Tx], Awaitable[T]], *, lane_key: str) -> T:
        """Run a unit and give its result once it is durable; StoreBusyError if it cannot be had."""
        for _ in range(_TRIES):
            try:
                return await self.store.write(unit, lane_key=lane_key)
            except UnitTooSlowError:
                continue
        msg = "too slow at every try"
        raise StoreBusyError(msg)
