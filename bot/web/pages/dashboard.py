"""A dashboard for each role, opened from the chat: numbers as the chat says them, meanings a tap away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from aiohttp import web

from bot.chat import insight_links
from bot.crm.listing import TaskLine
from bot.crm.query import Query
from bot.crm.spoken import say_moment, say_span
from bot.crm.user import Role, User
from bot.insight import wording
from bot.insight.ask.echo import echo
from bot.insight.boards.board import KPI, Board, Span, board_of, kpi_of, scope_words
from bot.insight.boards.reading import Drawn, Part, Reading, Tile, read_board
from bot.store.reads.my_tasks import MyTasks, my_tasks
from bot.web.pages import insight_texts as texts
from bot.web.pages.insight_door import InsightDoor, Visit
from bot.web.pages.insight_pictures import picture
from bot.web.pages.page import page
from bot.web.site import Site

#: The other page under the same link: key indicators alone.
_KPI = "kpi"
_TASKS = 8


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look shows."""

    reading: Reading
    parts: tuple[Part, ...]
    day: MyTasks | None


class DashboardPages:
    """Dashboards."""

    def __init__(self, site: Site, door: InsightDoor) -> None:
        self._site = site
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        path = f"{insight_links.BOARD}{{token}}"
        return [web.get(path, self.show, allow_head=False), web.post(path, self._door.take)]

    async def show(self, request: web.Request) -> web.Response:
        """The page, in the period that was chosen."""
        return await self._door.look(request, self._shown)

    async def _shown(self, request: web.Request, visit: Visit) -> web.Response:
        is_kpi = request.query.get("v", "") == _KPI
        board = (kpi_of if is_kpi else board_of)(visit.viewer)
        if board is None:
            await self._door.note(visit.viewer.id, "numbers.refused", "board")
            return self._door.message(403, _why_not(visit.viewer))
        span = _span(request.query.get("p", ""))
        async with self._site.store.read() as tx:
            reading = Reading(self._site.desk(tx), visit.viewer, await self._door.people(tx), span)
            parts = await read_board(reading, board)
            day = await my_tasks(reading.desk, visit.viewer.id, number=1) if board.has_day else None
        await self._door.note(visit.viewer.id, "numbers.looked", "board", span=span.value)
        return self._page(visit, board, _Seen(reading, parts, day))

    def _page(self, visit: Visit, board: Board, seen: _Seen) -> web.Response:
        reading, zone = seen.reading, self._site.company.org.zone
        now = reading.desk.now.astimezone(zone)
        address, chosen = f"{visit.link.path}{visit.token}", f"p={reading.span.value}"
        is_kpi = board.title == KPI
        switch = [
            (said, f"{address}?p={span.value}{'&v=' + _KPI if is_kpi else ''}", span is reading.span)
            for span, said in texts.SPANS.items()
        ]
        tabs = [
            (texts.BOARD, f"{address}?{chosen}", not is_kpi),
            (KPI, f"{address}?{chosen}&v={_KPI}", is_kpi),
        ]
        return page(
            self._site, "dashboard.html", board=board, viewer=visit.viewer, scope=scope_words(visit.viewer),
            switch=switch, tabs=tabs, days=texts.days(reading.period, reading.today),
            before=f"{texts.BEFORE[reading.span]} {texts.dates(reading.before)}", as_of=texts.as_of(now),
            parts=[self._part(visit, reading, part) for part in seen.parts],
            day=None if seen.day is None else _day(seen.day, reading.desk.now, self._site),
        )  # fmt: skip

    def _part(self, visit: Visit, reading: Reading, part: Part) -> dict[str, Any]:
        return {
            "title": part.section.title,
            "hint": part.section.hint,
            "missing": part.missing,
            "tiles": [self._tile(visit, reading, one) for one in part.tiles],
            "pictures": [self._drawn(visit, reading, one) for one in part.drawn if one.chart],
            "empty": "".join(f"「{one.cut.title}」" for one in part.drawn if not one.chart),
        }

    def _tile(self, visit: Visit, reading: Reading, one: Tile) -> dict[str, Any]:
        return {
            "id": one.metric.id, "name": one.metric.name, "value": one.value, "base": one.base,
            "before": one.before, "change": one.change, "good": one.good, "share": one.share,
            "is_now": one.metric.is_snapshot, "means": wording.definition(one.metric),
            "asks": echo(one.query, reading.lexicon), "rows": self._rows(visit, one.query),
        }  # fmt: skip

    def _drawn(self, visit: Visit, reading: Reading, one: Drawn) -> dict[str, Any]:
        return {
            "title": one.cut.title, "svg": picture(one.chart), "lines": one.lines,
            "means": wording.definition(one.metric), "asks": echo(one.query, reading.lexicon),
            "rows": self._rows(visit, one.query),
        }  # fmt: skip

    def _rows(self, visit: Visit, query: Query) -> str:
        return rows_address(self._site, visit, query)


def rows_address(site: Site, visit: Visit, query: Query) -> str:
    """Where the records behind a question on his page are; good as long as the page itself."""
    link = visit.link_to(orjson.dumps(query.to_json()).decode())
    token = insight_links.spell(site.vault, link)
    return f"{link.path}{token}" if len(token) <= insight_links.LONGEST else ""


def _span(said: str) -> Span:
    return Span(said) if said in set(Span) else Span.MONTH


def _why_not(viewer: User) -> str:
    return texts.NO_NUMBERS if viewer.role is Role.ADMIN else texts.NO_REGION


def _day(day: MyTasks, now: datetime, site: Site) -> dict[str, Any]:
    zone = site.company.org.zone
    today = now.astimezone(zone).date()
    lines = [_task(line, now, zone, today) for line in day.page.items[:_TASKS]]
    return {"lines": lines, "total": day.page.total, "overdue": day.overdue}


def _task(line: TaskLine, now: datetime, zone: Any, today: date) -> dict[str, Any]:  # noqa: ANN401 - a time zone
    task, is_late = line.task, line.task.is_overdue(now)
    due = (
        f"逾期 {say_span(now - task.due_at)}"
        if is_late
        else say_moment(task.due_at, now=now, zone=zone, whole_day=task.whole_day)
    )
    return {
        "id": task.id, "title": task.title, "due": due,
        "about": "" if line.about in task.title else line.about, "is_late": is_late,
        "is_urgent": task.is_urgent, "is_today": task.due_at.astimezone(zone).date() == today,
    }  # fmt: skip
