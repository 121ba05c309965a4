"""What a member does, over HTTP."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from aiohttp import web

from bot.simulator.common.acting import Act, optional, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.taps import url_of


class MemberActs:
    """Writing, tapping, the menu."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {
            "people/{userid}/text": self.text,
            "people/{userid}/send": self.send,
            "people/{userid}/file": self.file,
            "people/{userid}/tap": self.tap,
            "people/{userid}/menu": self.menu,
            "people/{userid}/enter": self.enter,
        }
        return routes("POST", posts)

    async def text(self, request: web.Request, body: Json) -> object:
        """A member writes."""
        self._hands.members.write(request.match_info["userid"], words(body, "text"))
        return {}

    async def send(self, request: web.Request, body: Json) -> object:
        """A member sends something else: {kind, fields} with the XML's own element names."""
        fields = body.get("fields") or {}
        if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
            msg = "fields 是元素名到文本的对象"
            raise NotPossibleError(msg)
        self._hands.members.send(request.match_info["userid"], words(body, "kind"), fields)
        return {}

    async def file(self, request: web.Request, body: Json) -> object:
        """A member sends a file: {kind, name, content_type, data} with base64 data."""
        try:
            data = base64.b64decode(words(body, "data"), validate=True)
        except binascii.Error:
            msg = "data 应当是 base64"
            raise NotPossibleError(msg) from None
        try:
            self._hands.members.send_file(
                request.match_info["userid"], kind=words(body, "kind"), name=words(body, "name"),
                content_type=optional(body, "content_type") or "application/octet-stream", data=data,
            )  # fmt: skip
        except RefusedError as exc:
            raise NotPossibleError(str(exc)) from exc
        return {}

    async def tap(self, request: web.Request, body: Json) -> object:
        """A member taps; a button that only opens a page gives its url."""
        userid, message_id, key = (
            request.match_info["userid"],
            words(body, "message_id"),
            words(body, "key"),
        )
        url = url_of(self._hands.members.find(userid), message_id, key)
        if url:
            return {"url": url}
        selected = body.get("selected") or {}
        if not isinstance(selected, Mapping):
            msg = "selected 是问题到选项的对象"
            raise NotPossibleError(msg)
        self._hands.members.tap(userid, message_id, key, selected)
        return {"card_state": "loading"}

    async def menu(self, request: web.Request, body: Json) -> object:
        """A member presses a menu button."""
        self._hands.members.press_menu(request.match_info["userid"], words(body, "key"))
        return {}

    async def enter(self, request: web.Request, _body: Json) -> object:
        """A member opens the app."""
        self._hands.members.enter(request.match_info["userid"])
        return {}
