"""The parts of a process, each built from the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

import bot.adapters
import bot.handlers
from bot.chat.adapter import (
    Adapter,
    AdapterKind,
    Caller,
    CallerKind,
    Means,
    Reaching,
)
from bot.chat.channel import Channel, ChannelKind
from bot.chat.router import Router
from bot.crm.company import Company
from bot.crm.company.load import ConfigErrors, load
from bot.crm.connector import Connector, Doors
from bot.errors import SettingsError
from bot.handlers import Scope
from bot.intake.doors import setup as doors
from bot.intake.mail.port import Mailbox, MailboxKind
from bot.kit.discover import discover
from bot.kit.ids import RandomBytes
from bot.kit.vault import MIN_SECRET, Vault
from bot.settings import Settings, meant
from bot.worker.bench import Bench
from bot.worker.hooks import HookSender, secrets_by_endpoint


def build_company(settings: Settings) -> Company:
    """The company of config/, in the time zone that the environment names, if it names one."""
    company = load(settings.config_dir)
    prove_connectors(company, settings.config_dir)
    opened = replace(_doors(settings, company), channels=channel_names(settings))
    company = replace(company, doors=opened)
    if not settings.timezone:
        return company
    return replace(company, org=company.org.model_copy(update={"timezone": settings.timezone}))


def connectors() -> dict[str, Connector]:
    """Every connector in its folder."""
    folders = discover(bot.adapters, "CONNECTORS")
    return {name: one for folder in folders.values() for name, one in folder.items()}  # type: ignore[attr-defined]


def prove_connectors(company: Company, directory: Path) -> None:
    """Raise ConfigErrors for a map of a tool that nobody wrote a connector for."""
    if errors := doors.strangers(company.connectors, connectors(), directory):
        raise ConfigErrors(errors)


def _doors(settings: Settings, company: Company) -> Doors:
    mailbox = build_mailbox(settings)
    return doors.doors(
        connectors(), company.connectors, given=settings.connectors, secrets=settings.secrets,
        base_url=settings.base_url, mailbox=mailbox.name if mailbox else "",
        own=mailbox.own if mailbox else frozenset(),
    )  # fmt: skip


def build_router() -> Router[Scope]:
    """Every handler in its folder."""
    return Router(*discover(bot.handlers, "router").values())  # type: ignore[arg-type]


def build_adapters(settings: Settings, means: Means) -> dict[str, Adapter]:
    """The adapter of each platform that has settings; SettingsError names what is wrong with them."""
    kinds: dict[str, AdapterKind] = discover(bot.adapters, "ADAPTER")  # type: ignore[assignment]
    own = [kind.name for kind in _channel_kinds().values() if not kind.shares]
    unknown = sorted(set(settings.platforms) - set(kinds) - set(own))
    if unknown:
        guess = meant(unknown[0], (*kinds, *own)).lower()
        msg = f"不支持的平台：{'、'.join(unknown)}。{guess}支持的有：{'、'.join(sorted(kinds))}。"
        raise SettingsError(msg)
    return {
        name: _adapter(name, kinds[name], block, settings, means)
        for name, block in settings.platforms.items()
        if name in kinds
    }


def _channel_kinds() -> dict[str, ChannelKind]:
    kinds: Iterable[ChannelKind] = discover(bot.adapters, "CHANNEL").values()  # type: ignore[assignment]
    return {kind.name: kind for kind in kinds}


def channel_names(settings: Settings) -> frozenset[str]:
    """Ways to customers that have settings, and those that a platform's own settings open."""
    kinds: dict[str, AdapterKind] = discover(bot.adapters, "ADAPTER")  # type: ignore[assignment]
    on = {name for name, kind in _channel_kinds().items() if _blocks(kind, settings)}
    for name, block in settings.platforms.items():
        on |= kinds[name].reaches(block) if name in kinds else frozenset()
    return frozenset(on)


def chat_platforms(settings: Settings) -> tuple[str, ...]:
    """Platforms on which colleagues chat that have settings."""
    return tuple(sorted(set(settings.platforms) - set(_channel_kinds())))


def build_channels(settings: Settings, means: Means) -> dict[str, Channel]:
    """Each way to customers that has settings; SettingsError names what is wrong with them."""
    return {
        name: _channel(kind, blocks, means)
        for name, kind in sorted(_channel_kinds().items())
        if (blocks := _blocks(kind, settings))
    }


