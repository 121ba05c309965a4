"""Leads: bring one, read them, correct one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import orjson
from aiohttp import web

from bot.crm.lead import Lead
from bot.intake.change import Changed, Taken, Unchangeable, Wrong, change
from bot.intake.clean.form import FieldError
from bot.intake.upsert import Upserted, upsert
from bot.store import Tx, api_keys, audit, leads
from bot.store.desk import Desk
from bot.store.reads import api_leads
from bot.store.reads.api_leads import Place
from bot.web.api.models import LeadOut, LeadPage
from bot.web.api.operation import Asked
from bot.web.api.problem import Refused, document
from bot.web.site import Site

_MOST, _USUAL = 200, 50
_MOST_KEY = 255
_SOURCE = "接口"
_LANE = "api"


class Leads:
    """Handlers of leads."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def create(self, asked: Asked) -> web.Response:
        """A new lead, or more of what we know of one; the same Idempotency-Key gives the same lead."""
        sent = {key: value for key, value in asked.body.model_dump().items() if value is not None}
        rings = bool(sent.pop("rings", False))
        key, body = self._request(asked)

        async def unit(tx: Tx) -> tuple[int, LeadOut]:
            desk = self._site.desk(tx)
            known = await api_keys.answered(tx, key) if key else None
            if known is not None and not hmac.compare_digest(known.digest, body):
                raise Refused(422, "this Idempotency-Key belongs to another body")
            if known is not None:
                return known.status, await shown(desk, await leads.get(tx, known.lead_id))
            made = await upsert(desk, sent, by=asked.caller.name, source=_SOURCE, rings=rings)
            if not isinstance(made, Upserted):
                raise Refused(422, errors=made)
            status = 201 if made.is_new else 200
            if key and not await api_keys.remember(desk, key, body, status=status, lead_id=made.lead.id):
                raise Refused(409, "this Idempotency-Key is just being answered")
            return status, await shown(desk, made.lead)

        status, lead = await self._site.write(unit, lane_key=_LANE)
        self._site.wake()
        return document(
            lead, status=status, headers={"ETag": etag(lead), "Location": f"/api/v1/leads/{lead.id}"}
        )

    async def page(self, asked: Asked) -> web.Response:
        """Some leads."""
        query, clear = asked.request.query, _wants_clear(asked)
        most = _number(query.get("limit", str(_USUAL)))
        async with self._site.store.read() as tx:
            found = await api_leads.page(
                tx, most=most + 1, status=query.get("status", ""), owner=query.get("owner", ""),
                source=query.get("source", ""), since=_moment(query.get("changed_since", "")),
                after=_place(query.get("cursor", "")),
            )  # fmt: skip
            desk = self._site.desk(tx)
            data = [await shown(desk, lead, clear=clear) for lead, _ in found[:most]]
        if clear:
            await self._note(asked, "contacts.exported", "leads", n=len(data))
        more = _cursor(found[most - 1][1]) if len(found) > most else None
        return document(LeadPage(data=data, next=more))

    async def show(self, asked: Asked) -> web.Response:
        """One lead; 304 if it is as the caller knows it."""
        clear = _wants_clear(asked)
        async with self._site.store.read() as tx:
            lead = await found_lead(tx, asked)
            desk = self._site.desk(tx)
            masked = await shown(desk, lead)
            told = await shown(desk, lead, clear=True) if clear else masked
        mark = etag(masked)
        if asked.request.headers.get("If-None-Match") == mark:
            return web.Response(status=304, headers={"ETag": mark})
        if clear:
            await self._note(asked, "contact.revealed", lead.topic)
        return document(told, headers={"ETag": mark})

    async def correct(self, asked: Asked) -> web.Response:
        """Put values into fields, if the lead is still as the caller last saw it."""
        wanted = asked.request.headers.get("If-Match", "")
        if not wanted:
            raise Refused(428, "If-Match is needed: the ETag of the lead as you know it")
        given: Mapping[str, Any] = asked.body.model_dump(exclude_unset=True)

        async def unit(tx: Tx) -> LeadOut:
            desk = self._site.desk(tx)
            lead = await found_lead(tx, asked)
            await leads.lock(tx, lead.id)
            if wanted not in ("*", etag(await shown(desk, await leads.get(tx, lead.id)))):
                raise Refused(412, "the lead was changed meanwhile")
            errors = [
                one for key, value in given.items() if (one := await _put(desk, lead, key, value, asked))
            ]
            if errors:
                raise Refused(422, errors=errors)
            return await shown(desk, await leads.get(tx, lead.id))

        lead = await self._site.write(unit, lane_key=f"lead:{asked.request.match_info['id']}")
        self._site.wake()
        return document(lead, headers={"ETag": etag(lead)})

    def _request(self, asked: Asked) -> tuple[str, str]:
        """Blind marks of the Idempotency-Key and of the body it came with; empty without one."""
        given = asked.request.headers.get("Idempotency-Key", "")
        if not given:
            return "", ""
        if len(given) > _MOST_KEY or not given.isprintable():
            raise Refused(422, errors=[FieldError("Idempotency-Key", "too long, or not text")])
        index = self._site.vault.index
        whose = f"{asked.caller.name}\0{given}"
        return index("api_request", whose), index("api_body", hashlib.sha256(asked.raw).hexdigest())

    async def _note(self, asked: Asked, action: str, of: str, **detail: int) -> None:
        """Told before it is given: without the row there is no answer."""
        caller = asked.caller.name
        await self._site.write(
            lambda tx: audit.note(self._site.desk(tx), actor=caller, action=action, of=of, **detail),
            lane_key=_LANE,
        )


