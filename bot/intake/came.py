"""Somebody came by a standing code or link: a lead with its source, and whose it is."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.assignment import arrive
from bot.assignment.assign import assign
from bot.cards.texts import standing as texts
from bot.chat.outbound import ReadContact
from bot.crm.capture_signals import ContactRead
from bot.crm.lead import Lead
from bot.crm.user import SYSTEM, User
from bot.intake import followers, scoring, wechat_identity
from bot.intake.lifecycle import AWARE, forward
from bot.intake.submit import complete
from bot.store import incidents, leads, outbox, timers, touch_points
from bot.store.desk import Desk
from bot.store.leads import Origin, Particulars
from bot.store.standing_ways import Standing
from bot.store.touch_points import TouchPoint

_log = structlog.get_logger()
_AGAIN, _TRIES = timedelta(seconds=2), 20


async def new_lead(desk: Desk, standing: Standing, user: User | None) -> Lead:
    """Enter who added one of us by it; the colleague's own, unless the rules are to decide."""
    way = desk.company.contact_ways.get(standing.name)
    form = desk.company.form(way.form) if way and way.form else None
    origin = Origin(source=standing.source, campaign=standing.campaign, form=form.id if form else "")
    by_rule = way is not None and way.owner == "rule"
    lead = await _entered(
        desk, origin, None if by_rule else user, rings=form is None or form.ring == "at_once",
        reason=texts.REASON.format(name=standing.name), note=texts.YOURS.format(name=standing.name),
    )  # fmt: skip
    _log.info("lead.created", lead=lead.id, by="contact_way", kind=standing.kind)
    return lead


async def stranger(desk: Desk, user: User | None) -> Lead:
    """Enter who added one of us by no code of ours: the colleague's own, or the rules decide."""
    lead = await _entered(
        desk, Origin(source=texts.SOURCE_ADDED), user, rings=True,
        reason=texts.REASON_ADDED, note=texts.YOURS_ADDED,
    )  # fmt: skip
    _log.info("lead.created", lead=lead.id, by="contact_way", kind="added")
    return lead


async def _entered(
    desk: Desk, origin: Origin, user: User | None, *, rings: bool, reason: str, note: str
) -> Lead:
    """A lead of this colleague; by the rules if there is none, or he does not sell."""
    lead_id = f"L{await desk.tx.number('lead')}"
    lead = await leads.create(desk, lead_id, Particulars(), origin, by="contact_way")
    await forward(desk, lead, AWARE, reason="contact_way", by="contact_way")
    lead = (await scoring.count(desk, await leads.get(desk.tx, lead_id))).lead
    by_rule = user is None or not user.role.sells
    lead = await arrive.arrive(desk, lead, rings=by_rule and rings)
    if not by_rule and user is not None and lead.owner_id is None:
        found = await assign(desk, lead, to=user, by=SYSTEM, reason=reason, note=note)
        lead = found or await leads.get(desk.tx, lead_id)
    return lead


async def touched(desk: Desk, lead_id: str | None, standing: Standing) -> None:
    """The way by which he came, also if he was here before."""
    await touch_points.add(
        desk.tx,
        TouchPoint(
            at=desk.now, source=standing.source, medium=standing.kind, campaign=standing.campaign,
            content=standing.name, lead_id=lead_id,
        ),
    )  # fmt: skip


async def ask_who(desk: Desk, platform: str, external_id: str, lead_id: str) -> None:
    """Have the platform tell his name; it comes a moment later."""
    await outbox.effect(
        desk, platform=platform, outgoing=ReadContact(external_id=external_id), key=_key(external_id),
        lane_key=f"lead:{lead_id}", topic=f"lead:{lead_id}", expires_at=desk.now + timedelta(hours=1),
    )  # fmt: skip
    await _await(desk, ContactRead(external_id, lead_id))


async def named(desk: Desk, signal: ContactRead) -> Lead | None:
    """Put the name to the lead if the platform told it; None if it is not known yet, or nothing is new."""
    lane, key = f"lead:{signal.lead_id}", _key(signal.external_id)
    told = await outbox.result(desk.tx, lane, key)
    if told is None:
        tries = int(signal.tries)
        if tries < _TRIES and not await outbox.is_lost(desk.tx, lane, key):
            await _await(desk, ContactRead(signal.external_id, signal.lead_id, str(tries + 1)))
        else:
            await incidents.count(desk.tx, "contact.unnamed", "not_told", desk.now)
        return None
    lead = await leads.lock(desk.tx, signal.lead_id)
    if lead.merged_into:
        lead = await leads.lock(desk.tx, lead.merged_into)
    await followers.is_lead(desk, told.get("union_id", ""), lead.id)
    await wechat_identity.take(desk, lead, union_id=told.get("union_id", ""))
    known = Particulars(name=told.get("name", "")[:64], company=told.get("company", "")[:128])
    after = await complete(desk, lead, known)
    return after if after != lead else None


def _key(external_id: str) -> str:
    return f"contact_read:{external_id}"


async def _await(desk: Desk, signal: ContactRead) -> None:
    await timers.set_timer(
        desk, lane_key=f"lead:{signal.lead_id}", command=signal, key=signal.external_id,
        due_at=desk.now + _AGAIN,
    )  # fmt: skip
