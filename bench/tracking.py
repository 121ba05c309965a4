"""Behaviour events through POST /v1/batch, durable before the answer, against the table's own insert alone.

The bare row writes the same rows into the same table with the same four indexes, a hundred to a
transaction, `synchronous=FULL`, with nothing read, nothing checked and no HTTP. One process, one machine,
neighbours in time.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

import aiohttp
import orjson
import structlog
from aiohttp import web

from bench import figures
from bot.crm.company.load import load
from bot.kit.clock import system_monotonic
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import open_store
from bot.store.migrate import migrate
from bot.web import guard
from bot.web.site import Site
from bot.web.tracking import Tracking

_NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
_CONFIG = Path(__file__).resolve().parent.parent / "config"
_KEY, _IN_BATCH, _SENDERS, _VISITORS = "bench", 100, 8, 5000
#: Of the bare insert's rate.
AIM = figures.at_least(0.1)
_INSERT = (
    "INSERT INTO behaviours (message_id, lead_id, visitor, event, object, channel, properties, at,"
    " received_at, uncounted) VALUES (?, NULL, ?, 'Song Played', '/a', 'web', ?, ?, ?, 0)"
)


def run(*, rounds: int, events: int = 20_000) -> bool:
    """Measure and print; True when the aim is met."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    ours, bare, waits = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="leadbell-bench-") as folder:
            bare.append(_bare(Path(folder) / "bare.db", events))
            rate, slowest = asyncio.run(_ours(Path(folder) / "ours.db", events))
            ours.append(rate)
            waits.append(slowest)
    ratio = median(a / b for a, b in zip(ours, bare, strict=True))
    rows = [
        [
            f"bare insert, {_IN_BATCH} a transaction", f"{median(bare):,.0f}", "",
            f"{figures.spread(bare):.0f} %", "",
        ],
        [
            f"POST /v1/batch, {_IN_BATCH} a request, {_SENDERS} senders", f"{median(ours):,.0f}",
            f"{median(waits) * 1000:.0f}", f"{figures.spread(ours):.0f} %",
            f"{ratio:.2f}× {figures.verdict(ratio, AIM)}",
        ],
    ]  # fmt: skip
    title = f"{events:,} behaviour events, SQLite FULL, median of {rounds} rounds; all kept, asserted"
    figures.show(title, ["what", "events/s", "p99 ms of a request", "spread", "of bare"], rows)
    return AIM.met(ratio)


def _bare(path: Path, events: int) -> float:
    migrate(f"sqlite+aiosqlite:///{path}")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    at, properties = "2026-11-18T02:00:00.000000Z", '{"n":1,"plan":"pro"}'
    began = time.perf_counter()
    for start in range(0, events, _IN_BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            _INSERT,
            [(f"w:m{n}", f"b{n % _VISITORS}", properties, at, at) for n in range(start, start + _IN_BATCH)],
        )
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return events / took


async def _ours(path: Path, events: int) -> tuple[float, float]:
    url = f"sqlite+aiosqlite:///{path}"
    migrate(url)
    store, company = open_store(url), load(_CONFIG)
    tracking = company.tracking
    sources = tuple(one.model_copy(update={"per_minute": 1_000_000}) for one in tracking.sources)
    object.__setattr__(company, "tracking", tracking.model_copy(update={"sources": sources}))
    site = Site(
        store, company, Vault(["a secret key for measurements only"], seeded_random_bytes(7)),
        lambda: _NOW, seeded_random_bytes(1), lambda: None,
    )  # fmt: skip
    app = web.Application()
    app.add_routes(Tracking(site, {"website": _KEY}, monotonic=system_monotonic).routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    server = await guard.serve(runner, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        return await _load(base, store, events)
    finally:
        server.close()
        await runner.cleanup()
        await store.close()


async def _load(base: str, store: object, events: int) -> tuple[float, float]:
    bodies = [_body(start) for start in range(0, events, _IN_BATCH)]
    spans: list[float] = []

    async def sender(http: aiohttp.ClientSession) -> None:
        while bodies:
            body, began = bodies.pop(), time.perf_counter()
            # «Not now» is an answer: it is sent again, as the SDKs do, and kept once.
            while True:
                async with http.post(f"{base}/v1/batch", data=body) as answer:
                    if answer.status == 200:
                        break
                    assert answer.status == 503, answer.status
            spans.append(time.perf_counter() - began)

    async with aiohttp.ClientSession() as http:
        began = time.perf_counter()
        await asyncio.gather(*(sender(http) for _ in range(_SENDERS)))
        took = time.perf_counter() - began
    await _prove(store, events)
    return events / took, sorted(spans)[int(len(spans) * 0.99)]


async def _prove(store: object, events: int) -> None:
    from sqlalchemy import func, select

    from bot.store import Store
    from bot.store.tables.behaviour import behaviours

    assert isinstance(store, Store)
    async with store.read() as tx:
        row = await tx.first(select(func.count().label("n")).select_from(behaviours))
    assert row is not None
    assert row.n == events, "every answered event is there, once"


def _body(start: int) -> bytes:
    batch = [
        {
            "type": "track", "messageId": f"m{n}", "anonymousId": f"b{n % _VISITORS}", "event": "Song Played",
            "properties": {"n": n, "plan": "pro"}, "timestamp": _NOW.isoformat(),
            "context": {"page": {"path": "/a", "url": "https://www.example.com/a"}},
        }
        for n in range(start, start + _IN_BATCH)
    ]  # fmt: skip
    return orjson.dumps({"writeKey": _KEY, "batch": batch, "sentAt": _NOW.isoformat()})