async def shown(desk: Desk, lead: Lead, *, clear: bool = False) -> LeadOut:
    """A lead as it is told; the way to reach it only where it was allowed."""
    known = await leads.particulars(desk, lead.id)
    contact = await leads.reveal(desk, lead.id) if clear else None
    return LeadOut(
        id=lead.id, status=lead.status.value, name=lead.name, company=lead.company, title=lead.title,
        phone=contact.phone.reveal() if contact else lead.phone_masked,
        email=contact.email.reveal() if contact else lead.email_masked,
        contacts="clear" if contact else "masked", external_id=known.external_id,
        province=lead.province, city=lead.city, region=lead.region, industry=lead.industry,
        source=lead.source, campaign=lead.campaign, form=lead.form, custom=dict(lead.custom),
        score=lead.score, tier=lead.tier, lifecycle=lead.lifecycle, owner=lead.owner_id, pool=lead.pool_id,
        created_at=lead.created_at, last_behaviour_at=lead.last_behaviour_at,
        last_follow_up_at=lead.last_follow_up_at,
    )  # fmt: skip


def etag(lead: LeadOut) -> str:
    """Changes with whatever is shown."""
    return f'"{hashlib.sha256(lead.model_dump_json().encode()).hexdigest()[:32]}"'


async def found_lead(tx: Tx, asked: Asked) -> Lead:
    """The lead that the address names; Refused 404, or 301 to the one it was merged into."""
    lead = await leads.find(tx, asked.request.match_info["id"])
    if lead is None:
        raise Refused(404, "no such lead")
    if lead.merged_into is not None:
        raise Refused(410, f"merged into {lead.merged_into}")
    return lead


async def _put(desk: Desk, lead: Lead, key: str, value: object, asked: Asked) -> FieldError | None:
    said = (
        "清空" if value in (None, "") else value if isinstance(value, str) else orjson.dumps(value).decode()
    )
    outcome = await change(desk, lead.id, key, said, by=asked.caller.name)
    match outcome:
        case Changed():
            return None
        case Wrong(message=message):
            return FieldError(key, message)
        case Taken(lead_id=holder):
            return FieldError(key, f"belongs to {holder}")
        case Unchangeable() as why:
            return FieldError(key, why.value)


def _wants_clear(asked: Asked) -> bool:
    if asked.request.query.get("contacts", "masked") != "clear":
        return False
    if "contacts:read" not in asked.caller.scopes:
        raise Refused(403, "this key lacks the scope contacts:read")
    return True


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= _MOST):  # noqa: PLR2004
        raise Refused(422, errors=[FieldError("limit", f"1 to {_MOST}")])
    return int(text)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError) as exc:
        raise Refused(422, errors=[FieldError("changed_since", "ISO 8601")]) from exc


def _cursor(place: Place) -> str:
    spelled = orjson.dumps([place.created_at.isoformat(), place.lead_id])
    return base64.urlsafe_b64encode(spelled).decode().rstrip("=")


def _place(text: str) -> Place | None:
    if not text:
        return None
    try:
        at, lead_id = orjson.loads(
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        )
        found = Place(datetime.fromisoformat(at).astimezone(timezone.utc), str(lead_id))
    except (ValueError, TypeError, OverflowError, binascii.Error) as exc:
        raise Refused(422, errors=[FieldError("cursor", "not one of ours")]) from exc
    if "\0" in found.lead_id:
        raise Refused(422, errors=[FieldError("cursor", "not one of ours")])
    return found
