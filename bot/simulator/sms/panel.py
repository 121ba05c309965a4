"""Customers' phones in the browser: reading SMS and answering them."""

from __future__ import annotations

from aiohttp import web

from bot.simulator.common.acting import Act, reply, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.common.shapes import Json
from bot.simulator.sms.phones import Phones

_FAULTS = ("", "busy", "refused", "lost")


class SmsActs:
    """What people do with their phones."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {"sms/reply": self.answer, "sms/fault": self.break_}
        return [web.get("/sim/api/sms", self.list), *routes("POST", posts)]

    async def list(self, _request: web.Request) -> web.Response:
        """All SMS, in order."""
        return reply([one.view() for one in self._phones.messages])

    async def answer(self, _request: web.Request, body: Json) -> object:
        """A customer answers: `{phone, text}`."""
        phone = words(body, "phone")
        if not any(one.phone == phone for one in self._phones.messages):
            msg = "这个号码没有收到过短信"
            raise NotPossibleError(msg)
        return self._phones.answer(phone, words(body, "text")[:200]).view()

    async def break_(self, _request: web.Request, body: Json) -> object:
        """How the provider answers from now on: `{fault}`."""
        fault = str(body.get("fault", ""))
        if fault not in _FAULTS:
            msg = "没有这种故障"
            raise NotPossibleError(msg)
        self._phones.fault = fault
        return {"fault": fault}
