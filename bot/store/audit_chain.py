"""How audit rows hang together: each bears a MAC over the link before it and its own contents.

h(n) = HMAC-SHA-256(k, h(n-1), n, row). The key comes from LEADBELL_SECRET_KEY, so that whoever
can write to the database and does not know it cannot change, add, drop or reorder a row unseen.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timezone

import orjson

from bot.kit.vault import Vault

#: What the first row hangs on.
START = ""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends: how many rows, and the last one's link."""

    n: int
    link: str

    def told(self) -> str:
        """How people write it down: `1204:3fa9c2d07b1e4c55`."""
        return f"{self.n}:{self.link[:16]}"


class Chain:
    """Makes and proves the links of one installation."""

    def __init__(self, vault: Vault) -> None:
        self._key = vault.key("audit")

    def link(self, before: str, n: int, row: bytes) -> str:
        """The link of the row at place `n`, after a row with the link `before`."""
        return self._mac(f"link\0{before}\0{n}\0".encode() + row)

    def waiting(self, row: bytes) -> str:
        """What proves a row that has no place yet."""
        return self._mac(b"waiting\0" + row)

    def seal(self, head: Head) -> str:
        """What proves the head."""
        return self._mac(f"head\0{head.n}\0{head.link}".encode())

    def sealed(self, head: Head, seal: object) -> bool:
        """Say whether we made this head."""
        return same(self.seal(head), seal)

    def _mac(self, message: bytes) -> str:
        return hmac.digest(self._key, message, hashlib.sha256).hex()


def same(ours: str, theirs: object) -> bool:
    """Compare in constant time; what is no text at all is not the same."""
    return isinstance(theirs, str) and hmac.compare_digest(ours.encode(), theirs.encode())


def spelled(*contents: object) -> bytes:
    """The contents of a row in one spelling: id, at, actor, action, object, detail.

    `detail` as the text that is kept. Whatever somebody has put into a column has a spelling,
    and another one than what was there.
    """
    row_id, at, *rest = contents
    return orjson.dumps([row_id, instant(at), *rest], default=repr)


def instant(at: object) -> object:
    """An instant as SQLite keeps it, whichever database it comes from."""
    if isinstance(at, datetime):
        return at.astimezone(timezone.utc).isoformat(timespec="microseconds")[:-6] + "Z"
    return at
