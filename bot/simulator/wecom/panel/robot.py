"""The smart robot's chats, over HTTP: what is to be seen, and what members do there."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from aiohttp import web

from bot.simulator.common.acting import Act, optional, reply, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.panel import views
from bot.simulator.wecom.robot import downloads
from bot.simulator.wecom.robot_model import Download


class RobotReading:
    """What changes nothing."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        return [
            web.get("/sim/api/robot", self.robot),
            web.get("/sim/api/people/{userid}/robot/{chat}/messages", self.messages),
            web.get("/sim/robot/files/{id}", self.file),
            web.get("/sim/robot/shown/{id}", self.shown),
        ]

    async def robot(self, _request: web.Request) -> web.Response:
        """The robot, its connection and its chats, with what is left of its budgets."""
        chats = [views.robot_chat(self._world, one) for one in self._world.robot.conversations.values()]
        return reply(views.robot(self._world) | {"chats": chats})

    async def messages(self, request: web.Request) -> web.Response:
        """A chat with the robot as one member sees it, oldest first; `single` is the chat of two."""
        return reply(self._hands.robot.posts(request.match_info["userid"], request.match_info["chat"]))

    async def file(self, request: web.Request) -> web.Response:
        """A file that somebody sent to the robot, encrypted, for five minutes."""
        found = downloads.find(self._world, request.match_info["id"])
        if found is None:
            raise web.HTTPNotFound
        return _file(found, found.data, "application/octet-stream")

    async def shown(self, request: web.Request) -> web.Response:
        """The same for the page, plain."""
        found = self._world.robot.downloads.get(request.match_info["id"])
        if found is None:
            raise web.HTTPNotFound
        return _file(found, found.plain, found.content_type)


class RobotActs:
    """What members do with the robot."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands.robot

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        chat = "people/{userid}/robot/{chat}"
        posts: dict[str, Act] = {
            "robot/groups": self.group,
            "people/{userid}/robot/single/enter": self.enter,
            f"{chat}/text": self.text,
            "people/{userid}/robot/single/file": self.file,
            f"{chat}/tap": self.tap,
            f"{chat}/feedback": self.feedback,
        }
        return routes("POST", posts)

    async def group(self, _request: web.Request, body: Json) -> object:
        """Make a group with the robot in it: {name, members}."""
        members = body.get("members")
        if not isinstance(members, list) or not all(isinstance(one, str) for one in members):
            msg = "members 是账号的列表"
            raise NotPossibleError(msg)
        return {"chatid": self._hands.found_group(words(body, "name"), members).id}

    async def enter(self, request: web.Request, _body: Json) -> object:
        """A member opens the chat of two."""
        return {"told": self._hands.enter(request.match_info["userid"]) is not None}

    async def text(self, request: web.Request, body: Json) -> object:
        """A member writes: {text, quote?} with the id of the message that is quoted."""
        heard = self._hands.write(
            request.match_info["userid"],
            words(body, "text"),
            chat=request.match_info["chat"],
            quote=optional(body, "quote"),
        )
        return {"to_robot": heard is not None}

    async def file(self, request: web.Request, body: Json) -> object:
        """A member sends a file in the chat of two: {kind, name, content_type, data} with base64 data."""
        try:
            data = base64.b64decode(words(body, "data"), validate=True)
        except binascii.Error:
            msg = "data 应当是 base64"
            raise NotPossibleError(msg) from None
        self._hands.send_file(
            request.match_info["userid"],
            kind=words(body, "kind"),
            name=words(body, "name"),
            content_type=optional(body, "content_type") or "application/octet-stream",
            data=data,
        )
        return {}

    async def tap(self, request: web.Request, body: Json) -> object:
        """A member taps a button of a card: {message_id, key, selected?}."""
        selected = body.get("selected") or {}
        if not isinstance(selected, Mapping):
            msg = "selected 是问题到选项的对象"
            raise NotPossibleError(msg)
        info = request.match_info
        self._hands.tap(
            info["userid"], words(body, "message_id"), words(body, "key"), selected, chat=info["chat"]
        )
        return {"card_state": "loading"}

    async def feedback(self, request: web.Request, body: Json) -> object:
        """A member judges an answer: {message_id, type} with 1 good, 2 bad, 3 taken back."""
        info = request.match_info
        self._hands.judge(
            info["userid"], words(body, "message_id"), int(body.get("type") or 0), chat=info["chat"]
        )
        return {}


def _file(found: Download, data: bytes, content_type: str) -> web.Response:
    headers = {"Content-Disposition": f'inline; filename="{found.id}"', "X-Content-Type-Options": "nosniff"}
    return web.Response(body=data, headers=headers | {"Content-Type": content_type})
