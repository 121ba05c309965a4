"""A browser or another system says who somebody is: what he did before becomes his history.

Whoever is known stays who he is: two people that a call declares one are counted and left to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import structlog

from bot.assignment import arrive
from bot.crm.behaviour_signals import VisitorIsKnown
from bot.crm.company.tracking import TrackedSource
from bot.intake import match, scoring
from bot.intake.clean.form import Person, read_person
from bot.intake.clean.tracked import spelled
from bot.intake.lifecycle import AWARE, forward
from bot.intake.submit import complete
from bot.intake.track import wake
from bot.kit.masked import Email, Phone
from bot.store import incidents, leads, touch_points, visitors
from bot.store.desk import Desk
from bot.store.leads import Origin, Particulars
from bot.store.visitors import USER, Visitor

_log = structlog.get_logger()
#: Their names for what we have fields of, as `spelled` gives them.
_TRAITS = {
    "mobile": "phone",
    "tel": "phone",
    "telephone": "phone",
    "phone_number": "phone",
    "mail": "email",
    "email_address": "email",
    "full_name": "name",
    "fullname": "name",
    "job_title": "title",
    "jobtitle": "title",
    "position": "title",
    "company_name": "company",
    "organization": "company",
    "state": "province",
}


async def identify(desk: Desk, told: VisitorIsKnown) -> str | None:
    """Join what a call says is one; the lead it is, None if nobody knows yet."""
    source = desk.company.tracking.source(told.source)
    named = _named(told)
    if source is None or not named:
        await incidents.count(desk.tx, "tracking.dropped", "source_gone", desk.now)
        return None
    seen = await visitors.seen(desk.tx, named, desk.now)
    for one in sorted(named):
        if told.user and seen[one].lead_id is None:
            await visitors.identify(desk.tx, one, told.user)
    lead_id = await _whose(desk, source, told, seen)
    if lead_id is None:
        return None
    history = await visitors.join(desk.tx, named, lead_id, desk.now)
    if history:
        await wake(desk, lead_id)
    _log.info("visitor.joined", lead=lead_id, source=told.source, history=history)
    return lead_id


def _named(told: VisitorIsKnown) -> set[str]:
    """All that a call names; alias does not say whether the former id was a browser's or a customer's."""
    former = {told.previous, f"{USER}{told.previous}"} if told.previous else set()
    return {one for one in (told.user, told.browser, *former) if one}


async def _whose(
    desk: Desk, source: TrackedSource, told: VisitorIsKnown, seen: Mapping[str, Visitor]
) -> str | None:
    person = _person(desk, told)
    found = await _known_by(desk, told, person)
    held = {one.lead_id for one in seen.values() if one.lead_id}
    if len(held | ({found} if found else set())) > 1:
        # What each did so far stays with each: whether they are one, people decide.
        await incidents.count(desk.tx, "tracking.known_to_known", source.key, desk.now)
    if found is not None:
        return await _completed(desk, found, person)
    if held:
        user = seen.get(told.user)
        return (user.lead_id if user else None) or min(held)
    return await _enter(desk, source, told, person)


async def _known_by(desk: Desk, told: VisitorIsKnown, person: Person | None) -> str | None:
    user = told.user.removeprefix(USER)
    known = person.known if person else Particulars()
    by = Particulars(phone=known.phone, email=known.email, external_id=known.external_id or user)
    keys = match.keys_of(desk, by)
    return await match.find(desk, keys) if keys else None


async def _completed(desk: Desk, lead_id: str, person: Person | None) -> str:
    """Add what was not known, but for the ways to reach him: anybody can send a call."""
    if person is not None:
        lead = await leads.lock(desk.tx, lead_id)
        told = _without_contact(person.known)
        await complete(desk, lead, told)
    return lead_id


def _without_contact(known: Particulars) -> Particulars:
    return Particulars(
        name=known.name, company=known.company, company_key=known.company_key, title=known.title,
        province=known.province, city=known.city, region=known.region, industry=known.industry,
        custom=known.custom, phone=Phone(), email=Email(),
    )  # fmt: skip


async def _enter(
    desk: Desk, source: TrackedSource, told: VisitorIsKnown, person: Person | None
) -> str | None:
    """Somebody new with a way to reach him becomes a lead, where the source is trusted with that."""
    if person is None or not source.creates_leads:
        return None
    if not (person.known.phone.reveal() or person.known.email.reveal()):
        return None
    found = await match.find_or_take(desk, match.keys_of(desk, person.known))
    if found.is_known:
        return found.lead_id
    first = await touch_points.first_of(desk.tx, told.browser or told.user)
    origin = Origin(
        source=person.source or source.name, campaign=person.campaign or (first.campaign if first else "")
    )
    lead = await leads.create(desk, found.lead_id, person.known, origin, by=f"tracking:{source.key}")
    await forward(desk, lead, AWARE, reason="identified", by="system")
    scored = await scoring.count(desk, await leads.get(desk.tx, lead.id))
    await arrive.arrive(desk, scored.lead, rings=scored.is_qualified)
    _log.info("lead.created", lead=lead.id, source=source.key)
    return lead.id


def _person(desk: Desk, told: VisitorIsKnown) -> Person | None:
    """What the traits say of him; None if nothing, or nothing that can be read."""
    traits: dict[str, Any] = orjson.loads(told.traits) if told.traits else {}
    fields = _fields(traits)
    if not fields:
        return None
    person = read_person(desk.company, fields)
    while isinstance(person, tuple):
        # One bad trait does not spoil the rest.
        bad = {error.field for error in person} & set(fields)
        if not bad:
            return None
        fields = {key: value for key, value in fields.items() if key not in bad}
        person = read_person(desk.company, fields)
    return person


def _fields(traits: Mapping[str, Any]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in traits.items():
        name = spelled(key)
        if isinstance(value, dict):
            nested = {spelled(inner): one for inner, one in value.items()}
            if name in ("company", "organization") and isinstance(nested.get("name"), str):
                flat["company"] = nested["name"]
            if name == "address":
                flat |= {at: nested[at] for at in ("city", "state") if isinstance(nested.get(at), str)}
        elif isinstance(value, str | int | float | bool):
            flat[name] = value
    first, last = flat.pop("firstname", ""), flat.pop("lastname", "")
    first, last = first or flat.pop("first_name", ""), last or flat.pop("last_name", "")
    found = {_TRAITS.get(name, name): value for name, value in flat.items()}
    if first or last:
        found.setdefault("name", _whole(str(first), str(last)))
    return found


def _whole(first: str, last: str) -> str:
    """Chinese names have the family's first and no space."""
    return f"{first} {last}".strip() if (first + last).isascii() else f"{last}{first}"
