"""Who agreed to what, where, when and in which words: the whole of it, as a page for one person."""

from __future__ import annotations

from typing import ClassVar

from aiohttp import web

from bot.assignment.access import held
from bot.cards.texts import touch as words
from bot.chat.page_links import PageLink
from bot.crm.knobs import may_change
from bot.store import Tx, audit, consents, users
from bot.touch import consent_lines
from bot.web.pages import timeline_texts as texts
from bot.web.pages.page import page
from bot.web.pages.timeline import TimelinePages


class ConsentPages(TimelinePages):
    """As histories: for whoever asked, in the browser he opened it in; rights are asked for at each look."""

    tail: ClassVar[str] = "/consent"
    called: ClassVar[str] = texts.CALLED_CONSENT

    async def _body(self, request: web.Request, link: PageLink) -> web.Response:
        del request
        site = self._site

        async def unit(tx: Tx) -> tuple[str, list[dict[str, str]]] | None:
            desk = site.desk(tx)
            viewer, found = await users.find(tx, link.user_id), await held(desk, link.lead_id)
            may = (
                viewer is not None
                and found is not None
                and viewer.active
                and (found.is_of(viewer) or found.is_under(viewer) or may_change(viewer, desk.company))
            )
            await audit.note(
                desk,
                actor=link.user_id,
                action="consent.looked" if may else "consent.refused",
                of=f"lead:{link.lead_id}",
            )
            if not may or found is None:
                return None
            zone = desk.company.org.zone
            rows = [
                {
                    "at": f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}",
                    "line": consent_lines.line(desk.company, one.consent),
                    "text": one.consent.text,
                }
                for one in await consents.all_of(tx, found.lead.id)
            ]
            return found.lead.display, rows

        seen = await site.write(unit, lane_key=f"page:{link.user_id}")
        if seen is None:
            return self._message(403, texts.NOT_YOURS)
        who, rows = seen
        title = words.CONSENT_TITLE.format(who=who)
        return page(site, "consent.html", title=title, rows=rows, none=words.NOBODY_SAID)
