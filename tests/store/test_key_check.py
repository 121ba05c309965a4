"""A database belongs to the keys that it was begun with."""

from __future__ import annotations

import pytest

from bot.errors import SettingsError
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import key_check
from bot.store.backup import back_up
from bot.store.ready import prove_ready
from tests.conftest import NOW

OLD, NEW, OTHER = "o" * 32, "n" * 32, "x" * 32


def keys(*secrets: str) -> Vault:
    return Vault(secrets, seeded_random_bytes(1))


@pytest.fixture
async def begun(store):
    """A database whose first start was under OLD."""
    await store.write(lambda tx: key_check.keep(tx, keys(OLD)))
    return store


@pytest.mark.parametrize("secrets", [(OLD,), (NEW, OLD)])
async def test_its_own_key_fits_also_behind_a_newer_one(begun, database_url, secrets):
    vault = keys(*secrets)

    await begun.write(lambda tx: key_check.keep(tx, vault))
    prove_ready(database_url, vault)

    async with begun.read() as tx:
        assert await key_check.fits(tx, vault)


@pytest.mark.parametrize("secrets", [(OTHER,), (NEW,), (OLD, NEW)])
async def test_another_key_is_refused_before_anything_is_written_under_it(
    begun, database_url, tmp_path, secrets
):
    """The blind index hangs on the oldest key: under another the same person would be a new lead."""
    vault = keys(*secrets)

    with pytest.raises(SettingsError, match="LEADBELL_SECRET_KEY"):
        await begun.write(lambda tx: key_check.keep(tx, vault))
    with pytest.raises(SettingsError, match="换回原来的密钥"):
        prove_ready(database_url, vault)
    with pytest.raises(SettingsError, match="换回原来的密钥"):
        back_up(database_url, tmp_path / "b.zip", vault=vault, now=NOW, program="test")

    async with begun.read() as tx:
        assert not await key_check.fits(tx, vault)
    assert list(tmp_path.glob("b.zip*")) == []


async def test_a_database_that_never_ran_takes_any(store, database_url):
    prove_ready(database_url, keys(OTHER))

    async with store.read() as tx:
        assert await key_check.fits(tx, keys(OTHER))
