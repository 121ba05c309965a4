"""`POST /callback/sms/{provider}/{secret}`: receipts and replies, each address but ours an empty 401."""

from __future__ import annotations

from aiohttp import web

from bot.web.callbacks import Callbacks


class SmsCallback:
    """Gives what comes to the caller, which knows its own address."""

    def __init__(self, callbacks: Callbacks | None) -> None:
        #: None while there is no SMS provider.
        self._callbacks = callbacks

    def routes(self) -> list[web.RouteDef]:
        """Where it is."""
        return [web.post("/callback/sms/{provider}/{secret}", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """Kept and committed, then answered as the provider wants it."""
        if self._callbacks is None:
            return web.Response(status=401)
        path = f"{request.match_info['provider']}/{request.match_info['secret']}"
        return await self._callbacks.receive(request, path=path)
