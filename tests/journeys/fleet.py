"""Journeys really run: the store, the engine, a clock pushed by hand, and a planner that says yes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.crm.company import Company
from bot.crm.company.journeys import Journey
from bot.crm.touching import Intent, Planned, Verdict
from bot.intake import tagging
from bot.journeys import engine
from bot.journeys.book import Shelf
from bot.journeys.simulate import Happening
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import Store, Tx, enrollments, journeys, tags
from bot.store.desk import Desk
from bot.store.tables.behaviour import behaviours
from bot.store.tables.imports import orders
from bot.store.tables.journeys import journey_enrollments, journey_steps
from bot.store.tables.leads import leads, submissions
from tests.store.leads_by_hand import put

ALL = frozenset(("sales", "managers", "rules"))


def journey(text: dict[str, Any]) -> Journey:
    """One as its file would say it."""
    return Journey.model_validate_json(json.dumps({"name": "旅程", **text}))


def with_journeys(company: Company, those: dict[str, dict[str, Any]]) -> Company:
    """The same company with these journeys and no others."""
    made = {key: journey({"name": key, **text}) for key, text in those.items()}
    return replace(company, journeys=made)


@dataclass
class Fleet:
    """The engine over one store."""

    store: Store
    company: Company
    now: datetime
    shelf: Shelf = field(default_factory=Shelf)
    asked: list[Intent] = field(default_factory=list)
    vault: Vault = field(
        default_factory=lambda: Vault(["a secret long enough for tests"], seeded_random_bytes(1))
    )
    random_bytes: Any = field(default_factory=lambda: seeded_random_bytes(2))
    most: int = 100
    _n: int = 0

    def desk(self, tx: Tx) -> Desk:
        return Desk(
            tx=tx, company=self.company, now=self.now, vault=self.vault, random_bytes=self.random_bytes
        )

    async def do(self, work: Any) -> Any:
        """One unit of work with a desk."""
        return await self.store.write(lambda tx: work(self.desk(tx)), within=30)

    async def request(self, desk: Desk, intents: Sequence[Intent]) -> list[Verdict]:
        self.asked += intents
        return [Planned(touch_id=f"t:{one.key}", channel="email", at=desk.now) for one in intents]

    async def define(self) -> list[str]:
        """Publish what nobody published yet: at the first start by itself, later as a marketer does."""
        first = await self.do(lambda desk: engine.define(desk, self.shelf))
        return [*first, *await self.do(self._publish_drafts)]

    async def _publish_drafts(self, desk: Desk) -> list[str]:
        known = await journeys.states(desk.tx, hold=True)
        drafts = {key: one for key, one in desk.company.journeys.items() if key not in known and one.live}
        for key, one in drafts.items():
            await journeys.publish(desk, key, one, by="marketer")
        await engine.want(desk, self.shelf)
        return list(drafts)

    async def settle(self) -> int:
        """Until nothing is left to do at this moment; how many steps."""
        steps = 0
        for _ in range(1000):
            async with self.store.read() as tx:
                walks = await engine.walks(self.desk(tx), self.shelf)
                if not walks and not await engine.is_work(self.desk(tx)):
                    return steps
            for walk in walks:
                while await self.do(
                    lambda desk, walk=walk: engine.sweep(desk, self.shelf, walk, most=self.most)
                ):
                    pass
            steps += (
                await self.do(lambda desk: engine.step(desk, self.shelf, self.request, most=self.most))
            ).steps
        msg = "never settles"
        raise AssertionError(msg)

    async def lead(self, lead_id: str, **values: Any) -> None:
        await self.do(lambda desk: put(desk, lead_id, **values))

    async def pass_until(self, moment: datetime) -> None:
        """Let time pass, from one due moment to the next, as a keeper that is always awake."""
        while True:
            async with self.store.read() as tx:
                due = await enrollments.next_due(tx)
            if due is None or due > moment:
                break
            self.now = max(self.now, due)
            await self.settle()
        self.now = max(self.now, moment)
        await self.settle()

    async def happen(self, one: Happening, lead_id: str) -> None:
        """The same thing that is told to a simulation, done."""
        self._n += 1
        await self.do(lambda desk: self._happen(desk, one, lead_id, f"h{self._n}"))

    async def _happen(self, desk: Desk, one: Happening, lead_id: str, source: str) -> None:
        tx = desk.tx
        match one.what:
            case "event":
                row = {"message_id": source, "lead_id": lead_id, "event": one.name, "object": one.object}
                row |= {"channel": "web", "properties": {}, "at": one.at, "received_at": desk.now}
                await tx.insert(behaviours, row)
                await tx.run(update(leads).where(leads.c.id == lead_id).values(last_behaviour_at=one.at))
            case "form":
                row = {
                    "id": source,
                    "lead_id": lead_id,
                    "form": one.name,
                    "source": "",
                    "campaign": "",
                    "kind": "created",
                }
                await tx.insert(submissions, {**row, "body": b"", "at": one.at, "team": "", "region": ""})
            case "set":
                await self._set(desk, one, lead_id)
            case "tag":
                await tagging.tag(desk, lead_id, one.name, by="u", may=ALL, reason="")
            case "untag":
                await tags.take(desk, lead_id, one.name, by="u", reason="")
            case "order":
                row = {"id": source, "lead_id": lead_id, "product": one.name, "amount": one.value}
                await tx.insert(orders, {**row, "ordered_at": one.at, "created_at": desk.now})

    async def _set(self, desk: Desk, one: Happening, lead_id: str) -> None:
        spec = self.company.registry[one.name]
        which = update(leads).where(leads.c.id == lead_id)
        if spec.column.startswith("custom."):
            row = await desk.tx.first(select(leads.c.custom).where(leads.c.id == lead_id))
            await desk.tx.run(which.values(custom={**row.custom, one.name: str(one.value)}))
        else:
            await desk.tx.run(which.values({spec.column: one.value}))

    async def ways(self) -> list[tuple[Any, ...]]:
        """Every way: journey, when it began, and each of its steps."""
        async with self.store.read() as tx:
            rows = await tx.all(select(journey_enrollments))
            steps = await tx.all(
                select(journey_steps).order_by(journey_steps.c.enrollment_id, journey_steps.c.n)
            )
        made: dict[str, list[Any]] = {row.id: [] for row in rows}
        for s in steps:
            made[s.enrollment_id].append((s.at, s.place, s.occurrence, s.outcome, s.note))
        return sorted((row.journey, row.entered_at, tuple(made[row.id])) for row in rows)
