"""Which connectors are on, and at which address: those with a map, each with a secret of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.crm.company.cross_check_words import unknown
from bot.crm.connector import Connector, Doors, Entrance
from bot.errors import SettingsError
from bot.kit.ids import keyed, system_random_bytes
from bot.kit.vault import MIN_SECRET, Vault
from bot.kit.yaml import ConfigError

ModelT = TypeVar("ModelT", bound=BaseModel)
_PREFIX = "LEADBELL_CONNECTORS__"
_SECRET_MIN = 16
#: Doors that have a map and no connector: we go and look ourselves.
OTHERS = ("mailbox",)
#: What may end an address.
_SECRET = re.compile(rf"[A-Za-z0-9_-]{{{_SECRET_MIN},128}}")


def strangers(maps: Iterable[str], known: Mapping[str, Connector], directory: Path) -> list[ConfigError]:
    """Maps of tools that nobody wrote a connector for."""
    return [
        ConfigError(
            str(directory / "connectors" / f"{name}.yaml"), 1, 1, unknown("连接器", name, tuple(known))
        )
        for name in maps
        if name not in (*known, *OTHERS)
    ]


def doors(
    known: Mapping[str, Connector],
    maps: Iterable[str],
    *,
    given: Mapping[str, str],
    secrets: Sequence[str],
    base_url: str,
    mailbox: str = "",
    own: frozenset[str] = frozenset(),
) -> Doors:
    """Open the connectors that have a map; SettingsError for a setting that is none.

    `given` are the environment's own secrets (`jinshuju__secret`); without one, the installation's makes it.
    """
    told = _told(known, given)
    making = _own_key(secrets)
    entrances = {
        name: Entrance(
            known[name],
            told.get((name, "secret")) or (keyed(making, name) if making else ""),
            told.get((name, "sign_key"), ""),
        )
        for name in maps
        if name in known
    }
    return Doors(base_url, entrances, mailbox, own)


def validated(config: type[ModelT], given: Mapping[str, str], prefix: str) -> ModelT:
    """Read one block of settings; SettingsError says of each that is wrong what it is called."""
    try:
        return config.model_validate(dict(given))
    except ValidationError as exc:
        lines = []
        for error in exc.errors():
            setting = "__".join((prefix, *map(str, error["loc"]))).upper()
            said = error["msg"].removeprefix("Value error, ")
            if error["type"] == "extra_forbidden":
                near = get_close_matches(
                    setting, [f"{prefix}__{one}".upper() for one in config.model_fields], n=1
                )
                said = "没有这个设置。" + (f"是不是 {near[0]}？" if near else "")
            lines.append(f"{setting}：{'必填，没有设置。' if error['type'] == 'missing' else said}")
        raise SettingsError("\n".join(lines)) from exc


def by_account(given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Settings of several accounts (`main__token`), by account."""
    accounts: dict[str, dict[str, str]] = {}
    for key, value in given.items():
        name, _, what = key.partition("__")
        accounts.setdefault(name, {})[what] = value
    return accounts


def _told(known: Mapping[str, Connector], given: Mapping[str, str]) -> dict[tuple[str, str], str]:
    told = {}
    for key, value in given.items():
        name, _, what = key.partition("__")
        setting = f"{_PREFIX}{key}".upper()
        if name not in known or what not in ("secret", "sign_key"):
            near = get_close_matches(setting, [f"{_PREFIX}{one}__SECRET".upper() for one in known], n=1)
            msg = f"{setting}：没有这个设置。" + (f"是不是 {near[0]}？" if near else "")
            raise SettingsError(msg)
        if not value or (what == "secret" and not _SECRET.fullmatch(value)):
            msg = f"{setting}：要 {_SECRET_MIN} 个以上的字母、数字，它是推送地址的一部分。"
            raise SettingsError(msg if what == "secret" else f"{setting}：不能为空。")
        told[name, what] = value
    return told


def _own_key(secrets: Sequence[str]) -> bytes:
    """The key of our own addresses; none without a secret that would do, of which others complain."""
    if not secrets or any(len(one.encode()) < MIN_SECRET for one in secrets):
        return b""
    return Vault(secrets, system_random_bytes).key("connector")
