"""A sales team under rules of the test's own, with its timers carried out when they fall due."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select

from bot.app.parts import build_router
from bot.chat.outbound import Reply
from bot.crm import phrases
from bot.crm.company import Company
from bot.crm.company.pools import Protection
from bot.crm.company.routing import Routing
from bot.crm.user import SYSTEM
from bot.handlers import Scope
from bot.kit.wire import unpack
from bot.store import timers as store
from bot.store import users
from bot.store.desk import Desk
from bot.store.tables.machinery import timers
from tests.assignment.conftest import World

ROUTER = build_router()
_FILES = tuple(field.name for field in dataclasses.fields(Company) if field.init)


def changed(company: Company, **files: Any) -> Company:
    """The same company with other files."""
    return Company(**{name: getattr(company, name) for name in _FILES} | files)


def with_terms(company: Company, **terms: Any) -> Company:
    """The same company with other terms of its pools."""
    pools = company.pools
    return changed(company, pools=pools.model_copy(update={"terms": pools.terms.model_copy(update=terms)}))


def with_rules(company: Company, *rules: dict[str, Any]) -> Company:
    """The same company with other rules of routing."""
    routing = Routing.model_validate_json(orjson.dumps({"rules": rules, "otherwise": "nation"}))
    return changed(company, routing=routing)


def protection(**terms: Any) -> Protection:
    """A protection that is on."""
    return Protection(**{"on": True, "days": 10, "extend_days": 3, "longest_days": 20, **terms})


@dataclass
class Firm:
    """The world under a company that a test may change as it goes."""

    world: World
    company: Company
    clock: Any

    async def unit(self, work: Callable[[Desk], Awaitable[Any]]) -> Any:
        """One unit of work under the present rules."""
        return await self.world.unit(lambda desk: work(replace(desk, company=self.company)))

    async def does(self, who: str, command: object, **scope: Any) -> Reply:
        """Somebody gives a command."""

        async def work(desk: Desk) -> Reply:
            actor = await users.get(desk.tx, who)
            reply: Reply = await ROUTER.route(command).handler(command, Scope(desk, actor, **scope))
            return reply

        reply: Reply = await self.unit(work)
        return reply

    async def says(self, who: str, text: str, **scope: Any) -> Reply:
        """Somebody writes."""
        return await self.does(who, phrases.parse(text), **scope)

    async def run_due(self) -> int:
        """Carry out what is due now, and what that brings; how many timers fired."""
        fired = 0
        while True:
            now = self.clock.now
            due = (timers.c.state == "waiting", timers.c.due_at <= now)
            rows = await self.unit(
                lambda desk, due=due: desk.tx.all(
                    select(timers).where(*due).order_by(timers.c.due_at, timers.c.id)
                )
            )
            if not rows:
                return fired
            for row in rows:
                fired += 1
                await self.unit(lambda desk, row=row: _fire(desk, row))

    async def let_pass(self, until: datetime, step: timedelta = timedelta(hours=3)) -> None:
        """Time goes by, hour after hour."""
        while self.clock.now < until:
            self.clock.now = min(self.clock.now + step, until)
            await self.run_due()


async def _fire(desk: Desk, row: Any) -> None:
    """As the worker does it: a command may set its own timer again, and that one stays."""
    due = store.Due(row.id, row.lane_key, row.kind, row.payload, 0, 0)
    await store.fired(desk.tx, due, now=desk.now)
    command = unpack(row.payload)
    await ROUTER.route(command).handler(command, Scope(desk, SYSTEM))
