"""Another system brings a person: a new lead, or more of what we know of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot.assignment import arrive
from bot.crm.lead import Lead
from bot.intake import match, scoring, texts
from bot.intake.behave import hand_over
from bot.intake.clean.came_by import way
from bot.intake.clean.form import FieldError, read_person
from bot.intake.completing import own
from bot.intake.lifecycle import AWARE, forward
from bot.intake.submit import complete
from bot.store import audit, leads, touch_points
from bot.store.desk import Desk
from bot.store.leads import Origin

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Upserted:
    """The lead as it stands now."""

    lead: Lead
    is_new: bool


async def upsert(
    desk: Desk, sent: Mapping[str, object], *, by: str, source: str, rings: bool = False
) -> Upserted | tuple[FieldError, ...]:
    """Enter or complete; `source` is the one of a lead that names none, `rings` offers a new one at once."""
    person = read_person(desk.company, sent)
    if isinstance(person, tuple):
        return person
    known = person.known
    if not (known.phone.reveal() or known.email.reveal() or known.external_id):
        return (FieldError("phone", texts.NO_WAY_BACK),)
    found = await match.find_or_take(desk, match.keys_of(desk, known))
    if found.is_known:
        before = await leads.lock(desk.tx, found.lead_id)
        await complete(desk, before, own(known, found.foreign))
        scored = await scoring.count(desk, await leads.get(desk.tx, before.id))
        lead = (await hand_over(desk, scored)).lead
    else:
        origin = Origin(source=person.source or source, campaign=person.campaign)
        lead = await leads.create(desk, found.lead_id, known, origin, by=by)
        await forward(desk, lead, AWARE, reason="api", by=by)
        scored = await scoring.count(desk, await leads.get(desk.tx, lead.id))
        lead = await arrive.arrive(desk, scored.lead, rings=rings or scored.is_qualified)
    texts_sent = {key: value for key, value in sent.items() if isinstance(value, str)}
    named = {"source": person.source or source, "campaign": person.campaign}
    came = way(query=texts_sent, named=named, referrer="", page="/api/v1/leads", at=desk.now, lead_id=lead.id)
    await touch_points.add(desk.tx, came)
    await audit.note(desk, actor=by, action="lead.upserted", of=lead.topic)
    _log.info("lead.upserted", lead=lead.id, by=by, is_new=not found.is_known)
    return Upserted(await leads.get(desk.tx, lead.id), not found.is_known)
