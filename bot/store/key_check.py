"""Is this the secret key that the database was begun with? With another one nobody would be found again.

The check hangs on the oldest key, as the blind index does: a newer key may be put before it at any
time, and a list in which the oldest is missing, or is not the last, does not fit.
"""

from __future__ import annotations

import hmac

from sqlalchemy import bindparam, select, update

from bot.errors import SettingsError
from bot.kit.vault import Vault
from bot.store.migrate import engine_of
from bot.store.tables.machinery import instance
from bot.store.tx import Tx

OTHER_KEY = (
    "LEADBELL_SECRET_KEY 和这个数据库对不上，请换回原来的密钥。写了几个的，新的在前，最旧的在最后，不能去掉。"
)
_KIND = "instance.key"
_KEPT = select(instance.c.id, instance.c.key_check)
_KEEP = (
    update(instance)
    .where(instance.c.id == bindparam("of"), instance.c.key_check.is_(None))
    .values(key_check=bindparam("check"))
)


async def fits(tx: Tx, vault: Vault) -> bool:
    """Whether the database was begun with these keys; one that never ran takes any."""
    row = await tx.first(_KEPT)
    return row is None or _is_ours(vault, row.id, row.key_check)


async def keep(tx: Tx, vault: Vault) -> None:
    """Remember these keys at the first start; afterwards SettingsError if they are others."""
    row = await tx.first(_KEPT)
    if row is not None and row.key_check is None:
        await tx.run(_KEEP, of=row.id, check=vault.index(_KIND, row.id))
    elif row is not None and not _is_ours(vault, row.id, row.key_check):
        raise SettingsError(OTHER_KEY)


def prove(url: str, vault: Vault) -> None:
    """SettingsError if a migrated database was begun with other keys."""
    engine = engine_of(url)
    try:
        with engine.connect() as connection:
            row = connection.execute(_KEPT).first()
    finally:
        engine.dispose()
    if row is not None and not _is_ours(vault, row.id, row.key_check):
        raise SettingsError(OTHER_KEY)


def _is_ours(vault: Vault, row_id: str, check: str | None) -> bool:
    return check is None or hmac.compare_digest(vault.index(_KIND, row_id), check)
