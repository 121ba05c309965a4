"""A process at work: which loops its roles run, and how it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog
from aiohttp import web

from bot.app.parts import build_company
from bot.app.process import App
from bot.app.warming import warm_up
from bot.chat.adapter import (
    Adapter,
    Stream,
    Streaming,
)
from bot.crm.company import Company
from bot.errors import StoreBusyError
from bot.touch.request import request_all
from bot.web import guard
from bot.worker import auditing, directory, nightly
from bot.worker.batching import BatchSender
from bot.worker.comparing import CompareKeeper
from bot.worker.configuring import ConfigKeeper
from bot.worker.erasing import ErasureKeeper
from bot.worker.express import Express
from bot.worker.group_messages import GroupMessageKeeper
from bot.worker.importing import Importer
from bot.worker.journeys import JourneyKeeper
from bot.worker.lanes import LaneWorker
from bot.worker.mailbox import MailboxKeeper
from bot.worker.recognising import Recogniser
from bot.worker.rollups import RollupKeeper
from bot.worker.schedules import Scheduler
from bot.worker.segments import SegmentKeeper
from bot.worker.sender import Sender
from bot.worker.service import ServiceKeeper
from bot.worker.streams import StreamKeeper
from bot.worker.touching import TouchSender

log = structlog.get_logger()

ROLES = ("web", "stream", "worker", "sender", "scheduler")
#: Seconds that SIGTERM gives to what is under way.
DRAIN_WITHIN = 10.0


def loops(app: App, roles: frozenset[str]) -> dict[str, Callable[[], Awaitable[None]]]:
    """What runs for ever in these roles."""
    bench = app.bench
    running: dict[str, Callable[[], Awaitable[None]]] = {"config": _config_keeper(app, roles).run}
    if "web" in roles:
        running["lag"] = app.lag.run
    if "worker" in roles:
        running["lanes"] = LaneWorker(bench).run
        running["directory"] = lambda: directory.follow(bench)
        running["service"] = ServiceKeeper(bench).run
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
    if sends:
        running["touches"] = TouchSender(bench).run
        running["batches"] = BatchSender(bench).run
        running["recognising"] = Recogniser(bench).run
        running["group_messages"] = GroupMessageKeeper(bench).run
    if sends and app.hooks is not None:
        running["webhooks"] = app.hooks.run
    if "scheduler" in roles:
        running["scheduler"] = Scheduler(bench, nightly.schedules(bench)).run
        running["comparing"] = CompareKeeper(bench).run
        running["segments"] = SegmentKeeper(bench).run
        running["journeys"] = JourneyKeeper(bench, request_all).run
        running["rollups"] = RollupKeeper(bench).run
        running["erasing"] = ErasureKeeper(bench).run
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
    warm_up(app.bench.company, app.bench.clock())
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
