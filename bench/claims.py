"""A thousand taps on 领取 at once: on one lead, and on a thousand leads, handed to the writer together.

Every unit is the whole claim: terms, caps, the conditional UPDATE, ledger, history, first-response timers,
first task, and the cards of the others who were asked (twenty on the one lead, one on each of the thousand).
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import structlog
from sqlalchemy import create_engine, text

from bench import figures
from bot.assignment import arrive
from bot.assignment.claim import Claimed, Refused, claim
from bot.crm.company import Company
from bot.crm.company.load import load
from bot.crm.pool import Refusal
from bot.crm.user import Role, User
from bot.kit.ids import seeded_random_bytes
from bot.kit.masked import Email, Phone
from bot.kit.vault import Vault
from bot.store import Store, Tx, leads, open_store
from bot.store.desk import Desk
from bot.store.migrate import migrate
from bot.store.tables.people import logins, users

TAPS = 1000
#: To whom a lead was shown: their cards change with the claim.
_ASKED_OF_ONE, _ASKED_OF_MANY = 20, 2
REGION = "华东大区"
AIM = figures.at_most(50, "ms")
#: A Wednesday morning in Shanghai: the claim does not care, the timers do.
_NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
_CONFIG = Path(__file__).resolve().parent.parent / "config"
_REPS = [
    User(id=f"rep{i:04d}", name=f"销售{i:04d}", role=Role.REP, region=REGION, team="上海组")
    for i in range(TAPS)
]


@dataclass
class Place:
    """A company on a fresh database."""

    store: Store
    company: Company
    vault: Vault
    leads: int = 0
    waited: list[float] = field(default_factory=list)

    def desk(self, tx: Tx) -> Desk:
        return Desk(
            tx=tx, company=self.company, now=_NOW, vault=self.vault, random_bytes=seeded_random_bytes(1)
        )


def run(*, rounds: int) -> bool:
    """Measure and print; True when every aim is met."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    rows, met = [], True
    for title, url in _databases():
        found = asyncio.run(_measure(url, rounds))
        for what, spans in found.items():
            p50, p99 = (median(_quantile(span, q) for span in spans) for q in (0.5, 0.99))
            worst = [_quantile(span, 0.99) for span in spans]
            rate = median(len(span) / max(span) for span in spans)
            met &= AIM.met(p99 * 1000)
            said = figures.verdict(p99 * 1000, AIM)
            spread = f"{figures.spread(worst):.0f} %"
            waits = (f"{p50 * 1000:.0f}", f"{p99 * 1000:.0f}")
            rows.append([f"{title}, {what}", *waits, spread, f"{rate:,.0f}", said])
    title = f"{TAPS:,} claims at once, median of {rounds} rounds; one winner each, asserted"
    figures.show(title, ["database, leads", "p50 ms", "p99 ms", "spread of p99", "claims/s", "aim"], rows)
    return met


def _quantile(values: list[float], q: float) -> float:
    return sorted(values)[int(len(values) * q)]


def _databases() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="leadbell-bench-") as folder:
        yield "SQLite FULL", f"sqlite+aiosqlite:///{Path(folder) / 'claims.db'}"
    with _postgres() as (title, url):
        yield title, url


@contextmanager
def _postgres() -> Iterator[tuple[str, str]]:
    """A database of our own on the tests' server; a throw-away one runs with fsync off, and it is said."""
    from tests import postgres

    server = postgres.start()
    fsync = "its own settings" if os.environ.get("LEADBELL_TEST_POSTGRES_URL") else "fsync off"
    engine = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    name = f"bench_claims_{os.getpid()}"
    try:
        with engine.connect() as admin:
            admin.execute(text(f"CREATE DATABASE {quote(name)}"))
        yield f"PostgreSQL, {fsync}", server.url(name)
        with engine.connect() as admin:
            admin.execute(text(f"DROP DATABASE {quote(name)} WITH (FORCE)"))
    finally:
        engine.dispose()
        server.stop()


