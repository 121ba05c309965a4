"""All pages with numbers, behind one door."""

from __future__ import annotations

from aiohttp import web

from bot.kit.clock import Monotonic
from bot.web.pages.dashboard import DashboardPages
from bot.web.pages.insight_door import InsightDoor
from bot.web.pages.journey_results import JourneyResultsPages
from bot.web.pages.journeys import JourneyPages
from bot.web.pages.rows import RowsPages
from bot.web.pages.rows_export import MOST, RowsExport
from bot.web.site import Site


class InsightPages:
    """Dashboards, results of journeys, the records behind answers, and their files."""

    def __init__(self, site: Site, *, monotonic: Monotonic, most_exported: int = MOST) -> None:
        door = InsightDoor(site, monotonic=monotonic)
        self._parts = (
            DashboardPages(site, door),
            JourneyResultsPages(site, door),
            JourneyPages(site, door),
            RowsPages(site, door),
            RowsExport(site, door, monotonic=monotonic, most=most_exported),
        )

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [route for part in self._parts for route in part.routes()]
