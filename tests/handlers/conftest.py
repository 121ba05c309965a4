"""The sales team of the assignment tests, and `ask`: somebody asks for something and gets his answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.chat.outbound import Reply
from bot.handlers import Scope
from bot.store import users
from tests.assignment.conftest import World, world

__all__ = ["world"]


@pytest.fixture
def ask(world: World) -> Callable[..., Awaitable[Reply]]:
    """`await ask(on_claim, ClaimLead("L1"), "zhangsan")`, by a press unless said otherwise."""

    async def run(handler: Any, command: object, user_id: str, **scope: Any) -> Reply:
        async def work(desk: Any) -> Reply:
            actor = await users.get(desk.tx, user_id)
            reply: Reply = await handler(command, Scope(desk, actor, **{"tapped": True, **scope}))
            return reply

        reply: Reply = await world.unit(work)
        return reply

    return run
