"""Puts everything together; the only file that knows every part."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from aiohttp import web
from pydantic import ValidationError

import bot.adapters
import bot.handlers
from bot.chat.adapter import (
    Adapter,
    AdapterKind,
    Answering,
    Caller,
    CallerKind,
    Means,
    Recognising,
    Stream,
    Streaming,
)
from bot.chat.router import Router
from bot.crm.company import Company
from bot.crm.company.load import ConfigErrors, load
from bot.crm.connector import Connector, Doors
from bot.errors import SettingsError, StoreBusyError
from bot.handlers import Scope
from bot.intake import contact_way
from bot.intake.doors import setup as doors
from bot.intake.mail.port import Mailbox, MailboxKind
from bot.kit.clock import Clock, Monotonic, system_clock, system_monotonic
from bot.kit.discover import discover
from bot.kit.ids import RandomBytes, system_random_bytes, token
from bot.kit.vault import MIN_SECRET, Vault
from bot.settings import Settings, meant
from bot.store import audit, key_check, open_store
from bot.store.ready import prove_ready
from bot.web import guard, server
from bot.web.act import ActionPages
from bot.web.agree import Agree
from bot.web.api.api import Api
from bot.web.callbacks import Callbacks
from bot.web.connect import Connect
from bot.web.forms import Forms
from bot.web.health import Health
from bot.web.import_report import ImportReport
from bot.web.loop_lag import LoopLag
from bot.web.metrics import Metrics
from bot.web.pages.insight import InsightPages
from bot.web.pages.landing import Landing
from bot.web.pages.thanks import Thanks
from bot.web.pages.timeline import TimelinePages
from bot.web.site import Site
from bot.web.tracking import Tracking
from bot.worker import auditing, directory, nightly
from bot.worker.bench import Bench
from bot.worker.configuring import ConfigKeeper
from bot.worker.express import Express
from bot.worker.hooks import HookSender, secrets_by_endpoint
from bot.worker.importing import Importer
from bot.worker.lanes import LaneWorker
from bot.worker.mailbox import MailboxKeeper
from bot.worker.painting import Painting
from bot.worker.rollups import RollupKeeper
from bot.worker.schedules import Scheduler
from bot.worker.segments import SegmentKeeper
from bot.worker.sender import Sender
from bot.worker.streams import StreamKeeper
from bot.worker.translating import Translating, completing

log = structlog.get_logger()

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
    lag: LoopLag
    site: Site
    mailbox: Mailbox | None = None
    hooks: HookSender | None = None

    def adopt(self, company: Company) -> None:
        """Go by another configuration from now on."""
        self.bench.company = self.site.company = company


def build_company(settings: Settings) -> Company:
    """The company of config/, in the time zone that the environment names, if it names one."""
    company = load(settings.config_dir)
    prove_connectors(company, settings.config_dir)
    company = replace(company, doors=_doors(settings, company))
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
    unknown = sorted(set(settings.platforms) - set(kinds))
    if unknown:
        guess = meant(unknown[0], kinds).lower()
        msg = f"不支持的平台：{'、'.join(unknown)}。{guess}支持的有：{'、'.join(sorted(kinds))}。"
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
    vault = build_vault(settings, random_bytes)
    means = Means(clock, monotonic, random_bytes)
    adapters, mailbox = build_adapters(settings, means), build_mailbox(settings)
    asked = completing(settings.model, discover(bot.adapters, "MODEL"))
    prove_ready(settings.database_url, vault)
    store, painting = open_store(settings.database_url, monotonic=monotonic), Painting()
    model = Translating(asked, store, clock) if asked else None
    try:
        # The chain begins before the first delivery: without a beginning it would look cut.
        with contextlib.suppress(StoreBusyError):
            await store.write(lambda tx: audit.link_waiting(tx, vault), within=5)
            await store.write(lambda tx: key_check.keep(tx, vault), within=5)
        bench = Bench(
            store=store, adapters=adapters, callers=build_callers(settings), router=build_router(),
            company=company, vault=vault, clock=clock, random_bytes=random_bytes,
            monotonic=monotonic, painting=painting, model=model,
            name=f"{socket.gethostname()}:{os.getpid()}:{token(random_bytes, 5)}",
        )  # fmt: skip
        yield replace(assemble(settings, bench, monotonic), mailbox=mailbox)
    finally:
        for adapter in adapters.values():
            await adapter.close()
        await painting.close()
        if model is not None:
            await model.close()
        await store.close()


def assemble(settings: Settings, bench: Bench, monotonic: Monotonic) -> App:
    """Put the door before a bench."""
    health = Health(store=bench.store, clock=bench.clock, platforms=len(bench.adapters))
    lag = LoopLag()
    metrics = Metrics(
        store=bench.store, clock=bench.clock, monotonic=monotonic, lag=lag,
        token=settings.api_token.get_secret_value(), zone=bench.company.org.zone,
    )  # fmt: skip
    callbacks = {
        name: Callbacks(
            adapter=adapter,
            store=bench.store,
            vault=bench.vault,
            clock=bench.clock,
            wake=bench.wake,
            at_once=LaneWorker(bench).at_once if isinstance(adapter, Answering) else None,
        )
        for name, adapter in {**bench.adapters, **bench.callers}.items()
    }
    site = Site(
        bench.store, bench.company, bench.vault, bench.clock, bench.random_bytes, bench.wake,
        contact_platform=next((name for name in contact_way.PLATFORMS if name in bench.adapters), ""),
    )  # fmt: skip
    action_pages = ActionPages(
        site, at_once=LaneWorker(bench).at_once, monotonic=monotonic,
        recognising={name: one for name, one in bench.adapters.items() if isinstance(one, Recognising)},
    )  # fmt: skip
    parts = (
        InsightPages(site, monotonic=monotonic),
        *(Forms(site, monotonic=monotonic), Connect(site, monotonic=monotonic)),
        *(Landing(site, monotonic=monotonic), Agree(site), Thanks(site), action_pages, ImportReport(site)),
        *(TimelinePages(site, monotonic=monotonic), Tracking(site, settings.tracking, monotonic=monotonic)),
        Api(site, settings.api_token.get_secret_value(), monotonic=monotonic),
    )
    routes = [route for part in parts for route in part.routes()]
    door = server.build(callbacks=callbacks, health=health, metrics=metrics, routes=routes)
    return App(settings, bench, health, door, lag, site, hooks=build_hooks(settings, bench))


def build_hooks(settings: Settings, bench: Bench) -> HookSender | None:
    """Who tells other systems, if there are any to tell."""
    endpoints = bench.company.webhooks.endpoints
    if not endpoints:
        return None
    (poster,) = discover(bot.adapters, "POSTER").values()
    return HookSender(bench, poster(), secrets_by_endpoint(endpoints, settings.webhooks))  # type: ignore[operator]


def loops(app: App, roles: frozenset[str]) -> dict[str, Callable[[], Awaitable[None]]]:
    """What runs for ever in these roles."""
    bench = app.bench
    running: dict[str, Callable[[], Awaitable[None]]] = {"config": _config_keeper(app, roles).run}
    if "web" in roles:
        running["lag"] = app.lag.run
    if "worker" in roles:
        running["lanes"] = LaneWorker(bench).run
        running["directory"] = lambda: directory.follow(bench)
        running["imports"] = Importer(bench, base_url=app.settings.base_url).run
        if app.mailbox is not None:
            running["mailbox"] = MailboxKeeper(bench, app.mailbox).run
    streams = [one for adapter in bench.adapters.values() for one in _streams(adapter)]
    sends = "sender" in roles
    if sends or ("stream" in roles and streams):
        # Whoever holds a connection sends what goes over it.
        sender = Sender(bench, calls=sends)
        running["sender"] = sender.run
        if "stream" in roles:
            express = Express(bench, LaneWorker(bench), sender)
            running |= {
                f"stream.{one.name}": StreamKeeper(bench, one, express=express, monotonic=bench.monotonic).run
                for one in streams
            }
    if sends and app.hooks is not None:
        running["webhooks"] = app.hooks.run
    if "scheduler" in roles:
        running["scheduler"] = Scheduler(bench, nightly.schedules(bench)).run
        running["segments"] = SegmentKeeper(bench).run
        running["rollups"] = RollupKeeper(bench).run
        running["audit"] = auditing.AuditKeeper(bench).run
    return running


def _config_keeper(app: App, roles: frozenset[str]) -> ConfigKeeper:
    settings = app.settings

    def build(directory: Path) -> Company:
        return build_company(settings.model_copy(update={"config_dir": directory}))

    return ConfigKeeper(
        app.bench, settings.config_dir, build=build, adopt=app.adopt, writes="worker" in roles
    )


def _streams(adapter: Adapter) -> Sequence[Stream]:
    return adapter.streams() if isinstance(adapter, Streaming) else ()


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
        listen = app.settings.listen if "web" in roles else None
        log.info("leadbell.started", roles=sorted(roles), platforms=sorted(app.bench.adapters), listen=listen)
        if not app.bench.adapters:
            log.warning("leadbell.no_platform_is_on", cure="set LEADBELL_WECOM__…, or nobody gets a card")
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
    """Keep a loop alive: a defect in it is reported and it starts again, later each time in a row."""
    pause, loop = 1.0, asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            await run()
        except StoreBusyError:
            # The database is away: no defect, and it may be back in a moment.
            log.warning("loop.store_busy", name=name)
            await asyncio.sleep(1.0)
        except Exception:
            log.exception("loop.failed", name=name)
            pause = 1.0 if loop.time() - began > pause else min(pause * 2, 60.0)
            await asyncio.sleep(pause)
