"""Keys of other systems, by their hashes; and what a request with an Idempotency-Key led to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.kit.ids import token
from bot.kit.vault import Vault
from bot.store.desk import Desk
from bot.store.tables.outside import api_keys, api_requests
from bot.store.tx import Tx

_PREFIX = "lbk_"
_BY_DIGEST = select(api_keys).where(api_keys.c.digest == bindparam("of"), api_keys.c.revoked_at.is_(None))
_ALL = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)
_REVOKE = (
    update(api_keys)
    .where(api_keys.c.id == bindparam("of"), api_keys.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
_REQUEST = select(api_requests).where(api_requests.c.key == bindparam("of"))


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Who may ask what; the key itself is nowhere."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None
    #: In whose view alone it asks for numbers; empty if each request names somebody.
    person: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request of this key led to."""

    digest: str
    status: int
    lead_id: str


def digest(vault: Vault, key: str) -> str:
    """By what a key is found again."""
    return vault.index("api_key", key)


async def make(desk: Desk, name: str, scopes: Sequence[str], *, person: str = "") -> tuple[ApiKey, str]:
    """A new key, and the words that are said this once."""
    secret = _PREFIX + token(desk.random_bytes, 32)
    made = ApiKey(desk.new_id()[:12], name, tuple(scopes), desk.now, None, person)
    row = {"id": made.id, "digest": digest(desk.vault, secret), "name": name, "scopes": list(scopes)}
    await desk.tx.insert(api_keys, {**row, "person": person, "created_at": desk.now, "revoked_at": None})
    return made, secret


async def find(tx: Tx, vault: Vault, key: str) -> ApiKey | None:
    """Whose key this is."""
    row = await tx.first(_BY_DIGEST, of=digest(vault, key)) if key.startswith(_PREFIX) else None
    return (
        None if row is None else ApiKey(row.id, row.name, tuple(row.scopes), row.created_at, None, row.person)
    )


async def all_keys(tx: Tx) -> list[ApiKey]:
    """Every key there ever was."""
    rows = await tx.all(_ALL)
    return [ApiKey(r.id, r.name, tuple(r.scopes), r.created_at, r.revoked_at, r.person) for r in rows]


async def revoke(desk: Desk, key_id: str) -> bool:
    """It opens nothing from now on; False if there was none."""
    return await desk.tx.run(_REVOKE, of=key_id, at=desk.now) == 1


async def answered(tx: Tx, key: str) -> Answered | None:
    """What a request of this Idempotency-Key led to."""
    row = await tx.first(_REQUEST, of=key)
    return None if row is None else Answered(row.digest, row.status, row.lead_id)


async def remember(desk: Desk, key: str, request_digest: str, *, status: int, lead_id: str) -> bool:
    """Keep what it led to; False if the same key came meanwhile."""
    row = {"key": key, "digest": request_digest, "status": status, "lead_id": lead_id, "at": desk.now}
    return await desk.tx.insert_new(api_requests, row)
