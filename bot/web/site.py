"""What the pages for customers are made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.crm.company import Company
from bot.kit.clock import Clock
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.store import Store, Tx
from bot.store.desk import Desk


@dataclass(frozen=True, slots=True)
class Site:
    """One company's forms and pages."""

    store: Store
    company: Company
    vault: Vault
    clock: Clock
    random_bytes: RandomBytes
    #: There is something to send or to carry out.
    wake: Callable[[], None]
    #: The platform whose QR codes customers scan (`wecom`); empty shows none.
    contact_platform: str = ""

    def desk(self, tx: Tx) -> Desk:
        """One unit's means."""
        return Desk(
            tx=tx, company=self.company, now=self.clock(), vault=self.vault, random_bytes=self.random_bytes
        )
