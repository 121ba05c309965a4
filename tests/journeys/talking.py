"""Colleagues beside a running fleet: what they say, press and are shown."""

from __future__ import annotations

from typing import Any

from bot.chat.card import Card, plain
from bot.chat.outbound import Reply
from bot.crm.phrases import parse
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.store.desk import Desk
from tests.conftest import NOW
from tests.handlers.workday import EAST, LINA, ROUTER, WANG, ZHOU
from tests.intake.world import hire, queued
from tests.journeys.fleet import Fleet, with_journeys

MARY = User(id="mary", name="周婷", role=Role.MARKETER, region="", team="", platform="wecom")
OPS = User(id="ops", name="运维", role=Role.ADMIN, region="", team="", platform="wecom")
HOUSE = (LINA, WANG, ZHOU, MARY, OPS)
OWN = {
    "name": "林晓",
    "company": "星河科技",
    "region": EAST,
    "owner_id": LINA.id,
    "status": "working",
    "epoch": 1,
}


async def house(store: Any, company: Any, **those: Any) -> Fleet:
    """A team, these journeys, and L1, whom Li Na owns."""
    fleet = Fleet(store, with_journeys(company, those), NOW)
    await fleet.do(lambda desk: hire(desk, *HOUSE))
    await fleet.lead("L1", **OWN)
    await fleet.define()
    await fleet.settle()
    return fleet


async def say(fleet: Fleet, words: str | object, actor: User = MARY, chat: str = "private") -> Reply:
    command = parse(words) if isinstance(words, str) else words
    route = ROUTER.route(command)
    return await fleet.do(lambda desk: route.handler(command, Scope(desk=desk, actor=actor, chat=chat)))


def told(reply: Reply) -> str:
    return plain(reply.card) + "".join(b.label for b in reply.card.presses) if reply.card else reply.text


async def heard(fleet: Fleet, who: User | str) -> list[Card | str]:
    """Every card and text on its way to somebody, or into a group."""
    account = who if isinstance(who, str) else f"wx-{who.id}"

    async def read(desk: Desk) -> list[Card | str]:
        cards: list[Card | str] = [one.card for one in await queued(desk, "card") if one.to == account]
        return cards + [one.text for one in await queued(desk, "text") if one.to == account]

    return await fleet.do(read)
