"""What a journey brought, as a page: the whole, arms of experiments, every step; by version."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.chat import insight_links
from bot.insight.results import words
from bot.insight.results.compare import Compared, Line, Verdict
from bot.insight.results.report import Node, Report, report
from bot.insight.results.rights import region_of
from bot.insight.results.spoken import fields
from bot.journeys.outline import ALL, outline_of
from bot.store import journeys
from bot.web.pages import insight_texts as texts
from bot.web.pages import results_texts as said
from bot.web.pages.insight_door import InsightDoor, Visit
from bot.web.pages.page import page
from bot.web.site import Site

#: Versions behind one link each; older ones are asked for in the chat.
_TABS = 6


class JourneyResultsPages:
    """Pages of results."""

    def __init__(self, site: Site, door: InsightDoor) -> None:
        self._site = site
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        path = f"{insight_links.RESULTS}{{token}}"
        return [web.get(path, self.show, allow_head=False), web.post(path, self._door.take)]

    async def show(self, request: web.Request) -> web.Response:
        """The page, of the version that was chosen."""
        return await self._door.look(request, self._shown)

    async def _shown(self, request: web.Request, visit: Visit) -> web.Response:
        region, key = region_of(visit.viewer), insight_links.journey_of(visit.link)
        if region is None:
            await self._door.note(visit.viewer.id, "numbers.refused", f"results:{key}")
            return self._door.message(403, texts.NOT_ALLOWED)
        wanted = request.query.get("v", "")
        async with self._site.store.read() as tx:
            desk = self._site.desk(tx)
            version = wanted if wanted == ALL or (wanted.isascii() and wanted.isdigit()) else ""
            outline = await outline_of(tx, desk.company, key, version[:6], region=region)
            if outline is None:
                return self._door.message(404, said.NO_RESULTS)
            found = await report(tx, outline, now=desk.now)
            known = [one.version for one in await journeys.versions(tx, key)]
        await self._door.note(visit.viewer.id, "numbers.looked", f"results:{key}", version=version or "live")
        return self._page(visit, found, known)

    def _page(self, visit: Visit, found: Report, known: list[int]) -> web.Response:
        currency, zone = self._site.company.org.currency, self._site.company.org.zone
        success = words.did(found)
        return page(
            self._site, "results.html", name=found.outline.name, viewer=visit.viewer,
            scope=found.outline.whom.region, as_of=texts.as_of(found.at.astimezone(zone)),
            tabs=_tabs(visit, found, known), version=words.version(found), window=words.window(found),
            goal=found.outline.goal, fields=fields(found, currency=currency),
            trials=[_trial(one, success, currency) for one in found.trials],
            nodes=[_node(one, success, currency) for one in found.nodes], success=success,
            elsewhere=found.elsewhere, said=said,
        )  # fmt: skip


def _tabs(visit: Visit, found: Report, known: list[int]) -> list[tuple[str, str, bool]]:
    """The newest versions, and all together; nothing to choose where there is one."""
    address, shown = f"{visit.link.path}{visit.token}", found.outline.whom.version
    if len(known) <= 1:
        return []
    numbers = sorted({*known[-_TABS:], *([shown] if shown else [])})
    return [
        (said.ALL_VERSIONS, f"{address}?v={ALL}", not shown),
        *((said.VERSION.format(n=n), f"{address}?v={n}", n == shown) for n in reversed(numbers)),
    ]


def _trial(one: Compared, success: str, currency: str) -> dict[str, Any]:
    rows = [_arm(line, currency) for line in one.lines]
    return {
        "name": one.trial.name, "alarm": words.trial_head(one), "rows": rows,
        "uplift": words.uplift(one, success=success), "open": sum(line.open for line in one.lines),
        "has_money": any(line.money.total for line in one.lines), "bars": _bars(one),
    }  # fmt: skip


def _arm(line: Line, currency: str) -> dict[str, Any]:
    good = {Verdict.BETTER: 1, Verdict.WORSE: -1}.get(line.verdict, 0)
    return {
        "name": words.arm(line.name), "n": f"{line.n:,}", "successes": f"{line.successes:,}",
        "rate": words.percent(line.rate.value),
        "between": f"{words.percent(line.rate.low)}～{words.percent(line.rate.high)}",
        "difference": words.points(line.difference), "money": words.per_head(line, currency),
        "money_difference": words.money_points(line.money_difference),
        "verdict": said.NO_VERDICT if line.verdict is Verdict.BROKEN else words.verdict(line),
        "good": good,
    }  # fmt: skip


def _bars(one: Compared) -> list[dict[str, float]]:
    """Each rate with its interval in per mille of the widest, for a drawing."""
    most = max((line.rate.high for line in one.lines if line.n), default=0.0)
    if not most:
        return []
    return [
        {
            "low": 1000 * line.rate.low / most,
            "value": 1000 * line.rate.value / most,
            "high": 1000 * min(line.rate.high / most, 1.0),
        }
        for line in one.lines
    ]


def _node(one: Node, success: str, currency: str) -> dict[str, Any]:
    touches = one.touches
    return {
        "words": one.stop.words, "depth": min(one.stop.depth, 4), "count": words.node(one.count),
        "reached": one.count.reached,
        "touches": "" if touches is None else words.touches(touches, success=success),
        "not_sent": "" if touches is None else words.not_sent(touches),
        "harm": "" if touches is None else words.harm(touches) if touches.has_harm else "",
        "cost": "" if touches is None else words.cost(touches, currency),
    }  # fmt: skip
