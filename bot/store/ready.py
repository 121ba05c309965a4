"""May we work on this database: it is there, it is one, it has our tables, and it is under our keys."""

from __future__ import annotations

from bot.errors import SettingsError
from bot.kit.vault import Vault
from bot.store import key_check
from bot.store.address import absent, address, sqlite_path
from bot.store.migrate import pending

_OLD = "数据库还没有升级到这个版本，请先运行 leadbell migrate。"


def prove_ready(url: str, vault: Vault | None) -> None:
    """SettingsError says what is wrong and what to do; without a vault the keys are not looked at."""
    parsed = address(url)
    if parsed.get_backend_name() == "sqlite":
        path = sqlite_path(parsed)
        if not path.exists():
            raise SettingsError(absent(path))
    if pending(url):
        raise SettingsError(_OLD)
    if vault is not None:
        key_check.prove(url, vault)
