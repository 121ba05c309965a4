"""Our engine, from the end of a wait on: branch, message, end; everybody is due at the same moment.

Posted, a message is a row of the outbox and nothing is asked. Planned, the planner decides with all there is
in the product: consent, suppression, caps over every channel, the same content, hours and holidays, spans and
permissions, whether the text can be said, the facts kept with the row.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.crm.company import Company
from bot.crm.company.journeys import Journey
from bot.crm.company.load import load
from bot.crm.touching import Intent, Planned, Verdict
from bot.journeys import engine
from bot.journeys.book import Shelf
from bot.journeys.step import Memory
from bot.kit.ids import seeded_random_bytes, system_random_bytes
from bot.kit.vault import Vault
from bot.store import Tx, enrollments, open_store
from bot.store.desk import Desk
from bot.store.enrollments import Row
from bot.store.migrate import migrate
from bot.store.tables.journeys import journey_steps
from bot.store.tables.leads import consents
from bot.store.tables.leads import leads as leads_table
from bot.store.tables.machinery import outbox
from bot.store.tables.touch import touch_plans
from bot.touch.request import request_all

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
BATCH = 500
STEPS = 3
Request = Callable[[Desk, Sequence[Intent]], Awaitable[Sequence[Verdict]]]
_CONFIG = Path(__file__).resolve().parent.parent / "config"
_TEXTS = (
    *("name", "company", "company_key", "title", "phone_masked", "email_masked", "province"),
    *("city", "region", "industry", "source", "campaign", "form", "tier", "lifecycle", "last_behaviour"),
)
_STEPS = [
    {"wait": "1天"},
    {"branch": [{"when": {"field": "score", "op": ">=", "value": 0}, "steps": []}], "else": [{"exit": "否"}]},
    {"touch": "product_intro"},
]


@dataclass(frozen=True)
class Took:
    """What some steps took."""

    steps: int
    seconds: float
    #: Of this process.
    cpu: float

    @property
    def rate(self) -> float:
        return self.steps / self.seconds

    @property
    def micros(self) -> float:
        """Processor time of one step, in millionths of a second."""
        return self.cpu / self.steps * 1e6


async def posted(desk: Desk, intents: Sequence[Intent]) -> list[Verdict]:
    """Each message as a row of the outbox."""
    row = {
        "platform": "bench", "kind": "text", "recipient": "x", "body": b"x", "topic": "",
        "created_at": desk.now, "due_at": desk.now, "rank": 1, "state": "pending", "attempts": 0, "fence": 0,
    }  # fmt: skip
    rows = [{**row, "lane_key": intent.lead_id, "key": intent.key} for intent in intents]
    await desk.tx.insert_all_new(outbox, rows)
    return [Planned(touch_id=intent.key, channel="email", at=desk.now) for intent in intents]


planned: Request = request_all


class House:
    """A database with people who wait in the journey of three steps."""

    def __init__(self, url: str) -> None:
        migrate(url)
        self._store = open_store(url, unit_span=600)
        self._company = company()
        self._vault = Vault(["a secret that is long enough for this"], seeded_random_bytes(1))
        self._chance = system_random_bytes
        self._shelf = Shelf()

    def _desk(self, tx: Tx) -> Desk:
        return Desk(tx=tx, company=self._company, now=NOW, vault=self._vault, random_bytes=self._chance)

    async def unit(self, work: Callable[[Desk], Awaitable[Any]]) -> Any:
        return await self._store.write(lambda tx: work(self._desk(tx)), within=600)

    async def fill(self, people: int, *, due: datetime = NOW - timedelta(minutes=1)) -> None:
        await self.unit(lambda desk: engine.define(desk, self._shelf))
        for start in range(0, people, 2_000):
            these = range(start, min(start + 2_000, people))
            await self.unit(lambda desk, these=these: _fill(desk, these, due))  # type: ignore[misc]

    async def run(self, request: Request, *, batch: int = BATCH) -> Took:
        """Move everybody who is due."""
        steps, begun, spent = 0, time.perf_counter(), time.process_time()
        while True:
            made = await self.unit(lambda desk: engine.step(desk, self._shelf, request, most=batch))
            steps += made.steps
            if not made.people:
                break
        return Took(steps, time.perf_counter() - begun, time.process_time() - spent)

    async def check(self, people: int, *, is_planned: bool) -> None:
        """Nothing was lost and nothing was said twice."""
        messages = touch_plans if is_planned else outbox
        wanted = [(journey_steps, STEPS * people), (messages, people)]
        if is_planned:
            wanted.append((touch_plans.select().where(touch_plans.c.state == "planned").subquery(), people))
        async with self._store.read() as tx:
            for table, count in wanted:
                row = await tx.first(select(func.count().label("n")).select_from(table))
                assert row is not None
                assert row.n == count, (getattr(table, "name", ""), row.n, count)

    async def close(self) -> None:
        await self._store.close()


async def measured(url: str, people: int, request: Request, *, batch: int = BATCH) -> Took:
    """Three steps of so many people in a new database."""
    house = House(url)
    await house.fill(people)
    took = await house.run(request, batch=batch)
    await house.check(people, is_planned=request is planned)
    await house.close()
    assert took.steps == STEPS * people, took.steps
    return took


def company() -> Company:
    """The shipped company with this one journey and three channels."""
    text = {"name": "三步", "enter": [{"manual": True}], "steps": _STEPS}
    made = Journey.model_validate_json(json.dumps(text))
    shipped = load(_CONFIG)
    doors = replace(
        shipped.doors, channels=frozenset({"email", "sms", "wecom"}), base_url="https://crm.example.com"
    )
    return replace(shipped, journeys={"three": made}, doors=doors)


async def _fill(desk: Desk, these: range, due: datetime) -> None:
    values: dict[str, Any] = {**dict.fromkeys(_TEXTS, ""), "name": "林晓", "company": "星河科技"}
    values |= {"status": "new", "custom": {}, "score": 10, "epoch": 0}
    values |= {"created_at": desk.now, "changed_at": desk.now, "phone": None}
    await desk.tx.insert_all(
        leads_table,
        [
            {
                **values,
                "id": f"L{n}",
                "email": desk.vault.seal(f"lin{n}@xinghe.cn".encode(), f"leads.email:L{n}"),
            }
            for n in these
        ],
    )
    said = {
        "given": True,
        "purpose": "marketing",
        "channel": "form",
        "text": "我同意",
        "version": "1",
        "form": "f",
    }
    await desk.tx.insert_all(consents, [{**said, "lead_id": f"L{n}", "at": desk.now} for n in these])
    for n in these:
        await enrollments.enter(desk.tx, _waiting(n, due))


def _waiting(n: int, due: datetime) -> Row:
    memory = Memory(times={"wait": 1}, waits="wait")
    return Row(
        id=f"{n:026d}", journey="three", version=1, lead_id=f"L{n}", person=f"L{n}",
        entered_at=NOW - timedelta(days=1), place="wait", due_at=due, memory=memory.spell(),
    )  # fmt: skip
