"""The records behind an answer: as many as it counted, with what their reader may see of each."""

from __future__ import annotations

from aiohttp import web

from bot.chat import insight_links
from bot.insight import wording
from bot.insight.records import texts as record_texts
from bot.insight.records.sheet import Sheet
from bot.web.pages import insight_texts as texts
from bot.web.pages.dashboard import rows_address
from bot.web.pages.insight_door import InsightDoor, Visit
from bot.web.pages.page import page
from bot.web.pages.row_cells import NUMBERS, shown
from bot.web.pages.rows_look import Looked, Records, page_number
from bot.web.site import Site

ON_A_PAGE = 50
KINDS = ("csv", "xlsx")


class RowsPages:
    """Pages of records."""

    def __init__(self, site: Site, door: InsightDoor) -> None:
        self._site = site
        self._door = door
        self._records = Records(site, door)

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        path = f"{insight_links.ROWS}{{token}}"
        return [web.get(path, self.show, allow_head=False), web.post(path, self._door.take)]

    async def show(self, request: web.Request) -> web.Response:
        """A page of them."""
        return await self._door.look(request, self._shown)

    async def _shown(self, request: web.Request, visit: Visit) -> web.Response:
        number = page_number(request.query.get("n", ""))
        wanted = request.query.get("m", "")
        looked = await self._records.look(visit, wanted, most=ON_A_PAGE, skipped=(number - 1) * ON_A_PAGE)
        if not isinstance(looked, Looked):
            return looked
        total = looked.sheet.total if looked.sheet else 0
        await self._door.note(
            visit.viewer.id, "numbers.rows_looked", looked.metric.id, rows=total, page=number
        )
        return self._page(visit, looked, number)

    def _page(self, visit: Visit, looked: Looked, number: int) -> web.Response:
        site, found = self._site, looked.sheet
        address = f"{visit.link.path}{visit.token}"
        chosen = f"m={looked.metric.id}"
        pages = max(1, -(-found.total // ON_A_PAGE)) if found else 1
        return page(
            site, "rows.html", words=looked.words, viewer=visit.viewer,
            lines=self._lines(visit, looked), means=wording.definition(looked.metric),
            footnotes=[line for note in looked.answered.footnotes[1:] for line in note.splitlines()],
            metrics=[
                (one.name, f"{address}?m={one.id}", one is looked.metric)
                for one in looked.query.definitions()
            ],
            columns=found.headers if found else (), numbers=NUMBERS,
            table=self._table(found) if found else (), total=found.total if found else None,
            noun=record_texts.NOUNS[found.kind.value] if found else "", not_listed=texts.NOT_LISTED,
            no_records=texts.NO_RECORDS, number=min(number, pages), pages=pages, metric=looked.metric.name,
            earlier=f"{address}?{chosen}&n={number - 1}" if number > 1 else "",
            later=f"{address}?{chosen}&n={number + 1}" if number < pages else "",
            files=_files(f"{address}/{{kind}}?{chosen}") if found and found.total else (),
        )  # fmt: skip

    def _lines(self, visit: Visit, looked: Looked) -> list[tuple[str, str]]:
        """The answer's lines, each with the address of its own records."""
        # What stands behind the lines of the answer (a sum, how many more there are) is no line of it.
        own = [looked.narrower[run[0]] if len(run) == 1 else None for run in looked.answered.told]
        padded = (*own, *(None for _ in looked.answered.lines[len(own) :]))
        return [
            (line, rows_address(self._site, visit, one) if one else "")
            for line, one in zip(looked.answered.lines, padded, strict=False)
        ]

    def _table(self, found: Sheet) -> list[list[tuple[str, str]]]:
        zone, currency = self._site.company.org.zone, self._site.company.org.currency
        return [
            [
                (header, shown(header, cell, zone=zone, currency=currency))
                for header, cell in zip(found.headers, line, strict=True)
            ]
            for line in found.lines
        ]


def _files(address: str) -> list[tuple[str, str]]:
    return [(kind, address.format(kind=kind)) for kind in KINDS]
