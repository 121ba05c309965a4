"""The way to the pages with numbers: one person, the browsers in which he opened a link, rights at each look.

A link belongs to the browser in which it was opened first, and a browser in which one of his links was
opened opens the next one by itself. A forwarded link opens nothing, whoever left sees nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import hdrs, web

from bot.chat import insight_links
from bot.chat.insight_links import NumbersLink
from bot.chat.page_links import LIFE
from bot.crm.user import User
from bot.errors import StoreBusyError, UnitTooSlowError
from bot.insight.answers.company_words import lexicon_of
from bot.insight.ask.lexicon import Lexicon
from bot.kit.clock import Monotonic
from bot.kit.ids import token as new_token
from bot.store import Tx, audit, page_visits, users
from bot.web.limit import Limit, Verdict, sender
from bot.web.pages import insight_texts as texts
from bot.web.pages.page import page
from bot.web.site import Site

_log = structlog.get_logger()
PER_MINUTE = 120
COOKIE, _COOKIE_PATH = "lb_numbers", "/console/"
_MARK_SIGNS = 64


@dataclass(frozen=True, slots=True)
class Visit:
    """A look that may happen: by whom, with which link."""

    link: NumbersLink
    token: str
    viewer: User

    def link_to(self, question: str) -> NumbersLink:
        """A link on his page: good for no longer than the one that he opened."""
        return NumbersLink(self.link.user_id, self.link.issued_at, question)


Answer = Callable[[web.Request, Visit], Awaitable[web.Response]]


class InsightDoor:
    """Lets people in, and nobody else."""

    def __init__(self, site: Site, *, monotonic: Monotonic) -> None:
        self._site = site
        self._limit = Limit(monotonic, most=PER_MINUTE, within=60)

    async def look(self, request: web.Request, answer: Answer) -> web.Response:
        """The page, or the question whether to open it in this browser."""
        return await self._guarded(request, lambda link: self._looked(request, link, answer))

    async def take(self, request: web.Request) -> web.Response:
        """From now on the link is this browser's."""
        return await self._guarded(request, lambda link: self._taken(request, link))

    async def note(self, user_id: str, action: str, of: str, **detail: str | int) -> None:
        """An audit row, written before anything is shown: without it nothing is."""
        await self._site.write(
            lambda tx: audit.note(self._site.desk(tx), actor=user_id, action=action, of=of, **detail),
            lane_key=f"page:{user_id}",
        )

    def message(self, status: int, said: str) -> web.Response:
        """A page that says one thing."""
        headers = {"Retry-After": "3"} if status in {429, 503} else None
        return page(self._site, "message.html", status=status, message=said, headers=headers)

    async def people(self, tx: Tx) -> Lexicon:
        """What everybody is called."""
        return lexicon_of(self._site.company, await users.everybody(tx))

    async def _guarded(
        self, request: web.Request, then: Callable[[NumbersLink], Awaitable[web.Response]]
    ) -> web.Response:
        if self._limit.take(sender(request)) is not Verdict.OPEN:
            return self.message(429, texts.TOO_OFTEN)
        link = insight_links.parse(self._site.vault, request.match_info["token"], now=self._site.clock())
        if link is None or not request.path.startswith(link.path):
            return self.message(404, texts.UNKNOWN)
        try:
            return await then(link)
        except (StoreBusyError, UnitTooSlowError):
            return self.message(503, texts.BUSY)

    async def _taken(self, request: web.Request, link: NumbersLink) -> web.Response:
        name, mark = request.match_info["token"], _mark(request) or new_token(self._site.random_bytes)
        if not await self._take(link, name, mark):
            return self.message(403, texts.ELSEWHERE)
        answer = web.Response(
            status=303, headers={hdrs.LOCATION: f"{link.path}{name}", "Cache-Control": "no-store"}
        )
        answer.set_cookie(
            COOKIE, mark, path=_COOKIE_PATH, httponly=True, samesite="Lax",
            secure=self._site.company.doors.base_url.startswith("https:"),
            max_age=int(LIFE.total_seconds()),
        )  # fmt: skip
        return answer

    async def _take(self, link: NumbersLink, name: str, mark: str) -> bool:
        async def unit(tx: Tx) -> bool:
            desk = self._site.desk(tx)
            return await page_visits.take(desk, _digest(name), _digest(mark), user_id=link.user_id)

        return await self._site.write(unit, lane_key=f"page:{link.user_id}")

    async def _looked(self, request: web.Request, link: NumbersLink, answer: Answer) -> web.Response:
        name, mark = request.match_info["token"], _mark(request)
        async with self._site.store.read() as tx:
            viewer = await users.find(tx, link.user_id)
            browser = await page_visits.browser_of(tx, _digest(name))
            is_his = bool(mark) and await page_visits.is_of(tx, _digest(mark), link.user_id)
        if viewer is None or not viewer.active:
            await self.note(link.user_id, "numbers.refused", "numbers", why="left")
            return self.message(403, texts.GONE)
        if browser is None and not (is_his and await self._take(link, name, mark)):
            return page(self._site, "insight_open.html", name=viewer.name, what=self._opens(link, viewer))
        if browser is not None and browser != _digest(mark):
            return self.message(403, texts.ELSEWHERE)
        return await answer(request, Visit(link, name, viewer))

    def _opens(self, link: NumbersLink, viewer: User) -> str:
        """What he will see, in its own words."""
        journeys = self._site.company.journeys
        match link.path:
            case insight_links.BOARD:
                return texts.OPENS_BOARD.format(name=viewer.name)
            case insight_links.RESULTS:
                key, text = insight_links.journey_of(link), texts.OPENS_RESULTS
            case insight_links.JOURNEYS:
                key, text = insight_links.tried_of(link), texts.OPENS_TRIALS
            case _:
                return texts.OPENS_ROWS
        return text.format(journey=journeys[key].name if key in journeys else key)


def _mark(request: web.Request) -> str:
    mark = request.cookies.get(COOKIE, "")
    return mark if mark.isascii() and mark.isalnum() and len(mark) <= _MARK_SIGNS else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
