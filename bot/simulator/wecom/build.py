"""Puts a simulated WeCom together as one aiohttp application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from bot.kit.clock import Monotonic
from bot.simulator.common.acting import reply
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.door import Door
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.panel.customers import CustomerActs
from bot.simulator.wecom.panel.members import MemberActs
from bot.simulator.wecom.panel.outreach import OutreachActs
from bot.simulator.wecom.panel.reading import Reading
from bot.simulator.wecom.panel.robot import RobotActs, RobotReading
from bot.simulator.wecom.panel.staffing import StaffActs
from bot.simulator.wecom.panel.switches import Switches
from bot.simulator.wecom.postman import Patience, Postman
from bot.simulator.wecom.robot import socket
from bot.simulator.wecom.robot.courier import Courier
from bot.simulator.wecom.robot.line import Line
from bot.simulator.wecom.robot.people import RobotHands
from bot.simulator.wecom.robot.socket import RobotSocket
from bot.simulator.wecom.world import World

#: Whoever holds the application can play its people.
HANDS: web.AppKey[Hands] = web.AppKey("hands", Hands)
#: Bytes; above the largest file that may be uploaded.
_LARGEST_BODY = 32 << 20

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_wecom(world: World, *, monotonic: Monotonic, patience: Patience | None = None) -> web.Application:
    """The API under /cgi-bin, the robot's connection, and the JSON interface under /sim; no page."""
    postman = Postman(world, monotonic=monotonic, patience=patience)
    line = Line(world, monotonic=monotonic)
    robot = _robot(world, line, postman.patience)
    hands, plug = Hands(world, postman, robot), RobotSocket(line)
    door, reading = Door(world, monotonic=monotonic), Reading(world)
    app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_not_possible])
    app[HANDS] = hands
    app.add_routes([web.route("*", "/cgi-bin/{path:.+}", door.answer)])
    app.add_routes([web.get(socket.PATH, plug.answer)])
    app.add_routes([*reading.routes(), *RobotReading(hands).routes()])
    for acts in (MemberActs, StaffActs, CustomerActs, OutreachActs, RobotActs, Switches):
        app.add_routes(acts(hands).routes())
    app.cleanup_ctx.append(_carrying(postman, robot.courier))
    app.on_shutdown.append(reading.close)
    app.on_shutdown.append(plug.close)
    return app


def _robot(world: World, line: Line, patience: Patience) -> RobotHands:
    courier = Courier(world, line, hold=patience.hold)
    return RobotHands(world, line, courier, spinner=patience.spinner.total_seconds())


def _carrying(postman: Postman, courier: Courier) -> Callable[[web.Application], AsyncIterator[None]]:
    async def carry(_app: web.Application) -> AsyncIterator[None]:
        await postman.start()
        yield
        await courier.stop()
        await postman.stop()

    return carry


@web.middleware
async def _not_possible(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Tell whoever plays why something cannot be done."""
    try:
        return await handler(request)
    except NotPossibleError as exc:
        return reply({"message": str(exc)}, HTTPStatus.CONFLICT)
