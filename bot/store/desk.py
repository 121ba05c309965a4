"""What a piece of business is done with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.crm.company import Company
from bot.kit.ids import RandomBytes, token
from bot.kit.vault import Vault
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit's tx, the company's rules, the present moment, and the keys.

    Passed down through handlers, assignment and intake; nobody below asks the clock.
    """

    tx: Tx
    company: Company
    now: datetime
    vault: Vault
    random_bytes: RandomBytes

    def new_id(self) -> str:
        """An id that nobody guesses, for rows that people never name."""
        return token(self.random_bytes)
