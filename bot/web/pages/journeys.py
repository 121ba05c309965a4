"""A journey as a page: who is where, and how it would go for one customer, for a segment, over the past.

It shows what the chat says. What is reckoned is reckoned one at a time, so that nobody holds up the bot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.assignment.access import held
from bot.cards import journey_trial
from bot.cards.texts import journey_trials as texts
from bot.chat import insight_links
from bot.chat.card import Card
from bot.crm.company.journeys import Journey
from bot.crm.user import Role
from bot.insight.charts import Chart
from bot.journeys import backtest, crowd, dry_run, publishing, seen, simulated, trial_told
from bot.journeys.simulate_anybody import anybody
from bot.journeys.simulate_lead import one_lead
from bot.store.desk import Desk
from bot.web.pages import journeys_texts as words
from bot.web.pages.insight_door import InsightDoor, Visit
from bot.web.pages.insight_pictures import picture
from bot.web.pages.page import page
from bot.web.site import Site

_LOOK = frozenset({Role.MARKETER, Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
_ASKS = ("lead", "segment", "past")
_LONGEST = 40
_SPANS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look shows."""

    name: str
    chart: Chart
    lines: tuple[str, ...] = ()
    card: Card | None = None
    days: Chart | None = None
    #: What was asked for and cannot be shown.
    refused: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)


class JourneyPages:
    """Journeys, one a page."""

    def __init__(self, site: Site, door: InsightDoor) -> None:
        self._site = site
        self._door = door
        self._one_at_a_time = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        path = f"{insight_links.JOURNEYS}{{token}}"
        return [web.get(path, self.show, allow_head=False), web.post(path, self._door.take)]

    async def show(self, request: web.Request) -> web.Response:
        """The page, with what was asked for."""
        return await self._door.look(request, self._shown)

    async def _shown(self, request: web.Request, visit: Visit) -> web.Response:
        key = insight_links.tried_of(visit.link)
        asked = {name: request.query.get(name, "")[:_LONGEST] for name in _ASKS}
        async with self._one_at_a_time, self._site.store.read() as tx:
            found = await self._seen(self._site.desk(tx), visit, key, asked)
        if found is None:
            await self._door.note(visit.viewer.id, "numbers.refused", f"journey:{key}")
            return self._door.message(403, words.NOT_YOURS)
        what = next((name for name, said in asked.items() if said), "picture")
        whose = {"lead": found.chosen["lead"]} if "lead" in found.chosen else {}
        await self._door.note(visit.viewer.id, "journey.looked", f"journey:{key}", what=what, **whose)
        return self._page(visit, found)

    async def _seen(self, desk: Desk, visit: Visit, key: str, asked: Mapping[str, str]) -> _Seen | None:
        journey = (await publishing.definitions(desk.tx, desk.company)).get(key)
        if journey is None or visit.viewer.role not in _LOOK:
            return None
        if asked["lead"]:
            return await self._walked(desk, visit, key, journey, asked["lead"].strip().upper())
        now = await seen.chart(desk.tx, desk.company, key, journey)
        if asked["segment"]:
            segment = desk.company.segments.meant(asked["segment"])
            if segment is None:
                return _Seen(journey.name, now, refused=words.NO_SEGMENT)
            trial = await dry_run.dry_run(desk, key, journey, segment=segment)
            return self._tried(visit, now, trial, is_past=False, chosen={"segment": segment.key})
        if asked["past"]:
            days = int(asked["past"]) if asked["past"] in map(str, _SPANS) else backtest.DAYS
            trial = await backtest.backtest(desk, key, journey, days=days)
            return self._tried(visit, now, trial, is_past=True, chosen={"past": str(days)})
        return _Seen(journey.name, now)

    async def _walked(self, desk: Desk, visit: Visit, key: str, journey: Journey, lead_id: str) -> _Seen:
        """One customer's way, for those above his owner; or anybody's."""
        company, viewer = desk.company, visit.viewer
        found = None if lead_id == words.ANYBODY else await held(desk, lead_id)
        if found is not None and (found.is_of(viewer) or found.is_under(viewer)):
            way, who = (
                await one_lead(desk, key, journey, found.lead.id),
                f"{found.lead.id} {found.lead.display}",
            )
        elif lead_id == words.ANYBODY:
            way, who = await anybody(company, key, journey, desk.now), texts.ANYBODY
        else:
            way, who = None, ""
        if way is None:
            # The same for one who does not exist and for one whom he may not know of.
            now = await seen.chart(desk.tx, company, key, journey)
            return _Seen(journey.name, now, refused=words.NO_LEAD)
        told = simulated.told(way, journey, company, who=who)
        chart = simulated.picture(way, journey, company, who=who)
        chosen = {} if lead_id == words.ANYBODY else {"lead": lead_id}
        return _Seen(journey.name, chart, (*told.remarks, *told.days), chosen=chosen)

    def _tried(
        self, visit: Visit, now: Chart, trial: crowd.Trial, *, is_past: bool, chosen: Mapping[str, str]
    ) -> _Seen:
        if trial.is_unknown or (is_past and not trial.concerned):
            days = (trial.until - trial.begins).days
            said = texts.BY_HAND if trial.is_unknown else texts.NOBODY_PAST
            return _Seen(trial.name, now, refused=said.format(name=trial.name, days=days), chosen=chosen)
        found = trial_told.tried(trial, self._site.company, visit.viewer, is_past=is_past)
        return _Seen(
            trial.name, now, card=journey_trial.card(found), days=trial_told.chart(found), chosen=chosen
        )

    def _page(self, visit: Visit, found: _Seen) -> web.Response:
        return page(
            self._site, "journey.html", address=f"{visit.link.path}{visit.token}", found=found,
            svg=picture(found.chart), days=picture(found.days), chosen=found.chosen, spans=_SPANS,
            anybody=words.ANYBODY,
            segments=[(one.key, one.name) for one in self._site.company.segments.segments],
        )  # fmt: skip
