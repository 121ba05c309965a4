"""A form that was sent in becomes a lead, or tells the owner of one that he is wanted again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.assignment import arrive
from bot.crm.lead import Lead, LeadStatus
from bot.intake import match, scoring, texts, trace
from bot.intake.clean.form import Enquiry
from bot.intake.completing import completed, own
from bot.intake.lifecycle import AWARE, CONSIDERING, forward
from bot.intake.match import Match
from bot.kit.vault import Vault
from bot.rules.score import Behaviour
from bot.store import (
    consents,
    incidents,
    lead_keys,
    leads,
    submissions,
    touch_suppressions,
    users,
    webhooks,
)
from bot.store.desk import Desk
from bot.store.leads import Particulars
from bot.store.submissions import CREATED, RE_ENQUIRY, Request

_log = structlog.get_logger()
#: Somebody who sends more within the hour no longer rings; all he sends is kept.
_RINGS_PER_HOUR = 5
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a form."""

    lead_id: str
    is_duplicate: bool
    submission_id: str


class RepeatedRequestError(Exception):
    """The same Idempotency-Key came in the same instant: the unit is undone, the first one's answer holds."""


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The Idempotency-Key belongs to another body."""


def lane_key_of(vault: Vault, enquiry: Enquiry) -> str:
    """Where forms of the same person queue up behind each other."""
    known = enquiry.known
    keys = lead_keys.keys_of(
        vault, phone=known.phone.reveal(), email=known.email.reveal(), external_id=known.external_id
    )
    # The phone if there is one: it sorts last, and two enquiries share it more often than the rest.
    return f"enquiry:{keys[-1].digest}" if keys else ""


async def submit(desk: Desk, enquiry: Enquiry, request: Request | None) -> Submitted | KeyReused:
    """Take a form; a request that was seen before gets its first answer again and does nothing."""
    if request is not None:
        seen = await submissions.of_request(desk.tx, request.key)
        if seen is not None and seen.request_digest != request.digest:
            return KeyReused()
        if seen is not None:
            return Submitted(seen.lead_id, seen.is_duplicate, seen.id)
    found = await match.find_or_take(desk, match.keys_of(desk, enquiry.known))
    submission_id = desk.new_id()
    if found.is_known:
        await _enquire_again(desk, enquiry, found, submission_id, request)
    else:
        await _enter(desk, enquiry, found.lead_id, submission_id, request)
    return Submitted(found.lead_id, found.is_known, submission_id)


async def _enter(
    desk: Desk, enquiry: Enquiry, lead_id: str, submission_id: str, request: Request | None
) -> None:
    lead = await leads.create(desk, lead_id, enquiry.known, enquiry.origin, by="form")
    await _keep(desk, enquiry, lead, submission_id, request, kind=CREATED)
    scored = await _count(desk, enquiry, lead)
    rings = _is_urgent(desk, enquiry) or scored.is_qualified
    await arrive.arrive(desk, scored.lead, rings=rings)
    _log.info("lead.created", lead=lead_id, form=enquiry.form.id, rings=rings)


async def _enquire_again(
    desk: Desk, enquiry: Enquiry, found: Match, submission_id: str, request: Request | None
) -> None:
    lead_id = found.lead_id
    lead = await leads.lock(desk.tx, lead_id)
    often = await submissions.since(desk.tx, lead_id, desk.now - _HOUR) >= _RINGS_PER_HOUR
    lead = await complete(desk, lead, own(enquiry.known, found.foreign))
    await _keep(desk, enquiry, lead, submission_id, request, kind=RE_ENQUIRY)
    scored = await _count(desk, enquiry, lead)
    _log.info("lead.re_enquired", lead=lead_id, form=enquiry.form.id, often=often)
    told = webhooks.lead_data(scored.lead) | {"form": enquiry.form.id}
    await webhooks.tell(desk, "lead.re_enquired", told, lead_id=lead_id)
    if often:
        await incidents.count(desk.tx, "re_enquiry.muted", "too_often", desk.now)
        return
    # A lead that is still being nurtured waits on, unless this form or its score says otherwise.
    rings = not _is_nurtured(scored.lead) or _is_urgent(desk, enquiry) or scored.is_qualified
    await arrive.re_enquire(desk, scored.lead, enquiry.known.message, rings=rings)


async def complete(desk: Desk, lead: Lead, known: Particulars) -> Lead:
    """Add what was not known; what was stays, and the newest message is shown."""
    before = await leads.particulars(desk, lead.id)
    after = completed(before, known)
    return lead if after == before else await leads.write(desk, lead.id, after)


async def _count(desk: Desk, enquiry: Enquiry, lead: Lead) -> scoring.Scored:
    await leads.behaved(desk, lead.id, texts.submitted(enquiry.form.name))
    stands = CONSIDERING if _is_urgent(desk, enquiry) else AWARE
    await forward(desk, lead, stands, reason=f"form:{enquiry.form.id}", by="form")
    lead = await leads.get(desk.tx, lead.id)
    form = enquiry.form
    done = [Behaviour(scoring.SUBMITTED, desk.now, form.id)]
    if form.attends:
        done.append(Behaviour(scoring.ATTENDED, desk.now, enquiry.origin.campaign or form.id))
    return await scoring.count(desk, lead, *done)


async def _keep(
    desk: Desk, enquiry: Enquiry, lead: Lead, submission_id: str, request: Request | None, *, kind: str
) -> None:
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    is_kept = await submissions.keep(
        desk,
        submission_id,
        lead_id=lead.id,
        form=enquiry.form.id,
        source=enquiry.origin.source,
        campaign=enquiry.origin.campaign,
        kind=kind,
        body=_body(enquiry),
        request=request,
        owner_id=lead.owner_id,
        team=owner.team if owner else "",
        region=owner.region if owner else lead.region,
    )
    if not is_kept:
        raise RepeatedRequestError
    await trace.leave(desk, enquiry, lead.id, submission_id)
    if enquiry.consent is not None:
        await consents.record(desk, lead.id, enquiry.consent)
        if enquiry.consent.given:
            await touch_suppressions.came_again(desk, match.keys_of(desk, enquiry.known))


def _body(enquiry: Enquiry) -> Mapping[str, object]:
    """All that was sent; number and address also as we read them, for whoever looks for another one."""
    known = enquiry.known
    return {"sent": dict(enquiry.sent), "phone": known.phone.reveal(), "email": known.email.reveal()}


def _is_urgent(desk: Desk, enquiry: Enquiry) -> bool:
    return desk.company.ring_of(enquiry.form.id) == "at_once"


def _is_nurtured(lead: Lead) -> bool:
    """Nobody was asked to take it yet."""
    return lead.status is LeadStatus.NEW and lead.owner_id is None
