"""The records behind an answer as a file: limited, audited, with nothing that a spreadsheet would run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from aiohttp import hdrs, web

from bot.chat import insight_links
from bot.insight.records.sheet import Cell
from bot.kit.clock import Monotonic
from bot.web import export
from bot.web.limit import Limit, Verdict
from bot.web.pages import insight_texts as texts
from bot.web.pages.insight_door import InsightDoor, Visit
from bot.web.pages.rows_look import Looked, Records
from bot.web.site import Site

MOST, PER_HOUR = 5_000, 20
_AT_ONCE = 1_000


class RowsExport:
    """Files of records."""

    def __init__(self, site: Site, door: InsightDoor, *, monotonic: Monotonic, most: int = MOST) -> None:
        self._site = site
        self._door = door
        self._records = Records(site, door)
        self._most = most
        self._limit = Limit(monotonic, most=PER_HOUR, within=3600)

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        path = f"{insight_links.ROWS}{{token}}"
        return [web.get(f"{path}/{kind}", partial(self.give, kind=kind), allow_head=False) for kind in _FILES]

    async def give(self, request: web.Request, *, kind: str) -> web.Response:
        """All of them, if they are not too many."""
        return await self._door.look(request, partial(self._given, kind=kind))

    async def _given(self, request: web.Request, visit: Visit, *, kind: str) -> web.Response:
        if self._limit.take(visit.viewer.id) is not Verdict.OPEN:
            return self._door.message(429, texts.EXPORTS_FULL)
        first = await self._records.look(visit, request.query.get("m", ""), most=_AT_ONCE)
        if not isinstance(first, Looked):
            return first
        if first.sheet is None or not first.sheet.total:
            return self._door.message(404, texts.NOTHING_TO_EXPORT)
        if first.sheet.total > self._most:
            return self._door.message(413, texts.TOO_MANY.format(most=f"{self._most:,}"))
        lines = list(first.sheet.lines)
        while len(lines) < first.sheet.total:
            more = await self._records.look(visit, first.metric.id, most=_AT_ONCE, skipped=len(lines))
            if not isinstance(more, Looked) or more.sheet is None or not more.sheet.lines:
                break
            lines += more.sheet.lines
        await self._door.note(
            visit.viewer.id, "numbers.exported", first.metric.id, rows=len(lines), file=kind
        )
        return await self._file(kind, first, lines)

    async def _file(self, kind: str, of: Looked, lines: Sequence[Sequence[Cell]]) -> web.Response:
        assert of.sheet is not None  # noqa: S101 - asked before
        zone = self._site.company.org.zone
        day = self._site.clock().astimezone(zone).date()
        name = texts.EXPORT_NAME.format(metric=of.metric.name, day=day)
        write = partial(export.as_xlsx, name=of.metric.name) if kind == "xlsx" else export.as_csv
        # Thousands of lines: not on the loop.
        body = await asyncio.to_thread(write, of.sheet.headers, lines, zone=zone)
        plain, spelled = f"rows-{of.metric.id}-{day}.{kind}", f"{quote(name)}.{kind}"
        return web.Response(
            body=body, content_type=_FILES[kind],
            headers={
                hdrs.CONTENT_DISPOSITION: f"attachment; filename=\"{plain}\"; filename*=UTF-8''{spelled}",
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
            },
        )  # fmt: skip


_FILES = {"csv": export.CSV_TYPE, "xlsx": export.XLSX_TYPE}
