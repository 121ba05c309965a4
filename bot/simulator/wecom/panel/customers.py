"""What customers do, and members with them, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from bot.simulator.common.acting import Act, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.api.contact_way import LINK
from bot.simulator.wecom.company import new_customer
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import ContactWay, Json
from bot.simulator.wecom.panel import views

#: Bytes of the channel behind a link.
_MOST_CHANNEL = 64


class CustomerActs:
    """Scanning, writing, parting."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {
            "customers": self.new_customer,
            "customers/{id}/scan": self.scan,
            "customers/{id}/confirm": self.confirm,
            "customers/{id}/text": self.customer_text,
            "customers/{id}/delete": self.leave_member,
            "people/{userid}/customers/{id}/delete": self.remove_customer,
            "people/{userid}/customers/{id}/remark": self.remark_customer,
        }
        return routes("POST", posts)

    async def new_customer(self, _request: web.Request, body: Json) -> object:
        """Somebody new on WeChat."""
        customer = new_customer(self._world, words(body, "name"))
        self._world.bus.publish({"type": "world"})
        return views.customer(self._world, customer)

    async def scan(self, request: web.Request, body: Json) -> object:
        """A customer scans a code, given by its url or config_id: {…, user?, half?}."""
        way = self._way(body)
        user = body.get("user") or None
        half = bool(body.get("half"))
        follow = self._hands.customers.scan(request.match_info["id"], way, userid=user, half=half)
        name = views.name_of(self._world, follow.userid)
        return {"userid": follow.userid, "name": name, "confirmed": follow.confirmed}

    async def confirm(self, request: web.Request, body: Json) -> object:
        """A member accepts a waiting customer."""
        self._hands.customers.confirm(request.match_info["id"], words(body, "userid"))
        return {}

    async def customer_text(self, request: web.Request, body: Json) -> object:
        """A customer writes to a member."""
        self._hands.customers.say(request.match_info["id"], words(body, "userid"), words(body, "text"))
        return {}

    async def leave_member(self, request: web.Request, body: Json) -> object:
        """A customer deletes a member."""
        self._hands.customers.leave(request.match_info["id"], words(body, "userid"))
        return {}

    async def remove_customer(self, request: web.Request, _body: Json) -> object:
        """A member deletes a customer."""
        info = request.match_info
        self._hands.customers.removed_by_member(info["id"], info["userid"])
        return {}

    async def remark_customer(self, request: web.Request, body: Json) -> object:
        """A member writes a remark on a customer."""
        info = request.match_info
        self._hands.customers.remarked_by_member(info["id"], info["userid"], words(body, "remark"))
        return {}

    def _way(self, body: Json) -> ContactWay:
        given = str(body.get("config_id") or body.get("url") or "")
        channel = parse_qs(urlsplit(given).query).get("customer_channel", [""])[0]
        config_id = given.split("?", maxsplit=1)[0].rsplit("/", 1)[-1].removesuffix(".png")
        way = self._world.ways.get(config_id)
        if way is None:
            msg = "这不是「联系我」二维码，或者它已经删除"
            raise NotPossibleError(msg)
        if way.scene == LINK:
            # The platform cuts what is longer, and says nothing.
            state = channel.encode()[:_MOST_CHANNEL].decode(errors="ignore")
            return replace(way, state=state)
        return way
