"""A visitor's answer to whether his device may be told apart from others."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import hdrs, web

from bot.web import cookie
from bot.web.body import BadBodyError, read_body
from bot.web.pages.landing import CARRIED, form_of
from bot.web.pages.page import page
from bot.web.pages.texts import PAGE_MISSING
from bot.web.site import Site


class Agree:
    """Takes the answer that the landing page's box sends."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        """Where it is."""
        return [web.post("/l/{slug}/cookie", self.choose)]

    async def choose(self, request: web.Request) -> web.Response:
        """He agreed, or did not; back to the page with all that its address carried."""
        slug = request.match_info["slug"]
        if form_of(self._site.company, slug) is None:
            return page(self._site, "message.html", status=404, message=PAGE_MISSING)
        try:
            sent = await read_body(request)
        except BadBodyError as exc:
            return page(self._site, "message.html", status=exc.status, message=str(exc))
        back = {key: value for key in CARRIED if isinstance(value := sent.get(key), str) and value}
        query = f"?{urlencode(back)}" if back else ""
        response = web.Response(
            status=303, headers={hdrs.LOCATION: f"/l/{slug}{query}", "Cache-Control": "no-store"}
        )
        cookie.answer(request, response, self._site.random_bytes, agreed=sent.get("choice") == "yes")
        return response
