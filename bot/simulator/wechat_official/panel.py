"""What customers do with the official account, over HTTP."""

from __future__ import annotations

import hashlib

from aiohttp import web

from bot.simulator.wechat_official.account import OfficialAccount


class FollowerActs:
    """Scanning a code of the account, and leaving it."""

    def __init__(self, account: OfficialAccount) -> None:
        self._account = account

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        return [
            web.post("/sim/api/wechat/customers/{id}/scan", self.scan),
            web.post("/sim/api/wechat/customers/{id}/leave", self.leave),
        ]

    async def scan(self, request: web.Request) -> web.Response:
        """A customer scans a code, given by its scene: `{scene}`."""
        body = await request.json()
        scene = str(body.get("scene") or "")
        if not self._account.settings.callback_url:
            return web.json_response({"message": "没有接公众号"}, status=409)
        taken = await self._account.scan(open_id_of(request.match_info["id"]), scene)
        return web.json_response({"followed": True, "taken": taken})

    async def leave(self, request: web.Request) -> web.Response:
        """A customer follows no more."""
        taken = await self._account.leave(open_id_of(request.match_info["id"]))
        return web.json_response({"followed": False, "taken": taken})


def open_id_of(customer_id: str) -> str:
    """How the account knows a customer: by another id than WeCom does."""
    return "o" + hashlib.sha256(customer_id.encode()).hexdigest()[:27]
