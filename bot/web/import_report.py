"""What became of each row of a file, for whoever has the address from his card."""

from __future__ import annotations

from aiohttp import web

from bot.intake.imports import report
from bot.store import import_batches
from bot.store.import_batches import REPORT
from bot.web.site import Site

_PAGE = 5_000
#: Rows of one report; a longer one is read on the command line.
_MOST = 100_000


class ImportReport:
    """The route."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [web.get("/imports/{batch}/{mac}.csv", self.csv)]

    async def csv(self, request: web.Request) -> web.Response:
        """The trial's report while it waits for a word, else what really became of the rows."""
        batch_id, mac = request.match_info["batch"], request.match_info["mac"]
        if not report.opens(self._site.vault, batch_id, mac):
            raise web.HTTPNotFound
        async with self._site.store.read() as tx:
            data = await import_batches.file(tx, self._site.vault, batch_id, REPORT)
            lines: list[report.Line] = []
            while data is None and len(lines) < _MOST:
                after = lines[-1].row if lines else 0
                rows = await import_batches.rows_after(tx, batch_id, after, most=_PAGE)
                if not rows:
                    break
                lines += map(report.line_of, rows)
        headers = {
            "Content-Disposition": f'attachment; filename="{batch_id}.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        body = report.as_csv(lines) if data is None else data
        return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)
