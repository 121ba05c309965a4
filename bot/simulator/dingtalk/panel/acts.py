"""What people and the admin do, over HTTP."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from aiohttp import web

from bot.simulator.common.acting import Act, optional, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.dingtalk import company
from bot.simulator.dingtalk.hands import Hands
from bot.simulator.dingtalk.model import ROOT_DEPARTMENT, Json
from bot.simulator.dingtalk.panel import reading


class Acts:
    """Writing, tapping, joining, leaving, switching."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    def routes(self) -> list[web.RouteDef]:
        """Paths under /sim/api and what answers them."""
        posts: dict[str, Act] = {
            "dingtalk/people/{userid}/text": self.text,
            "dingtalk/people/{userid}/file": self.file,
            "dingtalk/people/{userid}/tap": self.tap,
            "dingtalk/people": self.hire,
            "dingtalk/groups": self.group,
            "dingtalk/faults": self.faults,
        }
        return [*routes("POST", posts), *routes("DELETE", {"dingtalk/people/{userid}": self.dismiss})]

    async def text(self, request: web.Request, body: Json) -> object:
        """A member writes: {text, group?}."""
        userid, group = request.match_info["userid"], optional(body, "group") or ""
        told = self._hands.members.write(userid, words(body, "text"), group_id=group)
        return {"to_robot": told is not None}

    async def file(self, request: web.Request, body: Json) -> object:
        """A member sends a file: {kind, name, content_type, data} with base64 data."""
        try:
            data = base64.b64decode(words(body, "data"), validate=True)
        except binascii.Error:
            msg = "data 应当是 base64"
            raise NotPossibleError(msg) from None
        kind = optional(body, "content_type") or "application/octet-stream"
        self._hands.members.send_file(
            request.match_info["userid"],
            kind=words(body, "kind"),
            name=words(body, "name"),
            content_type=kind,
            data=data,
        )
        return {}

    async def tap(self, request: web.Request, body: Json) -> object:
        """A member taps a card: {message_id, key, selected?, group?}."""
        selected = body.get("selected") or {}
        if not isinstance(selected, Mapping):
            msg = "selected 是问题到选项的对象"
            raise NotPossibleError(msg)
        self._hands.members.tap(
            request.match_info["userid"], words(body, "message_id"), words(body, "key"), selected,
            group_id=optional(body, "group") or "",
        )  # fmt: skip
        return {"card_state": "loading"}

    async def hire(self, _request: web.Request, body: Json) -> object:
        """Somebody joins: {name, userid, department_id?, mobile?}."""
        self._hands.admin.hire(
            words(body, "name"), userid=words(body, "userid"),
            department_id=int(body.get("department_id") or ROOT_DEPARTMENT),
            mobile=optional(body, "mobile") or "",
        )  # fmt: skip
        return {}

    async def dismiss(self, request: web.Request, _body: Json) -> object:
        """Somebody leaves."""
        self._hands.admin.dismiss(request.match_info["userid"])
        return {}

    async def group(self, _request: web.Request, body: Json) -> object:
        """Make a group with the robot in it: {name, members}."""
        members = [self._hands.members.find(str(one)).userid for one in body.get("members") or []]
        group = company.found_group(self._world, words(body, "name"), members)
        self._world.tell_world()
        return {"id": group.id}

    async def faults(self, _request: web.Request, body: Json) -> object:
        """Switch faults; those not named stay as they are."""
        self._world.faults.set_from(body)
        return reading.faults(self._world)
