"""Journeys for other systems: which of them can be entered from outside, and putting somebody in."""

from __future__ import annotations

import hashlib
import hmac

from aiohttp import web

from bot.crm.company.journey_triggers import Api
from bot.crm.lead import Lead
from bot.intake.clean.form import FieldError
from bot.journeys.admission import NotAdmitted
from bot.journeys.book import Book, Shelf, open_book
from bot.journeys.course import Course
from bot.journeys.entering import Occasion, enter, known_of
from bot.store import Tx, api_keys, audit, leads
from bot.web.api.journey_models import EntryIn, EntryOut, JourneyOut, Journeys
from bot.web.api.operation import Asked
from bot.web.api.problem import Refused, document
from bot.web.site import Site

_MOST_KEY = 255


class JourneysApi:
    """Handlers of journeys."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def all(self, _asked: Asked) -> web.Response:
        """Those that other systems may put people into."""
        async with self._site.store.read() as tx:
            book = await open_book(tx, Shelf())
        found = [
            JourneyOut(
                key=way.key, name=way.journey.name, version=way.version, paused=book.is_paused(way.key),
                business_key=way.journey.business_key or None,
            )
            for way in book
            if _is_open(way)
        ]  # fmt: skip
        return document(Journeys(data=found))

    async def enter(self, asked: Asked) -> web.Response:
        """Put a lead in, by the journey's own rules; the same Idempotency-Key enters once."""
        key, body = self._request(asked)
        given: EntryIn = asked.body

        async def unit(tx: Tx) -> EntryOut:
            desk = self._site.desk(tx)
            book = await open_book(tx, Shelf(), hold=True)
            way, lead = _open_way(book, asked), await _lead(tx, given.lead)
            known = await api_keys.answered(tx, key) if key else None
            if known is not None and not hmac.compare_digest(known.digest, body):
                raise Refused(422, "this Idempotency-Key belongs to another body")
            if known is not None:
                return EntryOut(lead=known.lead_id, journey=way.key, entered=True, reason=None)
            occasion = Occasion(lead.id, f"api:{key or desk.new_id()}", given.key or "", dict(given.words))
            (found,) = await enter(desk, book, way, [occasion], await known_of(desk, [lead.id]))
            if isinstance(found, NotAdmitted):
                return EntryOut(lead=lead.id, journey=way.key, entered=False, reason=found.value)
            if key and not await api_keys.remember(desk, key, body, status=201, lead_id=lead.id):
                raise Refused(409, "this Idempotency-Key is just being answered")
            await audit.note(
                desk, actor=asked.caller.name, action="journey.joined", of=lead.topic, journey=way.key
            )
            return EntryOut(lead=lead.id, journey=way.key, entered=True, reason=None)

        made = await self._site.write(unit, lane_key=f"lead:{given.lead}")
        self._site.wake()
        return document(made, status=201 if made.entered else 200)

    def _request(self, asked: Asked) -> tuple[str, str]:
        """Blind marks of the Idempotency-Key and of what it came with; empty without one."""
        said = asked.request.headers.get("Idempotency-Key", "")
        if not said:
            return "", ""
        if len(said) > _MOST_KEY or not said.isprintable():
            raise Refused(422, errors=[FieldError("Idempotency-Key", "too long, or not text")])
        index, where = self._site.vault.index, asked.request.match_info["key"]
        digest = hashlib.sha256(where.encode() + b"\0" + asked.raw).hexdigest()
        return index("api_request", f"{asked.caller.name}\0journey\0{said}"), index("api_body", digest)


def _is_open(way: Course) -> bool:
    return any(isinstance(trigger, Api) for trigger in way.journey.enter)


def _open_way(book: Book, asked: Asked) -> Course:
    key = asked.request.match_info["key"]
    way = book.open.get(key)
    if way is None:
        raise Refused(404, "no such journey, or it does not run")
    if not _is_open(way):
        raise Refused(409, "nobody enters it from outside: its enter has no `api: true`")
    return way


async def _lead(tx: Tx, lead_id: str) -> Lead:
    lead = await leads.find(tx, lead_id)
    if lead is None:
        raise Refused(422, errors=[FieldError("lead", "no such lead")])
    if lead.merged_into is not None:
        raise Refused(422, errors=[FieldError("lead", f"merged into {lead.merged_into}")])
    return lead
