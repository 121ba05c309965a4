"""Adds a simulated DingTalk to an aiohttp application, beside whatever else it serves."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from bot.kit.clock import Monotonic
from bot.simulator.dingtalk.courier import Courier
from bot.simulator.dingtalk.door import Door
from bot.simulator.dingtalk.gateway import Gateway
from bot.simulator.dingtalk.hands import Hands
from bot.simulator.dingtalk.http_mode import HttpMode
from bot.simulator.dingtalk.panel.acts import Acts
from bot.simulator.dingtalk.panel.reading import Reading
from bot.simulator.dingtalk.patience import Patience
from bot.simulator.dingtalk.socket import Socket
from bot.simulator.dingtalk.world import World


def add_dingtalk(
    app: web.Application, world: World, *, monotonic: Monotonic, patience: Patience | None = None
) -> Hands:
    """Serve both APIs, the gateway and the JSON interface; the hands play its people."""
    patience = patience or Patience()
    gateway = Gateway(world, monotonic=monotonic, patience=patience)
    http = HttpMode(world, patience)
    courier = Courier(world, gateway, http, patience, monotonic)
    hands = Hands(world, courier, gateway)
    # The gateway's address comes before the API's answer for paths that there are not.
    app.add_routes(Socket(world, gateway, monotonic=monotonic).routes())
    app.add_routes(Door(world, monotonic=monotonic).routes())
    app.add_routes([*Reading(hands).routes(), *Acts(hands).routes()])

    async def carrying(_app: web.Application) -> AsyncIterator[None]:
        await http.start()
        yield
        await courier.stop()
        await http.stop()

    async def close(_app: web.Application) -> None:
        await gateway.stop()

    app.cleanup_ctx.append(carrying)
    app.on_shutdown.append(close)
    return hands
