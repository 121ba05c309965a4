"""The simulator itself, over HTTP: faults and the callback address."""

from __future__ import annotations

from aiohttp import web

from bot.simulator.common.acting import Act, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.panel import views


class Switches:
    """What no person in WeCom does."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {
            "faults": self.faults,
            "guide": self.guide,
            "callback": self.callback,
        }
        return routes("POST", posts)

    async def faults(self, _request: web.Request, body: Json) -> object:
        """Switch faults; those not named stay as they are."""
        self._world.faults.set_from(body)
        return views.faults(self._world)

    async def guide(self, _request: web.Request, body: Json) -> object:
        """Tick steps of the page's guide, or begin it again: {done, again?}."""
        done = body.get("done")
        if not isinstance(done, list) or not all(isinstance(step, int) for step in done):
            msg = "done 是步骤序号的列表"
            raise NotPossibleError(msg)
        if body.get("again"):
            self._world.guide.clear()
        self._world.guide.update(done)
        self._world.bus.publish({"type": "world"})
        return {"done": sorted(self._world.guide)}

    async def callback(self, _request: web.Request, body: Json) -> object:
        """Save a callback address, as the admin does: it must pass the check within 1 s."""
        return {"verified": await self._hands.set_callback(words(body, "url"))}
