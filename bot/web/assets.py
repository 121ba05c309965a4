"""Files that colleagues pass on: `/f/{token}`, always as they are now."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import hdrs, web

from bot.crm.company.assets import KINDS
from bot.rules import asset_links
from bot.web.pages.page import page
from bot.web.pages.texts import PAGE_MISSING
from bot.web.site import Site

_SHOWN = frozenset((".pdf", ".png", ".jpg", ".mp4"))
_HEADERS = {
    "Cache-Control": "private, max-age=300",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


class Assets:
    """The files of config/assets."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [web.get(f"{asset_links.PATH}/{{token}}", self.give)]

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Show it, or have it saved; one that is over or gone is not there."""
        company, token = self._site.company, request.match_info["token"]
        key = asset_links.read(company, self._site.vault, token) if token.isascii() else None
        asset = None if key is None else company.assets[key]
        today = self._site.clock().astimezone(company.org.zone).date()
        if asset is None or asset.file is None or asset.is_over(today):
            return page(self._site, "message.html", status=404, message=PAGE_MISSING)
        path = company.assets_at / asset.file
        if not path.is_file():
            return page(self._site, "message.html", status=404, message=PAGE_MISSING)
        how = "inline" if asset.kind in _SHOWN else "attachment"
        named = f"{how}; filename*=UTF-8''{quote(asset.name + asset.kind)}"
        headers = {**_HEADERS, hdrs.CONTENT_DISPOSITION: named, hdrs.CONTENT_TYPE: KINDS[asset.kind]}
        return web.FileResponse(path, headers=headers)
