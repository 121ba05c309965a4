"""What customers do with the official account, over HTTP."""

from __future__ import annotations

from aiohttp import web

from bot.simulator.common.acting import Act, reply, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.common.shapes import Json
from bot.simulator.common.weixin_door import FAULTS, Door
from bot.simulator.wechat_official.account import OfficialAccount


class FollowerActs:
    """Scanning a code of the account, following, writing, allowing, and leaving it."""

    def __init__(self, account: OfficialAccount, door: Door | None = None) -> None:
        self._account = account
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {
            "wechat/customers/{id}/scan": self.scan,
            "wechat/customers/{id}/leave": self.leave,
            "wechat/customers/{id}/text": self.write,
            "wechat/customers/{id}/menu": self.menu,
            "wechat/customers/{id}/allow": self.allow,
            "wechat/customers/{id}/disallow": self.disallow,
            "wechat/customers/{id}/block": self.block,
            "wechat/fault": self.break_,
        }
        return [web.get("/sim/api/wechat/customers/{id}", self.show), *routes("POST", posts)]

    async def show(self, request: web.Request) -> web.Response:
        """What he got, and what he lets the account send him."""
        person = self._account.people.of_customer(request.match_info["id"])
        notices = [{"id": key, "title": one.title} for key, one in self._account.notices.items()]
        is_on = bool(self._account.settings.callback_url)
        return reply({**self._account.people.view(person), "notices": notices, "on": is_on})

    async def scan(self, request: web.Request, body: Json) -> object:
        """A customer scans a code, given by its scene, or just follows: `{scene}`."""
        scene = str(body.get("scene") or "")
        taken = await self._account.scan(self._who(request), scene)
        return {"followed": True, "taken": taken}

    async def leave(self, request: web.Request, _body: Json) -> object:
        """A customer follows no more."""
        return {"followed": False, "taken": await self._account.leave(self._who(request))}

    async def write(self, request: web.Request, body: Json) -> object:
        """A customer writes: `{text}`."""
        return {"taken": await self._account.write(self._who(request), words(body, "text")[:600])}

    async def menu(self, request: web.Request, body: Json) -> object:
        """A customer taps the menu: `{key}`."""
        key = str(body.get("key") or "menu")
        return {"taken": await self._account.tap_menu(self._who(request), key)}

    async def allow(self, request: web.Request, body: Json) -> object:
        """A customer answers the box of a template: `{template, accept}`."""
        answers = {words(body, "template"): body.get("accept") is not False}
        return {"taken": await self._account.allow(self._who(request), answers)}

    async def disallow(self, request: web.Request, body: Json) -> object:
        """A customer takes back what he allowed: `{template}`."""
        return {"taken": await self._account.disallow(self._who(request), words(body, "template"))}

    async def block(self, request: web.Request, body: Json) -> object:
        """A customer shuts the account's messages out, or lets them in: `{on}`."""
        person = self._account.people.get(self._who(request))
        person.blocks = body.get("on") is not False
        self._account.people.changed()
        return {"blocks": person.blocks}

    async def break_(self, _request: web.Request, body: Json) -> object:
        """How the platform answers from now on: `{fault}`."""
        fault = str(body.get("fault", ""))
        if fault not in FAULTS or self._door is None:
            msg = "没有这种故障"
            raise NotPossibleError(msg)
        self._door.fault = fault
        return {"fault": fault}

    def _who(self, request: web.Request) -> str:
        if not self._account.settings.callback_url:
            msg = "没有接公众号"
            raise NotPossibleError(msg)
        return self._account.people.of_customer(request.match_info["id"]).open_id
