"""Everything that is held of one person: as a page and as JSON, each fetched once, by the admin who asked."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, tzinfo
from typing import Any

import orjson
import structlog
from aiohttp import hdrs, web

from bot.chat import person_links
from bot.chat.person_links import PATH, PersonLink
from bot.crm.knobs import may_change
from bot.errors import StoreBusyError, UnitTooSlowError
from bot.kit.clock import Monotonic
from bot.kit.ids import token as new_token
from bot.store import Tx, audit, page_visits, users
from bot.store.personal.read import Held, held_of
from bot.web.limit import Limit, Verdict, sender
from bot.web.pages import person_texts as texts
from bot.web.pages.page import page
from bot.web.site import Site

_log = structlog.get_logger()
_PER_MINUTE = 20
_FORMS = ("page", "json")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


class PersonPages:
    """The right to know and to take it along (个人信息保护法 第四十五条)."""

    def __init__(self, site: Site, *, monotonic: Monotonic) -> None:
        self._site = site
        self._limit = Limit(monotonic, most=_PER_MINUTE, within=60)

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        path = f"{PATH}{{token}}"
        return [web.get(path, self.ask, allow_head=False), web.post(path, self.fetch)]

    async def ask(self, request: web.Request) -> web.Response:
        """Two buttons; whatever fetches links by itself gets nothing."""
        link = self._link(request)
        if isinstance(link, web.Response):
            return link
        title = texts.TITLE.format(lead_id=link.lead_id)
        forms = ((_FORMS[0], texts.AS_PAGE), (_FORMS[1], texts.AS_JSON))
        return page(self._site, "person_ask.html", title=title, hint=texts.HINT, forms=forms)

    async def fetch(self, request: web.Request) -> web.Response:
        """One of the two, once."""
        link = self._link(request)
        if isinstance(link, web.Response):
            return link
        form = await _form(request)
        if form not in _FORMS:
            return self._message(404, texts.UNKNOWN)
        try:
            refused = await self._take(link, request.match_info["token"], form)
            if refused:
                return self._message(403, refused)
            async with self._site.store.read() as tx:
                found = await held_of(tx, self._site.vault, link.lead_id, now=self._site.clock())
        except (StoreBusyError, UnitTooSlowError):
            return self._message(503, texts.BUSY)
        if found is None:
            return self._message(404, texts.GONE)
        _log.info("person.exported", lead=link.lead_id, user=link.user_id, form=form)
        return self._as_json(found) if form == "json" else self._as_page(found)

    async def _take(self, link: PersonLink, name: str, form: str) -> str:
        """Ask for the rights anew, use the link up and leave a row, in one unit; why not, if not."""
        site = self._site

        async def unit(tx: Tx) -> str:
            desk, of = site.desk(tx), f"lead:{link.lead_id}"
            viewer = await users.find(tx, link.user_id)
            if viewer is None or not may_change(viewer, desk.company):
                await audit.note(desk, actor=link.user_id, action="person.export_refused", of=of)
                return texts.NOT_YOURS
            mark = hashlib.sha256(f"{name}\n{form}".encode()).hexdigest()[:40]
            if not await page_visits.take(desk, mark, new_token(site.random_bytes), user_id=viewer.id):
                return texts.TAKEN
            await audit.note(desk, actor=viewer.id, action="person.exported", of=of, form=form)
            return ""

        return await site.write(unit, lane_key=f"page:{link.user_id}")

    def _link(self, request: web.Request) -> PersonLink | web.Response:
        if self._limit.take(sender(request)) is not Verdict.OPEN:
            return self._message(429, texts.TOO_OFTEN)
        token = request.match_info["token"]
        link = person_links.parse(self._site.vault, token, now=self._site.clock())
        return link or self._message(404, texts.UNKNOWN)

    def _as_json(self, found: Held) -> web.Response:
        return web.Response(
            body=orjson.dumps(found.document(), option=orjson.OPT_INDENT_2),
            content_type="application/json",
            charset="utf-8",
            headers={
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{found.family[0]}.json"',
                hdrs.CACHE_CONTROL: "no-store",
            },
        )

    def _as_page(self, found: Held) -> web.Response:
        zone = self._site.company.org.zone
        at = found.made_at.astimezone(zone)
        parts = [(part.title, [_entry(row, zone) for row in part.rows]) for part in found.parts]
        return page(
            self._site, "person.html", title=texts.TITLE.format(lead_id=found.family[0]), parts=parts,
            made=texts.MADE.format(at=f"{at:%Y-%m-%d %H:%M}"), headers={hdrs.CACHE_CONTROL: "no-store"},
        )  # fmt: skip

    def _message(self, status: int, message: str) -> web.Response:
        return page(self._site, "message.html", status=status, message=message)


def _entry(row: object, zone: tzinfo) -> dict[str, Any]:
    """What people read, and apart from it the marks that only the system understands."""
    known = row if isinstance(row, dict) else {}
    lines = [
        (texts.COLUMNS.get(name, name), name in texts.COLUMNS, _told(v, zone)) for name, v in known.items()
    ]
    marks = [(name, value) for name, is_told, value in lines if not is_told]
    return {
        "lines": [(name, value) for name, is_told, value in lines if is_told],
        "marks": marks, "marks_head": texts.MARKS.format(n=len(marks)),
    }  # fmt: skip


def _told(value: object, zone: tzinfo) -> str:
    """A value as one reads it: moments on our own clock, documents as lines."""
    match value:
        case bool():
            return texts.YES if value else texts.NO
        case dict():
            told = (f"{texts.COLUMNS.get(name, name)}：{_told(one, zone)}" for name, one in value.items())
            return "；".join(told)
        case list() | tuple():
            return "、".join(_told(one, zone) for one in value)
        case str() if _MOMENT.fullmatch(value):
            return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
        case None:
            return ""
        case _:
            return str(value)


async def _form(request: web.Request) -> str:
    try:
        return str((await request.post()).get("form", ""))
    except (LookupError, ValueError, web.HTTPException):
        return ""
