"""One process: its parts put together, the door before them, and all taken down in order."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from aiohttp import web

import bot.adapters
import bot.handlers
from bot.app.parts import (
    build_adapters,
    build_callers,
    build_channels,
    build_company,
    build_hooks,
    build_mailbox,
    build_router,
    build_vault,
    reached,
)
from bot.chat.adapter import (
    Answering,
    Means,
    Recognising,
)
from bot.crm.company import Company
from bot.errors import StoreBusyError
from bot.intake import contact_way
from bot.intake.mail.port import Mailbox
from bot.kit.clock import Clock, Monotonic, system_clock, system_monotonic
from bot.kit.discover import discover
from bot.kit.ids import RandomBytes, system_random_bytes, token
from bot.settings import Settings
from bot.store import audit, key_check, open_store
from bot.store.ready import prove_ready
from bot.web import server
from bot.web.act import ActionPages
from bot.web.agree import Agree
from bot.web.api.api import Api
from bot.web.assets import Assets
from bot.web.callbacks import Callbacks
from bot.web.connect import Connect
from bot.web.forms import Forms
from bot.web.health import Health
from bot.web.import_report import ImportReport
from bot.web.links import Links
from bot.web.loop_lag import LoopLag
from bot.web.metrics import Metrics
from bot.web.mini_program import MiniProgramOpen
from bot.web.pages.consent import ConsentPages
from bot.web.pages.insight import InsightPages
from bot.web.pages.landing import Landing
from bot.web.pages.person import PersonPages
from bot.web.pages.thanks import Thanks
from bot.web.pages.timeline import TimelinePages
from bot.web.site import Site
from bot.web.sms_callback import SmsCallback
from bot.web.tracking import Tracking
from bot.worker.bench import Bench
from bot.worker.hooks import HookSender
from bot.worker.lanes import LaneWorker
from bot.worker.painting import Painting
from bot.worker.translating import Translating, completing


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
    channels = build_channels(settings, means) | reached(adapters)
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
            store=store, adapters=adapters, callers=build_callers(settings), channels=channels,
            router=build_router(), company=company, vault=vault, clock=clock, random_bytes=random_bytes,
            monotonic=monotonic, painting=painting, model=model,
            name=f"{socket.gethostname()}:{os.getpid()}:{token(random_bytes, 5)}",
        )  # fmt: skip
        yield replace(assemble(settings, bench, monotonic), mailbox=mailbox)
    finally:
        for adapter in adapters.values():
            await adapter.close()
        for channel in channels.values():
            await channel.close()
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
        model=bench.model,
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
        *(Links(site, monotonic=monotonic), Assets(site), SmsCallback(callbacks.get("sms"))),
        *(ConsentPages(site, monotonic=monotonic), PersonPages(site, monotonic=monotonic)),
        MiniProgramOpen(site, bench.channels.get("mini_program"), monotonic=monotonic),
        Api(site, settings.api_token.get_secret_value(), monotonic=monotonic),
    )
    routes = [route for part in parts for route in part.routes()]
    door = server.build(callbacks=callbacks, health=health, metrics=metrics, routes=routes)
    return App(settings, bench, health, door, lag, site, hooks=build_hooks(settings, bench))
