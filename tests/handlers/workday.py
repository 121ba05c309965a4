"""A rep's day: people say things and press buttons, and we look at what they get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import select

from bot.app.parts import build_router
from bot.chat.card import Button, Card, plain
from bot.chat.outbound import Reply
from bot.chat.spelling import read_card
from bot.crm import phrases
from bot.crm.lead import Lead
from bot.crm.signals import RemindTask
from bot.crm.task import Task
from bot.crm.user import SYSTEM, Role, User
from bot.handlers import Scope
from bot.kit.calendar import statutory
from bot.kit.masked import Email, Phone
from bot.store import dialogues, lead_keys, leads, ownership, tasks
from bot.store.desk import Desk
from bot.store.tables.machinery import audit, cards, outbox, timers
from tests.intake.world import hire

EAST, SOUTH = "华东大区", "华南大区"
LINA = User(id="lina", name="李娜", role=Role.REP, region=EAST, team="上海组", platform="wecom")
GAO = User(id="gao", name="高峰", role=Role.REP, region=EAST, team="南京组", platform="wecom")
CHEN = User(id="chen", name="陈晨", role=Role.REP, region=SOUTH, team="深圳组", platform="wecom")
WANG = User(id="wang", name="王磊", role=Role.MANAGER, region=EAST, team="", platform="wecom")
LIU = User(id="liu", name="刘洋", role=Role.MANAGER, region=SOUTH, team="", platform="wecom")
ZHOU = User(id="zhou", name="周敏", role=Role.DIRECTOR, region="", team="", platform="wecom")
ADMIN = User(id="itops", name="运维", role=Role.ADMIN, region="", team="", platform="wecom")
TEAM = (LINA, GAO, CHEN, WANG, LIU, ZHOU, ADMIN)
ROUTER = build_router()
# The package of holidays takes half a second to load, which no unit of work has.
for _year in (2025, 2026, 2027):
    statutory(_year)


@dataclass
class Day:
    """Everything the tests of a rep's day do."""

    unit: Callable[[Callable[[Desk], Awaitable[Any]]], Awaitable[Any]]
    clock: Any

    async def lead(self, of: User | None = LINA, **known: Any) -> Lead:
        """Enter a lead, and give it to somebody."""

        async def work(desk: Desk) -> Lead:
            lead_id = f"L{await desk.tx.number('lead')}"
            phone, pool = known.get("phone", "+8613812345678"), known.get("pool", "east")
            given = {"name": "林晓", "company": "星河科技", "region": EAST}
            given |= {
                key: value for key, value in known.items() if key in {"name", "company", "region", "city"}
            }
            particulars = leads.Particulars(phone=Phone(phone), email=Email("lin@xinghe.cn"), **given)
            origin = leads.Origin(source="官网", form="website")
            lead = await leads.create(desk, lead_id, particulars, origin, by="system")
            for key in lead_keys.keys_of(desk.vault, phone=phone):
                await lead_keys.take(desk, key, lead_id)
            await ownership.into_pool(desk, lead, pool_id=pool, region=given["region"])
            lead = await leads.get(desk.tx, lead_id)
            if of is not None:
                assert await ownership.take(desk, lead, to=of, how="claimed", by=of)
            return await leads.get(desk.tx, lead_id)

        return await self.unit(work)

    async def says(self, who: User, text: str, **scope: Any) -> Reply:
        """As the worker does it: words are a command, or the answer to an open question."""

        async def read(desk: Desk) -> object:
            asked = await dialogues.find(desk, who.id)
            await dialogues.close(desk.tx, who.id)
            return phrases.answer(asked.kind, asked.state, text) if asked else phrases.parse(text)

        command = await self.unit(read)
        route = ROUTER.route(command)
        return await self.unit(lambda desk: route.handler(command, Scope(desk, who, **scope)))

    async def presses(self, who: User, card: Card, label: str, **selected: str) -> Reply:
        """Press the button of this label, with what was chosen above it."""
        command = button(card, label).command
        chosen = {key: (value,) for key, value in selected.items()}

        async def work(desk: Desk) -> Reply:
            scope = Scope(desk, who, tapped=True, selected=chosen)
            return await ROUTER.route(command).handler(command, scope)

        return await self.unit(work)

    async def reminded(self, task_id: str) -> None:
        """The timer of a task falls due."""
        command = RemindTask(task_id)
        await self.unit(lambda desk: ROUTER.route(command).handler(command, Scope(desk, SYSTEM)))

    async def task(self, task_id: str) -> Task:
        return await self.unit(lambda desk: tasks.find(desk, task_id))

    async def get(self, lead_id: str) -> Lead:
        return await self.unit(lambda desk: leads.get(desk.tx, lead_id))

    async def rows(self, table: Any, **where: Any) -> list[Any]:
        """Every row of a table, in the order of its key."""
        key = next(iter(table.primary_key.columns))
        limits = [table.c[name] == value for name, value in where.items()]
        return await self.unit(lambda desk: desk.tx.all(select(table).where(*limits).order_by(key)))

    async def cards_of(self, who: User, topic: str) -> list[Card]:
        """What hangs in somebody's chat about this."""

        async def look(desk: Desk) -> list[Card]:
            statement = select(cards).where(cards.c.user_id == who.id, cards.c.topic == topic)
            rows = await desk.tx.all(statement.order_by(cards.c.created_at, cards.c.card_key))
            return [
                read_card(orjson.loads(desk.vault.open(row.body, f"cards.body:{row.card_key}")))
                for row in rows
            ]

        return await self.unit(look)

    async def texts_to(self, recipient: str) -> list[str]:
        """The texts that wait to be sent to a person or a group."""

        async def look(desk: Desk) -> list[str]:
            statement = select(outbox).where(outbox.c.recipient == recipient, outbox.c.kind == "text")
            rows = await desk.tx.all(statement.order_by(outbox.c.id))
            bodies = [desk.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}") for row in rows]
            return [orjson.loads(body)["text"] for body in bodies]

        return await self.unit(look)

    async def timer_of(self, task_id: str) -> Any:
        """When a task reminds; None if nothing waits."""
        found = await self.rows(timers, key=task_id, state="waiting")
        return found[0].due_at if found else None

    async def refusals(self) -> list[tuple[str, str]]:
        """Who was not let do what, sorted: rows of one moment have no order."""
        return sorted((row.actor, row.object) for row in await self.rows(audit, action="access.refused"))

    def push(self, **span: float) -> None:
        """Let time pass."""
        self.clock.push(timedelta(**span))


def button(card: Card, label: str) -> Button:
    """The button of this label."""
    found = [one for one in card.presses if one.label == label]
    assert found, (label, [one.label for one in card.presses])
    return found[0]


def labels(card: Card) -> list[str]:
    """What its buttons say."""
    return [one.label for one in card.buttons]


def told(reply: Reply) -> str:
    """All that an answer says."""
    return "\n".join(part for part in (plain(reply.card) if reply.card else "", reply.text) if part)


async def staff(desk: Desk) -> None:
    """Hire the team."""
    await hire(desk, *TEAM)
