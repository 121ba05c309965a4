"""Tracked links, pixels, and the way out: `/r/{token}`, `/o/{token}.gif`, `/u/{token}`.

Nothing here changes on a GET but what is noted of it: scanners fetch every address of a mail.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import hdrs, web

from bot.errors import StoreBusyError
from bot.intake import responding
from bot.kit.clock import Monotonic
from bot.rules import content_links
from bot.rules.content_links import Named
from bot.store import Tx, consents, touch_texts
from bot.store.desk import Desk
from bot.store.touch_texts import Said
from bot.touch import agreed
from bot.web.body import read_bytes
from bot.web.limit import Limit, Verdict, sender
from bot.web.pages.page import page
from bot.web.pages.texts import PAGE_BUSY, PAGE_MISSING
from bot.web.site import Site

_log = structlog.get_logger()
_GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_HEADERS = {
    "Cache-Control": "no-store, max-age=0",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
#: Requests from one address in a minute that are written down; it is answered all the same.
_MOST, _MINUTE = 240, 60.0
_MOST_TOKEN = 400
_ONE_CLICK = (b"List-Unsubscribe", b"One-Click")
_HOW_BUTTON, _HOW_MAIL = "点了退订页上的“退订”", "在邮箱里点了“退订”"


class Links:
    """What stands in messages to customers."""

    def __init__(self, site: Site, *, monotonic: Monotonic) -> None:
        self._site = site
        self._limit = Limit(monotonic, most=_MOST, within=_MINUTE)

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [
            web.get("/r/{token}", self.follow, allow_head=False),
            web.head("/r/{token}", self.follow),
            web.get("/o/{token}.gif", self.show_pixel, allow_head=False),
            web.head("/o/{token}.gif", self.show_pixel),
            web.get("/u/{token}", self.ask, allow_head=True),
            web.post("/u/{token}", self.leave),
        ]

    async def follow(self, request: web.Request) -> web.Response:
        """Lead on to where the link leads, and note that it was asked for."""
        named = content_links.read_link(self._site.vault, _token(request))
        found = await self._found(named)
        if named is None or found is None or found[1] is None:
            return page(self._site, "message.html", status=404, message=PAGE_MISSING)
        said, url = found
        await self._note(
            request, said, lambda desk, agent, is_head: responding.clicked(
                desk, said, named.link_id, agent=agent, is_head=is_head
            ),
        )  # fmt: skip
        return web.Response(status=302, headers={**_HEADERS, hdrs.LOCATION: str(url)})

    async def show_pixel(self, request: web.Request) -> web.Response:
        """The picture, always the same; whoever asks for one that is none of ours gets it too."""
        found = await self._found(content_links.read_pixel(self._site.vault, _token(request)))
        if found is not None:
            said = found[0]
            await self._note(
                request, said,
                lambda desk, agent, is_head: responding.opened(desk, said, agent=agent, is_head=is_head),
            )  # fmt: skip
        return web.Response(body=_GIF, content_type="image/gif", headers=_HEADERS)

    async def ask(self, request: web.Request) -> web.Response:
        """A page with one button, unless he has left already; nothing happens by looking."""
        found = await self._found(content_links.read_unsubscribe(self._site.vault, _token(request)))
        if found is None:
            return page(self._site, "message.html", status=404, message=PAGE_MISSING)
        return page(self._site, "unsubscribe.html", done=await self._has_left(found[0]))

    async def leave(self, request: web.Request) -> web.Response:
        """He wants no more: at once, whether by the page or by his mailbox (RFC 8058)."""
        found = await self._found(content_links.read_unsubscribe(self._site.vault, _token(request)))
        if found is None:
            return page(self._site, "message.html", status=404, message=PAGE_MISSING)
        said = found[0]
        how = _HOW_MAIL if await _is_one_click(request) else _HOW_BUTTON

        async def unit(tx: Tx) -> None:
            await responding.unsubscribed(self._site.desk(tx), said, how=how)

        try:
            await self._site.write(unit, lane_key=f"lead:{said.lead_id}")
        except StoreBusyError:
            return page(
                self._site, "message.html", status=503, message=PAGE_BUSY, headers={"Retry-After": "2"}
            )
        self._site.wake()
        return page(self._site, "unsubscribe.html", done=True)

    async def _has_left(self, said: Said) -> bool:
        """As it is now: who has agreed again since gets the button again."""
        async with self._site.store.read() as tx:
            words = await consents.all_of(tx, said.lead_id)
        return agreed.is_closed(words) or agreed.by_channel(words, [said.channel]).get(said.channel) is False

    async def _found(self, named: Named | None) -> tuple[Said, str | None] | None:
        if named is None:
            return None
        async with self._site.store.read() as tx:
            said = await touch_texts.said(tx, named.touch_id)
            if said is None:
                return None
            url = await touch_texts.leads_to(self._site.desk(tx), named.link_id) if named.link_id else None
            return said, url

    async def _note(
        self, request: web.Request, said: Said, told: Callable[[Desk, str, bool], Awaitable[object]]
    ) -> None:
        """Write it down; what cannot be is logged, and the reader gets on all the same."""
        if self._limit.take(sender(request)) is not Verdict.OPEN:
            _log.warning("touch.response_not_noted", touch=said.touch_id, why="too_often")
            return
        agent, is_head = request.headers.get(hdrs.USER_AGENT, "")[:500], request.method == hdrs.METH_HEAD

        async def unit(tx: Tx) -> None:
            await told(self._site.desk(tx), agent, is_head)

        lane_key = f"lead:{said.lead_id}" if said.lead_id else said.touch_id
        try:
            await self._site.write(unit, lane_key=lane_key)
        except StoreBusyError:
            _log.warning("touch.response_not_noted", touch=said.touch_id, why="busy")
        else:
            self._site.wake()


def _token(request: web.Request) -> str:
    token = request.match_info["token"]
    return token if len(token) <= _MOST_TOKEN else ""


async def _is_one_click(request: web.Request) -> bool:
    """Whether a mailbox did it for its owner, as RFC 8058 spells it; whatever its body is, he leaves."""
    try:
        body = await read_bytes(request)
    except Exception:  # noqa: BLE001 - broken off, packed wrongly: nothing in it is needed
        return False
    return all(word in body for word in _ONE_CLICK)
