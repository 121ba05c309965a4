"""Where this installation runs and with which secrets: read once from the environment, by app and cli alone.

`LEADBELL_NAME`, nested by `__`; a `.env` file is read; every secret may come from `NAME_FILE` instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.errors import SettingsError

PREFIX = "LEADBELL_"
#: Names that belong to the test suite and the container around us, not to the program.
_FOREIGN = ("LEADBELL_TEST_",)
_NAMED_IN_ERRORS = "、"
#: Blocks of settings that are no chat platform's.
_DOORS = ("connectors", "mailbox", "wechat", "tracking", "webhooks", "model")


class Settings(BaseModel):
    """The environment, typed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: Not printed: it may hold a password.
    database_url: str = Field(default="sqlite+aiosqlite:///data/leadbell.db", repr=False)
    listen: str = "127.0.0.1:8080"
    public_url: str = ""
    config_dir: Path = Path("config")
    #: One or more, newest first, separated by commas.
    secret_key: SecretStr = SecretStr("")
    api_token: SecretStr = SecretStr("")
    #: Wins over the company's own in config/org.yaml; empty leaves that one (Asia/Shanghai as shipped).
    timezone: str = ""
    #: One block per platform; its adapter's own Config says what must be in it.
    platforms: Mapping[str, Mapping[str, str]] = Field(default_factory=dict, repr=False)
    #: Doors that are no chat platform: `connectors` and `wechat` by name (`jinshuju__secret`), one `mailbox`.
    connectors: Mapping[str, str] = Field(default_factory=dict, repr=False)
    mailbox: Mapping[str, str] = Field(default_factory=dict, repr=False)
    wechat: Mapping[str, str] = Field(default_factory=dict, repr=False)
    #: Write keys by source of config/tracking.yaml; signing secrets by endpoint of config/webhooks.yaml.
    tracking: Mapping[str, str] = Field(default_factory=dict, repr=False)
    webhooks: Mapping[str, str] = Field(default_factory=dict, repr=False)
    #: A language model that reads questions our grammar does not; off without it.
    model: Mapping[str, str] = Field(default_factory=dict, repr=False)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            if value:
                ZoneInfo(value)
        except (KeyError, ValueError) as exc:
            msg = f"没有 {value} 这个时区，请写成 Asia/Shanghai 这样。"
            raise ValueError(msg) from exc
        return value

    @property
    def secrets(self) -> list[str]:
        """The secret keys, newest first."""
        return [part.strip() for part in self.secret_key.get_secret_value().split(",") if part.strip()]

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]") or "127.0.0.1", int(port)

    @property
    def base_url(self) -> str:
        """How the outside reaches us, without a slash at the end."""
        return (self.public_url or f"http://{self.listen}").rstrip("/")


def read_settings(environment: Mapping[str, str] | None = None, *, dotenv: Path = Path(".env")) -> Settings:
    """Read the environment; SettingsError names what is wrong and how to mend it."""
    own = _own(environment, dotenv)
    flat, platforms = _sort(_with_files(own))
    doors = {name: platforms.pop(name) for name in _DOORS if name in platforms}
    try:
        return Settings(**flat, **doors, platforms=platforms)
    except (ValidationError, ValueError) as exc:
        raise SettingsError(_explained(exc)) from exc


def secret_files(environment: Mapping[str, str] | None = None, *, dotenv: Path = Path(".env")) -> list[Path]:
    """Which files hold our secrets: `.env` and whatever a NAME_FILE points to."""
    named = [Path(path) for name, path in sorted(_own(environment, dotenv).items()) if name.endswith("_FILE")]
    return [*([dotenv] if dotenv.is_file() else []), *named]


def _own(environment: Mapping[str, str] | None, dotenv: Path) -> dict[str, str]:
    known = {k: v for k, v in dotenv_values(dotenv).items() if v is not None} if dotenv.is_file() else {}
    known |= dict(os.environ if environment is None else environment)
    return {k: v for k, v in known.items() if k.startswith(PREFIX) and not k.startswith(_FOREIGN)}


def meant(name: str, known: Iterable[str]) -> str:
    """A question that offers the setting of nearly this name; empty if there is none."""
    near = get_close_matches(name.upper(), [one.upper() for one in known], n=1, cutoff=0.7)
    return f"是不是 {near[0]}？" if near else ""


def _with_files(own: Mapping[str, str]) -> dict[str, str]:
    plain = {k: v for k, v in own.items() if not k.endswith("_FILE")}
    for name, path in own.items():
        if name.endswith("_FILE"):
            try:
                plain[name.removesuffix("_FILE")] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as exc:
                msg = f"{name}：读不到文件 {path}（{exc.strerror}）。"
                raise SettingsError(msg) from exc
    return plain


def _sort(own: Mapping[str, str]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    flat: dict[str, str] = {}
    platforms: dict[str, dict[str, str]] = {}
    for name, value in own.items():
        head, nested, rest = name.removeprefix(PREFIX).lower().partition("__")
        if nested:
            platforms.setdefault(head, {})[rest] = value
        else:
            flat[head] = value
    return flat, platforms


def _explained(exc: Exception) -> str:
    if not isinstance(exc, ValidationError):
        return f"环境变量有误：{exc}"
    lines = []
    for error in exc.errors():
        name = PREFIX + "__".join(str(part) for part in error["loc"]).upper()
        if error["type"] == "extra_forbidden":
            known = [f"{PREFIX}{f.upper()}" for f in Settings.model_fields if f not in ("platforms", *_DOORS)]
            guess = meant(name, known)
            listed = f"可用的有：{_NAMED_IN_ERRORS.join(known)}，以及 {PREFIX}平台__…。"
            lines.append(f"{name}：没有这个设置。{guess or listed}")
        else:
            lines.append(f"{name}：{error['msg'].removeprefix('Value error, ')}")
    return "\n".join(lines)
