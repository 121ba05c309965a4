"""Customers' mailboxes in the browser: reading a mail loads its pictures, as a mail program does."""

from __future__ import annotations

import aiohttp
from aiohttp import web

from bot.simulator.common.acting import Act, reply, routes
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.common.shapes import Json
from bot.simulator.mail.box import Box, Letter

_WITHIN = 10.0
_FAULTS = ("", "busy", "refused", "lost")
#: A mail may show pictures and style itself, and its links open elsewhere; nothing in it runs.
_POLICY = "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; form-action 'none'"


class MailActs:
    """What people do with their mail."""

    def __init__(self, box: Box) -> None:
        self._box = box

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {
            "mail/{id}/read": self.read,
            "mail/{id}/leave": self.leave,
            "mail/fault": self.break_,
        }
        return [
            web.get("/sim/api/mail", self.list),
            web.get("/sim/api/mail/{id}/html", self.html),
            *routes("POST", posts),
        ]

    async def list(self, _request: web.Request) -> web.Response:
        """All mail, the newest first."""
        return reply([letter.view() for letter in reversed(self._box.letters)])

    async def html(self, request: web.Request) -> web.Response:
        """The mail as its sender drew it, its links opening in another window."""
        letter = self._letter(request)
        page = letter.html or f"<pre>{_escaped(letter.text)}</pre>"
        return web.Response(
            text=page.replace("<head>", '<head><base target="_blank">', 1),
            content_type="text/html",
            charset="utf-8",
            headers={
                "Content-Security-Policy": _POLICY,
                "Referrer-Policy": "no-referrer",
                "Cache-Control": "no-store",
            },
        )

    async def read(self, request: web.Request, _body: Json) -> object:
        """Somebody opened it."""
        self._letter(request).is_read = True
        return {}

    async def leave(self, request: web.Request, _body: Json) -> object:
        """The mailbox's own button: one POST, no page (RFC 8058)."""
        letter = self._letter(request)
        if not letter.way_out:
            msg = "这封邮件没有一键退订"
            raise NotPossibleError(msg)
        timeout = aiohttp.ClientTimeout(total=_WITHIN)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(
                    letter.way_out, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False
                ) as answer,
            ):
                letter.has_left = answer.status in (200, 202)
        except (aiohttp.ClientError, TimeoutError) as exc:
            msg = "退订地址没有回应"
            raise NotPossibleError(msg) from exc
        return {"done": letter.has_left}

    async def break_(self, _request: web.Request, body: Json) -> object:
        """How the server answers from now on: `{fault}`."""
        fault = str(body.get("fault", ""))
        if fault not in _FAULTS:
            msg = "没有这种故障"
            raise NotPossibleError(msg)
        self._box.fault = fault
        return {"fault": fault}

    def _letter(self, request: web.Request) -> Letter:
        given = request.match_info["id"]
        letter = self._box.get(int(given)) if given.isascii() and given.isdigit() else None
        if letter is None:
            msg = "没有这封邮件"
            raise NotPossibleError(msg)
        return letter


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
