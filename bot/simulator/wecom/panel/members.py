"""What a member does, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bot.simulator.wecom.codes import NotPossibleError
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.panel.acting import Act, routes, words
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
