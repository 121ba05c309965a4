"""What customers do with the mini-program, over HTTP."""

from __future__ import annotations

import aiohttp
from aiohttp import web

from bot.simulator.common.acting import Act, reply, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.common.shapes import Json
from bot.simulator.mini_program.program import MiniProgram

_WITHIN = 5.0


class MiniProgramActs:
    """Opening it, writing there, allowing messages."""

    def __init__(self, program: MiniProgram, open_url: str = "") -> None:
        self._program = program
        #: Where the mini-program's own code tells the company's server that somebody opened it.
        self._open_url = open_url

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {
            "mini/customers/{id}/open": self.open,
            "mini/customers/{id}/enter": self.enter,
            "mini/customers/{id}/text": self.write,
            "mini/customers/{id}/allow": self.allow,
            "mini/customers/{id}/disallow": self.disallow,
        }
        return [web.get("/sim/api/mini/customers/{id}", self.show), *routes("POST", posts)]

    async def show(self, request: web.Request) -> web.Response:
        """What he got, and what he lets it send him."""
        person = self._program.people.of_customer(request.match_info["id"])
        notices = [{"id": key, "title": one.title} for key, one in self._program.templates.items()]
        is_on = bool(self._program.pusher.settings.callback_url)
        return reply({**self._program.people.view(person), "notices": notices, "on": is_on})

    async def open(self, request: web.Request, _body: Json) -> object:
        """A customer opens it: its code logs in, and tells the company's server."""
        person = self._program.people.get(self._who(request))
        person.follows = True
        self._program.people.changed()
        code = self._program.login(person.open_id)
        timeout = aiohttp.ClientTimeout(total=_WITHIN)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(self._open_url, json={"code": code}) as answer,
            ):
                return {"taken": answer.ok}
        except (aiohttp.ClientError, TimeoutError):
            return {"taken": False}

    async def enter(self, request: web.Request, _body: Json) -> object:
        """A customer opens the conversation."""
        return {"taken": await self._program.enter(self._who(request))}

    async def write(self, request: web.Request, body: Json) -> object:
        """A customer writes: `{text}`."""
        return {"taken": await self._program.write(self._who(request), words(body, "text")[:600])}

    async def allow(self, request: web.Request, body: Json) -> object:
        """A customer answers the box of a template: `{template, accept}`."""
        answers = {words(body, "template"): body.get("accept") is not False}
        return {"taken": await self._program.allow(self._who(request), answers)}

    async def disallow(self, request: web.Request, body: Json) -> object:
        """A customer takes back what he allowed: `{template}`."""
        return {"taken": await self._program.disallow(self._who(request), words(body, "template"))}

    def _who(self, request: web.Request) -> str:
        if not self._program.pusher.settings.callback_url:
            msg = "没有接小程序"
            raise NotPossibleError(msg)
        return self._program.people.of_customer(request.match_info["id"]).open_id
