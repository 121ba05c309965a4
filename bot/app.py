"""Puts everything together; the only file that knows every part."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import structlog
from aiohttp import web
from apscheduler.triggers.cron import CronTrigger
from pydantic import ValidationError

import bot.adapters
import bot.handlers
from bot.chat.adapter import Adapter, AdapterKind, Means
from bot.chat.router import Router
from bot.crm.company import Company
from bot.crm.company.load import load
from bot.errors import SettingsError
from bot.handlers import Scope
from bot.kit.clock import Clock, Monotonic, system_clock, system_monotonic
from bot.kit.discover import discover
from bot.kit.ids import RandomBytes, system_random_bytes, token
from bot.kit.vault import MIN_SECRET, Vault
from bot.settings import Settings
from bot.store import open_store
from bot.store.migrate import pending
from bot.web import guard, server
from bot.web.callbacks import Callbacks
from bot.web.forms import Forms
from bot.web.health import Health
from bot.web.pages.landing import Landing
from bot.web.pages.thanks import Thanks
from bot.web.site import Site
from bot.worker import directory
from bot.worker.bench import Bench
from bot.worker.lanes import LaneWorker
from bot.worker.schedules import Schedule, Scheduler
from bot.worker.sender import Sender

log = structlog.get_logger()

#: Whose QR codes customers can scan, the first that is on.
CONTACT_PLATFORMS = ("wecom",)
ROLES = ("web", "stream", "worker", "sender", "scheduler")
#: Seconds that SIGTERM gives to what is under way.
DRAIN_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class App:
    """One process, put together and not yet running."""

    settings: Settings
    bench: Bench
    health: Health
    web: web.Application


def build_company(settings: Settings) -> Company:
    """The company of config/, in the time zone that the environment names, if it names one."""
    company = load(settings.config_dir)
    if not settings.timezone:
        return company
    return replace(company, org=company.org.model_copy(update={"timezone": settings.timezone}))


def build_router() -> Router[Scope]:
    """Every handler in its folder."""
    return Router(*discover(bot.handlers, "router").values())  # type: ignore[arg-type]


def build_adapters(settings: Settings, means: Means) -> dict[str, Adapter]:
    """The adapter of each platform that has settings; SettingsError names what is wrong with them."""
    kinds: dict[str, AdapterKind] = discover(bot.adapters, "ADAPTER")  # type: ignore[assignment]
    unknown = sorted(set(settings.platforms) - set(kinds))
    if unknown:
        msg = f"不支持的平台：{'、'.join(unknown)}。支持的有：{'、'.join(sorted(kinds))}。"
        raise SettingsError(msg)
    return {
        name: _adapter(name, kinds[name], block, settings, means)
        for name, block in settings.platforms.items()
    }


def _adapter(
    name: str, kind: AdapterKind, block: Mapping[str, str], settings: Settings, means: Means
) -> Adapter:
    given = {"public_url": settings.base_url, **block} if "public_url" in kind.config.model_fields else block
    try:
        return kind.build(kind.config.model_validate(dict(given)), means)
    except ValidationError as exc:
        lines = []
        for error in exc.errors():
            setting = "__".join(["LEADBELL", *(str(part).upper() for part in (name, *error["loc"]))]).replace(
                "LEADBELL__", "LEADBELL_", 1
            )
            lines.append(f"{setting}：{_why(error['type'], error['msg'])}")
        raise SettingsError("\n".join(lines)) from exc


def _why(kind: str, message: str) -> str:
    known = {"missing": "必填，没有设置。", "extra_forbidden": "没有这个设置。"}
    return known.get(kind, message.removeprefix("Value error, "))


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


@contextlib.asynccontextmanager
async def opened(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    monotonic: Monotonic = system_monotonic,
    random_bytes: RandomBytes = system_random_bytes,
    company: Company | None = None,
) -> AsyncIterator[App]:
    """Build the process inside a running loop, and take it down in order."""
    company = build_company(settings) if company is None else company
    for notice in company.notices(clock().date()):
        log.warning("calendar.presumed", notice=notice)
    vault = build_vault(settings, random_bytes)
    if pending(settings.database_url):
        msg = "数据库还没有升级到这个版本，请先运行 leadbell migrate。"
        raise SettingsError(msg)
    store = open_store(settings.database_url, monotonic=monotonic)
    adapters: dict[str, Adapter] = {}
    try:
        adapters = build_adapters(settings, Means(clock, monotonic, random_bytes))
        bench = Bench(
            store=store, adapters=adapters, router=build_router(), company=company, vault=vault,
            clock=clock, random_bytes=random_bytes,
            name=f"{socket.gethostname()}:{os.getpid()}:{token(random_bytes, 5)}",
        )  # fmt: skip
        yield _assemble(settings, bench, monotonic)
    finally:
        for adapter in adapters.values():
            await adapter.close()
        await store.close()


def _assemble(settings: Settings, bench: Bench, monotonic: Monotonic) -> App:
    health = Health(store=bench.store, clock=bench.clock)
    callbacks = {
        name: Callbacks(
            adapter=adapter, store=bench.store, vault=bench.vault, clock=bench.clock, wake=bench.wake
        )
        for name, adapter in bench.adapters.items()
    }
    site = Site(
        bench.store, bench.company, bench.vault, bench.clock, bench.random_bytes, bench.wake,
        contact_platform=next((name for name in CONTACT_PLATFORMS if name in bench.adapters), ""),
    )  # fmt: skip
    parts = (Forms(site, monotonic=monotonic), Landing(site), Thanks(site))
    routes = [route for part in parts for route in part.routes()]
    return App(settings, bench, health, server.build(callbacks=callbacks, health=health, routes=routes))


def loops(app: App, roles: frozenset[str]) -> dict[str, Callable[[], Awaitable[None]]]:
    """What runs for ever in these roles."""
    bench, zone = app.bench, app.bench.company.org.zone
    nightly = Schedule("directory", CronTrigger(hour=3, timezone=zone), lambda: directory.sync(bench))
    running: dict[str, Callable[[], Awaitable[None]]] = {}
    if "worker" in roles:
        running["lanes"] = LaneWorker(bench).run
        running["directory"] = lambda: directory.follow(bench)
    if "sender" in roles:
        running["sender"] = Sender(bench).run
    if "scheduler" in roles:
        running["scheduler"] = Scheduler(bench, (nightly,)).run
    return running


async def serve(
    app: App, *, roles: frozenset[str], stop: asyncio.Event, ready: Callable[[], None] | None = None
) -> None:
    """Run until `stop`, then drain: no new callbacks, what is under way ends, leases are given back."""
    runner = web.AppRunner(app.web, access_log=None, shutdown_timeout=DRAIN_WITHIN)
    listening: asyncio.Server | None = None
    await runner.setup()
    tasks = [asyncio.create_task(_forever(name, run), name=name) for name, run in loops(app, roles).items()]
    try:
        if "web" in roles:
            host, port = app.settings.address
            listening = await guard.serve(runner, host, port)
        if "worker" in roles:
            await directory.set_menus(app.bench)
        log.info("leadbell.started", roles=sorted(roles), platforms=sorted(app.bench.adapters))
        if ready is not None:
            ready()
        await stop.wait()
    finally:
        app.health.draining = True
        if listening is not None:
            listening.close()
        await runner.cleanup()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        log.info("leadbell.stopped")


async def _forever(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Keep a loop alive: a defect in it is reported and it starts again, a little later each time."""
    pause = 1.0
    while True:
        try:
            await run()
        except Exception:
            log.exception("loop.failed", name=name)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60.0)
