"""A push or a mail becomes a lead, once; what cannot be taken leaves a row, a counter and a notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.cards.texts import doors as texts
from bot.chat.outbound import Notice
from bot.crm.user import Role
from bot.intake.doors.reading import Failed, Ready, Skipped
from bot.intake.submit import KeyReused, submit
from bot.store import arrivals, incidents, outbox, users
from bot.store.desk import Desk

_log = structlog.get_logger()
#: Failed ones are kept for so long, however short others are.
FAILED_FOR = timedelta(days=180)
#: One mail address may bring so many within the hour; a loop brings more.
_PER_SENDER, _HOUR = 10, timedelta(hours=1)
TOO_OFTEN = "too_often"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it."""

    #: taken, failed, skipped or repeated.
    state: str
    lead_id: str = ""
    reason: str = ""


async def take(
    desk: Desk, door: str, body: bytes, found: Ready | Failed | Skipped, *, sender: str = ""
) -> Taken:
    """Keep what came by a door, and do what it asks for; a repeat does nothing.

    `sender` is whoever could send too much: mail from one address.
    """
    by = desk.vault.index("sender", sender) if sender else ""
    if isinstance(found, Ready) and by:
        often = await arrivals.sent_by(desk.tx, by, since=desk.now - _HOUR) >= _PER_SENDER
        found = Skipped(found.key, TOO_OFTEN) if often else found
    state, reason = _verdict(found)
    form = "" if isinstance(found, Skipped) else found.form
    arrival_id = desk.new_id()
    is_new = await arrivals.keep(
        desk,
        arrival_id,
        door=door,
        key=found.key,
        state=state,
        reason=reason,
        form=form,
        sender=by,
        body=body,
    )
    if not is_new:
        await incidents.count(desk.tx, "arrival.repeated", door, desk.now)
        return Taken("repeated")
    if isinstance(found, Ready):
        return await _enter(desk, door, arrival_id, found)
    await incidents.count(desk.tx, f"arrival.{state}", f"{door}:{reason}", desk.now)
    _log.warning("arrival.not_taken", door=door, state=state, reason=reason, arrival=arrival_id)
    if isinstance(found, Failed):
        await _tell_admins(desk, door, reason)
    return Taken(state, reason=reason)


async def again(desk: Desk, door: str, arrival_id: str, found: Ready | Failed | Skipped) -> Taken:
    """Try one that had failed with the map as it is now."""
    state, reason = _verdict(found)
    form = "" if isinstance(found, Skipped) else found.form
    if not await arrivals.settle(desk, arrival_id, state=state, reason=reason, form=form):
        return Taken("repeated")
    if isinstance(found, Ready):
        return await _enter(desk, door, arrival_id, found)
    return Taken(state, reason=reason)


async def _enter(desk: Desk, door: str, arrival_id: str, found: Ready) -> Taken:
    for field in found.dropped:
        await incidents.count(desk.tx, "arrival.field_dropped", f"{door}:{field}", desk.now)
    submitted = await submit(desk, found.enquiry, None)
    if isinstance(submitted, KeyReused):
        msg = "there was no key"
        raise TypeError(msg)
    lead_id = submitted.lead_id
    await arrivals.link(desk, arrival_id, lead_id=lead_id, submission_id=submitted.submission_id)
    await incidents.count(desk.tx, "arrival.taken", door, desk.now)
    _log.info("arrival.taken", door=door, lead=lead_id, arrival=arrival_id)
    return Taken(arrivals.TAKEN, lead_id)


def _verdict(found: Ready | Failed | Skipped) -> tuple[str, str]:
    match found:
        case Ready():
            return arrivals.TAKEN, ""
        case Failed(reason=reason):
            return arrivals.FAILED, reason
        case Skipped(reason=reason):
            return arrivals.SKIPPED, reason


async def _tell_admins(desk: Desk, door: str, reason: str) -> None:
    """Tell each admin once an hour for each reason; every single one is counted."""
    also = set(desk.company.org.also_admins)
    admins = [one for one in await users.active(desk.tx) if one.role is Role.ADMIN or one.id in also]
    hour = desk.now.strftime("%Y-%m-%dT%H")
    text = texts.failed(title_of(desk, door), door, reason)
    for one in admins or await users.executives(desk.tx):
        key = f"arrival_failed:{door}:{reason}:{hour}:{one.id}"
        await outbox.post(desk, Notice(to=one.id, key=key, text=text))


def title_of(desk: Desk, door: str) -> str:
    """How people call a door."""
    entrance = desk.company.doors.entrances.get(door)
    return entrance.connector.title if entrance else texts.TITLES.get(door, door)
