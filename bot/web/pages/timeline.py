"""One customer's whole history as a page: for the person who asked for it, in the browser he opened it in.

A forwarded link opens nothing, and rights are asked for at each look: whoever gave the lead away
sees it no more. Each look leaves an audit row; numbers stay masked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import structlog
from aiohttp import hdrs, web

from bot.assignment.access import Held, held
from bot.cards.texts.timeline import Told, told
from bot.chat import page_links
from bot.chat.page_links import PATH, PageLink
from bot.crm.lead import LEAD_STATUS_LABELS
from bot.crm.timeline import GROUPS, Place, parse, spell
from bot.crm.user import User
from bot.errors import StoreBusyError, UnitTooSlowError
from bot.kit.clock import Monotonic
from bot.kit.ids import token as new_token
from bot.store import Tx, audit, merge_moves, page_visits, tags, users
from bot.store.desk import Desk
from bot.store.reads.timeline import moments
from bot.web.limit import Limit, Verdict, sender
from bot.web.pages import timeline_texts as texts
from bot.web.pages.page import page
from bot.web.site import Site

_log = structlog.get_logger()
PER_MINUTE, ON_A_PAGE = 60, 30
COOKIE = "lb_page"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look shows."""

    found: Held
    lines: Sequence[tuple[datetime, str, Told]]
    tags: Sequence[str]
    following: Place | None


class TimelinePages:
    """Histories of leads."""

    #: What follows the token in the address; a page of another kind about a lead has one.
    tail: ClassVar[str] = ""
    #: What it is called before it is opened.
    called: ClassVar[str] = texts.CALLED

    def __init__(self, site: Site, *, monotonic: Monotonic) -> None:
        self._site = site
        self._limit = Limit(monotonic, most=PER_MINUTE, within=60)

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        path = f"{PATH}{{token}}{self.tail}"
        return [web.get(path, self.show, allow_head=False), web.post(path, self.open)]

    async def show(self, request: web.Request) -> web.Response:
        """The page, or the question whether to open it in this browser."""
        return await self._guarded(request, opens=False)

    async def open(self, request: web.Request) -> web.Response:
        """From now on the link is this browser's."""
        return await self._guarded(request, opens=True)

    async def _guarded(self, request: web.Request, *, opens: bool) -> web.Response:
        if self._limit.take(sender(request)) is not Verdict.OPEN:
            return self._message(429, texts.TOO_OFTEN)
        link = page_links.parse(self._site.vault, request.match_info["token"], now=self._site.clock())
        if link is None:
            return self._message(404, texts.UNKNOWN)
        try:
            return await (self._opened if opens else self._shown)(request, link)
        except (StoreBusyError, UnitTooSlowError):
            return self._message(503, texts.BUSY)

    async def _opened(self, request: web.Request, link: PageLink) -> web.Response:
        mark = request.cookies.get(COOKIE) or new_token(self._site.random_bytes)
        name = request.match_info["token"]

        async def unit(tx: Tx) -> bool:
            desk = self._site.desk(tx)
            return await page_visits.take(desk, _digest(name), _digest(mark), user_id=link.user_id)

        if not await self._site.write(unit, lane_key=f"page:{link.user_id}"):
            return self._message(403, texts.ELSEWHERE)
        answer = web.Response(
            status=303, headers={hdrs.LOCATION: f"{PATH}{name}{self.tail}", "Cache-Control": "no-store"}
        )
        answer.set_cookie(
            COOKIE, mark, path=f"{PATH}{name}", httponly=True, samesite="Strict",
            secure=self._site.company.doors.base_url.startswith("https:"),
            max_age=int(page_links.LIFE.total_seconds()),
        )  # fmt: skip
        return answer

    async def _shown(self, request: web.Request, link: PageLink) -> web.Response:
        name = request.match_info["token"]
        async with self._site.store.read() as tx:
            browser = await page_visits.browser_of(tx, _digest(name))
        mark = request.cookies.get(COOKIE, "")
        if browser is None:
            return page(self._site, "timeline_open.html", title=self.called.format(lead_id=link.lead_id))
        if browser != _digest(mark):
            return self._message(403, texts.ELSEWHERE)
        return await self._body(request, link)

    async def _body(self, request: web.Request, link: PageLink) -> web.Response:
        """What is shown to whoever may see it."""
        name = request.match_info["token"]
        group = request.query.get("g", "")
        place = parse(request.query.get("at", "")) or Place(self._site.clock())
        seen = await self._look(link, group if group in GROUPS else "", place)
        if seen is None:
            return self._message(403, texts.NOT_YOURS)
        return self._page(name, seen, group if group in GROUPS else "", is_first="at" not in request.query)

    async def _look(self, link: PageLink, group: str, place: Place) -> _Seen | None:
        """Ask for the rights anew, read, and leave a row; one unit, so that nobody sees what he may not."""

        async def unit(tx: Tx) -> _Seen | None:
            desk = self._site.desk(tx)
            viewer, found = await users.find(desk.tx, link.user_id), await held(desk, link.lead_id)
            if viewer is None or found is None or not _may_see(found, viewer):
                await audit.note(
                    desk, actor=link.user_id, action="timeline.refused", of=f"lead:{link.lead_id}"
                )
                return None
            await audit.note(desk, actor=viewer.id, action="timeline.looked", of=found.lead.topic)
            return await self._read(desk, found, group, place)

        return await self._site.write(unit, lane_key=f"page:{link.user_id}")

    async def _read(self, desk: Desk, found: Held, group: str, place: Place) -> _Seen:
        family = await merge_moves.family(desk.tx, found.lead.id)
        latest, following = await moments(desk, family, place, most=ON_A_PAGE, group=group)
        names = await users.names(desk.tx, {one.by for one in latest})
        lines = [(one.at, one.group, told(one, desk.company, names)) for one in latest]
        return _Seen(found, lines, tuple(await tags.of(desk.tx, found.lead.id)), following)

    def _page(self, name: str, seen: _Seen, group: str, *, is_first: bool) -> web.Response:
        lead, zone = seen.found.lead, self._site.company.org.zone
        now = self._site.clock().astimezone(zone)
        days: dict[str, list[tuple[str, str, Told]]] = {}
        for at, sort, one in seen.lines:
            local = at.astimezone(zone)
            days.setdefault(texts.day(local, now), []).append((f"{local:%H:%M}", GROUPS[sort], one))
        profile = texts.profile(
            lead, owner=seen.found.owner, status=LEAD_STATUS_LABELS[lead.status], zone=zone
        )
        address = f"{PATH}{name}"
        more = (
            f"{address}?{'g=' + group + '&' if group else ''}at={_quoted(seen.following)}"
            if seen.following
            else ""
        )
        return page(
            self._site, "timeline.html", lead=lead, profile=profile if is_first else (), tags=seen.tags,
            groups=GROUPS, group=group, days=days, address=address, more=more, is_first=is_first,
        )  # fmt: skip

    def _message(self, status: int, message: str) -> web.Response:
        return page(self._site, "message.html", status=status, message=message)


def _may_see(found: Held, viewer: User) -> bool:
    return viewer.active and (found.is_of(viewer) or found.is_under(viewer))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _quoted(place: Place | None) -> str:
    return spell(place).replace("+", "%2B") if place is not None else ""
