"""A colleague takes down a lead that he met himself (录线索); one we know is shown to be known."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.assignment import arrive
from bot.assignment.assign import assign
from bot.crm.lead import Lead
from bot.crm.user import User
from bot.intake import match, scoring, texts
from bot.intake.clean.form import FieldError, read_person
from bot.intake.lifecycle import AWARE, forward
from bot.intake.written import read_written
from bot.store import audit, leads
from bot.store.desk import Desk
from bot.store.leads import Origin

_log = structlog.get_logger()
_FIRM_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What to correct."""

    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Nobody can be reached by what was written."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody has this phone, address or both already."""

    lead: Lead
    #: The kind of key by which he was recognised.
    matched: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """A new lead; `same_firm` are others of its company, the earliest first."""

    lead: Lead
    same_firm: tuple[Lead, ...]


async def enter(desk: Desk, text: str, *, by: User) -> Unreadable | Incomplete | Known | Entered:
    """Take down what was written; whoever sells becomes the owner, for others it is offered."""
    person = read_person(desk.company, read_written(desk.company, text))
    if isinstance(person, tuple):
        return Unreadable(person)
    if not (person.known.phone.reveal() or person.known.email.reveal()):
        return Incomplete()
    same_firm = tuple(await leads.of_company(desk.tx, person.known.company_key, most=_FIRM_SHOWN))
    keys = match.keys_of(desk, person.known)
    known_id = await match.find(desk, keys)
    if known_id is None:
        found = await match.find_or_take(desk, keys)
        known_id = found.lead_id if found.is_known else None
        lead_id = found.lead_id
    if known_id is not None:
        await audit.note(desk, actor=by.id, action="lead.collided", of=f"lead:{known_id}", how="entered")
        return Known(await leads.get(desk.tx, known_id), await match.matched(desk, keys, known_id))
    origin = Origin(source=person.source or texts.ENTERED_SOURCE, campaign=person.campaign)
    lead = await leads.create(desk, lead_id, person.known, origin, by=by.id)
    await forward(desk, lead, AWARE, reason="entered", by=by.id)
    lead = (await scoring.count(desk, await leads.get(desk.tx, lead_id))).lead
    await audit.note(desk, actor=by.id, action="lead.entered", of=lead.topic)
    _log.info("lead.entered", lead=lead.id, user=by.id)
    return Entered(await _hand_over(desk, lead, by), same_firm)


async def _hand_over(desk: Desk, lead: Lead, by: User) -> Lead:
    sells = by.role.sells
    lead = await arrive.arrive(desk, lead, rings=not sells)
    if not sells:
        return lead
    return await assign(desk, lead, to=by, by=by, how="created") or await leads.get(desk.tx, lead.id)
