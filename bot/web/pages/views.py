"""Looks at our own pages: counted always, and a visitor's own if he agreed to be told apart."""

from __future__ import annotations

import structlog
from aiohttp import hdrs, web

from bot.crm.company.forms import Form
from bot.errors import StoreBusyError
from bot.intake.clean.came_by import host, way
from bot.intake.clean.tracked import Reading
from bot.intake.trace import source_of
from bot.intake.track import wake
from bot.kit.clock import Monotonic
from bot.store import Tx, behaviours, form_views, incidents, touch_points, visitors
from bot.store.behaviours import Behaved
from bot.web import cookie
from bot.web.limit import Limit, Verdict, sender
from bot.web.site import Site

_log = structlog.get_logger()
#: Looks from one address that are counted in a minute.
_PER_MINUTE = 60


class Views:
    """Keeps who looked at which page."""

    def __init__(self, site: Site, *, monotonic: Monotonic) -> None:
        self._site = site
        self._reading = Reading(site.company)
        self._limit = Limit(monotonic, most=_PER_MINUTE, within=60)

    async def seen(self, request: web.Request, slug: str, form: Form) -> None:
        """Count one look; a page is shown even when that cannot be committed."""
        if self._reading.is_bot(request.headers.get(hdrs.USER_AGENT, "")):
            await self._skipped("bot")
            return
        verdict = self._limit.take(sender(request))
        if verdict is not Verdict.OPEN:
            if verdict is Verdict.CLOSED_NOW:
                await self._skipped("too_often")
            return
        try:
            await self._site.write(lambda tx: self._keep(tx, request, slug, form), lane_key="tracking")
        except StoreBusyError:
            _log.warning("page_view.not_committed", page=slug)

    async def _keep(self, tx: Tx, request: web.Request, slug: str, form: Form) -> None:
        desk = self._site.desk(tx)
        known = cookie.visitor(request)
        day = desk.now.astimezone(desk.company.org.zone).date().isoformat()
        query = dict(request.query)
        around = desk.company.pages.get(slug)
        source = source_of(desk.company, query.get("source") or query.get("utm_source", ""))
        own_campaign = around.campaign if around and around.campaign else form.campaign or ""
        campaign = query.get("campaign") or query.get("utm_campaign") or own_campaign
        await form_views.add(
            tx, visitor=known or cookie.of_today(request, desk.vault, day), form=form.id, page=f"/l/{slug}",
            source=(source or form.source)[:_MOST], campaign=campaign[:_MOST], at=desk.now,
        )  # fmt: skip
        if not known:
            return
        whose = (await visitors.seen(tx, [known], desk.now))[known].lead_id
        referrer = request.headers.get(hdrs.REFERER, "")
        came = way(
            query=query, named={"source": source}, at=desk.now, visitor=known, lead_id=whose,
            referrer="" if host(referrer) == (request.host or "").partition(":")[0] else referrer,
            page=f"/l/{slug}",
        )  # fmt: skip
        if came.says_something:
            await touch_points.add(tx, came)
        await behaviours.record(
            tx,
            Behaved(
                message_id=f"page:{desk.new_id()}", event="page_viewed", at=desk.now, received_at=desk.now,
                lead_id=whose, visitor=known, object=f"/l/{slug}", channel="web", uncounted=whose is not None,
            ),
        )  # fmt: skip
        if whose is not None:
            await wake(desk, whose)
            self._site.wake()

    async def _skipped(self, reason: str) -> None:
        now = self._site.clock()
        try:
            await self._site.store.write(lambda tx: incidents.count(tx, "page_view.skipped", reason, now))
        except StoreBusyError:
            _log.warning("incident.not_committed", reason=reason)


_MOST = 100
