"""What a piece of business is done with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.crm.company import Company
from bot.kit.ids import RandomBytes, token, tokens
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
    #: What is wrong in files of the company that were not read for it; empty as a rule.
    unread: str = ""

    def new_id(self) -> str:
        """An id that nobody guesses, for rows that people never name."""
        return token(self.random_bytes)

    def new_ids(self, many: int) -> list[str]:
        """So many of them."""
        return tokens(self.random_bytes, many)
