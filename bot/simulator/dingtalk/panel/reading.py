"""GET /sim/api/dingtalk/…: what is to be seen; the events come over the page's one stream."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from bot.simulator.common.acting import reply
from bot.simulator.dingtalk import views
from bot.simulator.dingtalk.faults import KINDS, TEXTS
from bot.simulator.dingtalk.hands import Hands
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.world import World

ROOT = "/sim/api/dingtalk"


class Reading:
    """The pages of the JSON interface that change nothing."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        return [
            web.get(f"{ROOT}/world", self.world),
            web.get(f"{ROOT}/people/{{userid}}/messages", self.messages),
            web.get(f"{ROOT}/people/{{userid}}/groups/{{id}}/messages", self.group_messages),
            web.get(f"{ROOT}/people/{{userid}}/todos", self.todos),
            web.get("/sim/dingtalk/media/{id}", self.media),
        ]

    async def world(self, _request: web.Request) -> web.Response:
        """App, people, groups, quotas, connections, faults."""
        return reply(overview(self._world))

    async def messages(self, request: web.Request) -> web.Response:
        """A member's chat with the robot, oldest first; opening it reads his work notices."""
        userid = request.match_info["userid"]
        person = self._hands.members.find(userid)
        self._hands.members.read_notices(userid)
        return reply([views.entry(self._world, one, userid) for one in person.entries])

    async def group_messages(self, request: web.Request) -> web.Response:
        """A group as one member sees it, oldest first."""
        userid = request.match_info["userid"]
        group = self._hands.members.group(request.match_info["id"], userid)
        return reply([views.entry(self._world, one, userid) for one in group.entries])

    async def todos(self, request: web.Request) -> web.Response:
        """A member's to-dos, youngest first."""
        person = self._hands.members.find(request.match_info["userid"])
        mine = [one for one in self._world.todos.values() if person.unionid in one.executors]
        return reply([views.todo(one, person) for one in reversed(mine)])

    async def media(self, request: web.Request) -> web.Response:
        """A file that was uploaded or sent."""
        found = self._world.media.get("@" + request.match_info["id"])
        if found is None:
            raise web.HTTPNotFound
        headers = {"Content-Type": found.content_type, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=found.data, headers=headers)


def overview(world: World) -> Json:
    """The world as the page lists it."""
    app, quotas = world.app, world.quotas
    return {
        "app": {"name": app.name, "client_id": app.client_id, "mode": app.mode},
        "people": [views.person(world, one) for one in world.people.values()],
        "groups": [views.group(world, one) for one in world.groups.values() if not one.disbanded],
        "connections": world.connections,
        "opened": world.opened,
        "quota": {
            "api": quotas.api_calls, "api_most": quotas.most_api_calls,
            "pushes": quotas.pushes, "pushes_most": quotas.most_pushes,
        },
        "faults": faults(world),
    }  # fmt: skip


def faults(world: World) -> list[Json]:
    """Every kind of fault with its words, on or off."""
    active = world.faults.active
    return [
        {"kind": kind, "text": text, "on": kind in active}
        | asdict(TEXTS[kind])
        | (asdict(active[kind]) if kind in active else {})
        for kind, text in KINDS.items()
    ]
