"""A sales team, leads in pools, and a look at who was shown what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from bot.chat.card import Card
from bot.chat.spelling import read_card
from bot.crm.lead import Lead
from bot.crm.user import Role, User
from bot.kit.masked import Email, Phone
from bot.store import leads, users
from bot.store.desk import Desk
from bot.store.tables.machinery import cards, timers
from bot.store.tables.people import logins
from bot.store.tables.people import users as users_table

EAST, SOUTH, NORTH = "华东大区", "华南大区", "华北大区"
TEAM = (
    User(id="zhangsan", name="张三", role=Role.REP, region=EAST, team="上海组"),
    User(id="lisi", name="李四", role=Role.REP, region=EAST, team="杭州组"),
    User(id="wangwu", name="王五", role=Role.REP, region=SOUTH, team="深圳组"),
    User(id="zhaoliu", name="赵六", role=Role.MANAGER, region=EAST, team=""),
    User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team=""),
)


async def hire(desk: Desk, *people: User) -> None:
    """Put people into the address book, each with a login of his own id."""
    for one in people:
        row = {name: getattr(one, name) for name in ("id", "name", "role", "region", "team", "position")}
        await desk.tx.insert(
            users_table,
            {**row, "role": one.role.value, "active": one.active, "on_duty": one.on_duty,
             "away_until": one.away_until, "platform": "wecom", "joined_at": desk.now},
        )  # fmt: skip
        await desk.tx.insert(logins, {"platform": "wecom", "account": one.id, "user_id": one.id})


@dataclass(frozen=True)
class World:
    """What the tests of this folder do and see."""

    unit: Callable[[Callable[[Desk], Awaitable[Any]]], Awaitable[Any]]

    async def lead(
        self, lead_id: str = "L1", *, city: str = "上海", region: str = EAST, **known: Any
    ) -> Lead:
        """Enter a lead; it is nobody's and was routed nowhere."""

        async def create(desk: Desk) -> Lead:
            given = {"name": "林晓", "company": "星河科技", "title": "总监", **known}
            particulars = leads.Particulars(
                city=city, region=region, phone=Phone("+8613812345678"), email=Email("lin@xinghe.cn"), **given
            )
            origin = leads.Origin(source="官网", form="website")
            return await leads.create(desk, lead_id, particulars, origin, by="system")

        return await self.unit(create)

    async def get(self, lead_id: str = "L1") -> Lead:
        return await self.unit(lambda desk: leads.get(desk.tx, lead_id))

    async def user(self, user_id: str) -> User:
        return await self.unit(lambda desk: users.get(desk.tx, user_id))

    async def cards_of(self, user_id: str, topic: str = "lead:L1") -> list[Card]:
        """What hangs in somebody's chat about this, in the order it was posted."""

        async def look(desk: Desk) -> list[Card]:
            statement = select(cards).where(cards.c.user_id == user_id, cards.c.topic == topic)
            rows = await desk.tx.all(statement.order_by(cards.c.created_at, cards.c.card_key))
            places = [(row.body, f"cards.body:{row.card_key}") for row in rows]
            return [read_card(orjson.loads(desk.vault.open(body, place))) for body, place in places]

        return await self.unit(look)

    async def card_of(self, user_id: str, topic: str = "lead:L1") -> Card:
        """The one card that hangs there."""
        found = await self.cards_of(user_id, topic)
        assert len(found) == 1, [card.title for card in found]
        return found[0]

    async def timers(self, lead_id: str = "L1") -> dict[str, Any]:
        """When each timer of a lead falls due, by its kind."""

        async def look(desk: Desk) -> dict[str, Any]:
            mine = (timers.c.lane_key == f"lead:{lead_id}", timers.c.state == "waiting")
            return {row.kind: row for row in await desk.tx.all(select(timers).where(*mine))}

        return await self.unit(look)


@pytest.fixture
async def world(unit: Any) -> World:
    """The team is hired and nothing has come in yet."""
    await unit(lambda desk: hire(desk, *TEAM))
    return World(unit)


def labels(card: Card) -> list[str]:
    """What its buttons say."""
    return [button.label for button in card.buttons]