def _channel(kind: ChannelKind, blocks: Mapping[str, Mapping[str, str]], means: Means) -> Channel:
    """Built of its one block, or of all accounts that share it with a caller."""
    if kind.shares:
        accounts = {
            name: doors.validated(kind.config, block, f"LEADBELL_{kind.shares}__{name}")
            for name, block in blocks.items()
        }
        return kind.build(accounts, means)
    return kind.build(doors.validated(kind.config, blocks[kind.name], f"LEADBELL_{kind.name}"), means)


def _blocks(kind: ChannelKind, settings: Settings) -> dict[str, Mapping[str, str]]:
    """The settings with which it sends, by name; of shared accounts those that have a secret."""
    if not kind.shares:
        return {kind.name: settings.platforms[kind.name]} if kind.name in settings.platforms else {}
    accounts = doors.by_account(settings.wechat)
    return {name: block for name, block in accounts.items() if block.get("app_secret")}


def reached(adapters: Mapping[str, Adapter]) -> dict[str, Channel]:
    """Ways to customers that share an adapter's credentials."""
    found: dict[str, Channel] = {}
    for adapter in adapters.values():
        found |= adapter.channels() if isinstance(adapter, Reaching) else {}
    return found


def _adapter(
    name: str, kind: AdapterKind, block: Mapping[str, str], settings: Settings, means: Means
) -> Adapter:
    given = {"public_url": settings.base_url, **block} if "public_url" in kind.config.model_fields else block
    try:
        return kind.build(kind.config.model_validate(dict(given)), means)
    except ValidationError as exc:
        fields = [f"LEADBELL_{name}__{field}".upper() for field in kind.config.model_fields]
        lines = [_why(name, error["loc"], error["type"], error["msg"], fields) for error in exc.errors()]
        raise SettingsError("\n".join(lines)) from exc


def _why(platform: str, loc: tuple[int | str, ...], kind: str, message: str, known: list[str]) -> str:
    setting = "__".join((f"LEADBELL_{platform}", *map(str, loc))).upper()
    said = message.removeprefix("Value error, ")
    if said.startswith("LEADBELL_"):
        return said
    if kind == "extra_forbidden":
        return f"{setting}：没有这个设置。{meant(setting, known)}"
    return f"{setting}：{'必填，没有设置。' if kind == 'missing' else said}"


def build_mailbox(settings: Settings) -> Mailbox | None:
    """The shared mailbox, if it has settings; SettingsError names what is wrong with them."""
    if not settings.mailbox:
        return None
    kinds: dict[str, MailboxKind] = discover(bot.adapters, "MAILBOX")  # type: ignore[assignment]
    (kind,) = kinds.values()
    return kind.build(doors.validated(kind.config, settings.mailbox, "LEADBELL_MAILBOX"))


def build_callers(settings: Settings) -> dict[str, Caller]:
    """Those who only call us and have settings, one block for each account."""
    kinds: dict[str, CallerKind] = discover(bot.adapters, "CALLER")  # type: ignore[assignment]
    callers = {}
    for kind in kinds.values():
        if kind.name in settings.platforms:
            # It also sends: one block, which names its own settings.
            block = settings.platforms[kind.name]
            callers[kind.name] = kind.build(
                {"": doors.validated(kind.config, block, f"LEADBELL_{kind.name}")}
            )
            continue
        given = doors.by_account(settings.wechat if kind.name == "wechat" else {})
        blocks = {
            name: doors.validated(kind.config, block, f"LEADBELL_{kind.name}__{name}")
            for name, block in given.items()
        }
        if blocks:
            callers[kind.name] = kind.build(blocks)
    return callers


def build_vault(settings: Settings, random_bytes: RandomBytes) -> Vault:
    """The keys of this installation; without a secret of its own the program does not start."""
    if not settings.secrets:
        msg = (
            "LEADBELL_SECRET_KEY：必填。请用 openssl rand -hex 32 生成一个，"
            "妥善保存：没有它，客户电话无法解密。"
        )
        raise SettingsError(msg)
    try:
        return Vault(settings.secrets, random_bytes)
    except ValueError as exc:
        msg = f"LEADBELL_SECRET_KEY：太短，至少 {MIN_SECRET} 个字节。请用 openssl rand -hex 32 生成。"
        raise SettingsError(msg) from exc


def build_hooks(settings: Settings, bench: Bench) -> HookSender | None:
    """Who tells other systems, if there are any to tell."""
    endpoints = bench.company.webhooks.endpoints
    if not endpoints:
        return None
    (poster,) = discover(bot.adapters, "POSTER").values()
    return HookSender(bench, poster(), secrets_by_endpoint(endpoints, settings.webhooks))  # type: ignore[operator]