async def _measure(url: str, rounds: int) -> dict[str, list[list[float]]]:
    migrate(url)
    vault = Vault(["a secret key for measurements only"], seeded_random_bytes(7))
    place = Place(open_store(url), load(_CONFIG), vault)
    try:
        # The others are hired later: whom to offer a lead to is not what is measured here.
        await _hire(place, _REPS[:_ASKED_OF_ONE])
        alone = await _enter(place, rounds, asked=_ASKED_OF_ONE)
        many = [await _enter(place, TAPS, asked=_ASKED_OF_MANY) for _ in range(rounds)]
        await _hire(place, _REPS[_ASKED_OF_ONE:])
        found: dict[str, list[list[float]]] = {"one lead": [], f"{TAPS:,} leads": []}
        for one, each in zip(alone, many, strict=True):
            found["one lead"].append(await _tap(place, [one] * TAPS))
            found[f"{TAPS:,} leads"].append(await _tap(place, each))
        return found
    finally:
        await place.store.close()


async def _hire(place: Place, reps: list[User]) -> None:
    async def unit(tx: Tx, of: User) -> None:
        row = {name: getattr(of, name) for name in ("id", "name", "region", "team", "position", "active")}
        await tx.insert(
            users, {**row, "role": of.role.value, "on_duty": False, "platform": "wecom", "joined_at": _NOW}
        )
        await tx.insert(logins, {"platform": "wecom", "account": of.id, "user_id": of.id})

    await _together([place.store.write(partial(unit, of=one), within=60) for one in reps])


async def _together(waiting: list[Coroutine[Any, Any, None]]) -> None:
    await asyncio.gather(*waiting)


async def _enter(place: Place, count: int, *, asked: int) -> list[str]:
    """Leads that have just been offered to the first `asked` reps."""
    duty = users.update().values(on_duty=users.c.id < _REPS[asked].id)
    await place.store.write(lambda tx: tx.run(duty), within=30)
    created = [f"L{place.leads + i + 1}" for i in range(count)]
    place.leads += count

    async def unit(tx: Tx, lead_id: str) -> None:
        desk = place.desk(tx)
        known = leads.Particulars(
            name="林晓", company="星河科技", title="总监", city="上海", region=REGION,
            phone=Phone(f"+86138{int(lead_id[1:]):08d}"), email=Email("lin@example.com"),
        )  # fmt: skip
        lead = await leads.create(
            desk, lead_id, known, leads.Origin(source="官网", form="website"), by="system"
        )
        await arrive.arrive(desk, lead, rings=True)

    await _together([
        place.store.write(partial(unit, lead_id=one), lane_key=f"lead:{one}", within=300) for one in created
    ])  # fmt: skip
    return created


async def _tap(place: Place, lead_ids: list[str]) -> list[float]:
    """Seconds until each answer; the verdicts are checked against each other."""
    began = time.perf_counter()
    verdicts = await asyncio.gather(
        *(_one(place, lead_id, rep, began) for lead_id, rep in zip(lead_ids, _REPS, strict=True))
    )
    winners = [verdict.lead.id for verdict, _ in verdicts if isinstance(verdict, Claimed)]
    assert sorted(winners) == sorted(set(lead_ids)), "each lead has exactly one winner"
    owner = (await place.store.write(lambda tx: leads.get(tx, lead_ids[0]))).owner_id
    for verdict, _ in verdicts:
        if isinstance(verdict, Refused):
            assert verdict.why is Refusal.TAKEN
            assert verdict.lead is not None
            assert verdict.lead.owner_id == owner, "every loser is told the winner"
    return [span for _, span in verdicts]


async def _one(place: Place, lead_id: str, rep: User, began: float) -> tuple[Claimed | Refused, float]:
    verdict = await place.store.write(
        lambda tx: claim(place.desk(tx), lead_id, by=rep), lane_key=f"wecom:user:{rep.id}", within=60
    )
    return verdict, time.perf_counter() - began
