"""What each person sees of a lead now: the card is never the truth, it is drawn from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.assignment import pool_groups
from bot.assignment.sheet import lead_sheet, local_now
from bot.assignment.terms import cooling_since
from bot.cards import lead_gone, lead_offered, lead_owned, lead_taken, lead_watched
from bot.cards.lead_gone import Fate
from bot.chat.card import Card
from bot.crm.lead import Lead, LeadStatus
from bot.crm.lead_sheet import LeadSheet
from bot.crm.pool import HELD, WAITING, may_enter, may_oversee, veiled
from bot.crm.signals import RedrawLead
from bot.crm.user import User
from bot.store import leads, offers, outbox, tenures, timers, users
from bot.store.desk import Desk
from bot.store.tenures import Tenure

#: Cards drawn in one unit of work.
AT_ONCE = 20
_OPEN = WAITING | HELD | {LeadStatus.CONVERTED}


@dataclass(frozen=True, slots=True)
class Subject:
    """A lead and what all its cards share, read once for all viewers."""

    lead: Lead
    owner: User | None
    sheet: LeadSheet
    history: tuple[Tenure, ...]


async def subject(desk: Desk, lead: Lead) -> Subject:
    """Read what is needed to draw this lead for anybody."""
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    history = tuple(await tenures.of_lead(desk.tx, lead.id)) if lead.epoch else ()
    return Subject(lead, owner, await lead_sheet(desk, lead, owner), history)


async def lead_face(desk: Desk, lead: Lead, viewer: User, *, note: str = "") -> Card:
    """The card that this viewer gets of the lead as it stands; who may not know of it learns nothing."""
    seen = await subject(desk, lead)
    is_involved = await _is_involved(desk, seen, viewer)
    return face(desk, seen, viewer, is_involved=is_involved, note=note)


def face(desk: Desk, seen: Subject, viewer: User, *, is_involved: bool, note: str = "") -> Card:
    """Choose among the lead's cards; `is_involved`: he was shown it before, so it exists for him."""
    lead = seen.lead
    if not viewer.active or lead.is_erased:
        return lead_gone.missing()
    if lead.merged_into is not None:
        is_known = is_involved or may_oversee(viewer, lead, seen.owner)
        return lead_gone.merged(lead, lead.merged_into) if is_known else lead_gone.missing()
    if lead.owner_id == viewer.id and lead.status is not LeadStatus.INVALID:
        return lead_owned.card(seen.sheet, note=note)
    may_take = lead.owner_id is None and lead.status in WAITING and _may_take(desk, seen, viewer, is_involved)
    if may_oversee(viewer, lead, seen.owner):
        is_open = lead.status in _OPEN
        return lead_watched.card(seen.sheet, note=note, is_claimable=may_take, is_open=is_open)
    if may_take:
        sheet = replace(seen.sheet, lead=veiled(desk.company, lead))
        return lead_offered.card(sheet, note=note)
    return _past(desk, seen, viewer) if is_involved else lead_gone.missing()


async def refresh(desk: Desk, lead_id: str) -> None:
    """Draw again every card about this lead that hangs in a chat."""
    lead = await leads.find(desk.tx, lead_id)
    if lead is not None:
        await redraw(desk, lead)


async def redraw(desk: Desk, lead: Lead, *, after: str = "") -> None:
    """As `refresh`, for a lead that has just been read; `after` goes on behind that card.

    Some cards are drawn at once, the rest in units of their own, so that a lead that a thousand
    people see does not hold up whoever took it.
    """
    if not after:
        await _redraw_in_groups(desk, lead)
    hanging = [one for one in await outbox.on_topic(desk, lead.topic) if one.card_key > after]
    shown = hanging[:AT_ONCE]
    if not shown:
        return
    if len(hanging) > AT_ONCE:
        rest = RedrawLead(lead.id, shown[-1].card_key)
        await timers.set_timer(desk, lane_key=lead.topic, command=rest, key="", due_at=desk.now)
    seen = await subject(desk, lead)
    viewers = await users.before_whom(desk.tx, lead.topic)
    for one in shown:
        viewer = viewers.get(one.user_id)
        if viewer is not None:
            await outbox.redraw(desk, one, face(desk, seen, viewer, is_involved=True))


async def _redraw_in_groups(desk: Desk, lead: Lead) -> None:
    if await outbox.in_groups(desk, lead.topic):
        await pool_groups.redraw(desk, lead, (await subject(desk, lead)).sheet)


async def _is_involved(desk: Desk, seen: Subject, viewer: User) -> bool:
    if any(tenure.owner_id == viewer.id for tenure in seen.history):
        return True
    return await offers.last_epoch(desk.tx, seen.lead.id, viewer.id) is not None


def _may_take(desk: Desk, seen: Subject, viewer: User, is_involved: bool) -> bool:
    """Whether a button to take it makes sense; the claim itself asks everything again."""
    lead = seen.lead
    if not is_involved and not may_enter(desk.company, viewer, lead.pool_id):
        return False
    since = cooling_since(desk, lead)
    return not any(one.owner_id == viewer.id and one.is_cooling(since) for one in seen.history)


def _past(desk: Desk, seen: Subject, viewer: User) -> Card:
    """What became of a lead that he was offered, or had."""
    lead, owner = seen.lead, seen.owner.name if seen.owner else ""
    own = next((one for one in reversed(seen.history) if one.owner_id == viewer.id), None)
    lead = veiled(desk.company, lead) if own is None else lead
    if lead.status is LeadStatus.INVALID:
        return lead_gone.card(lead, Fate.INVALID, reason=lead.invalid_reason or "")
    if own is not None and own.to_at is not None and own.epoch == _last_ended(seen, own):
        return lead_gone.card(
            lead, _fate(own, viewer), owner=owner, reason=own.ended_reason, by=_by(own, viewer)
        )
    if lead.owner_id is None:
        return lead_gone.card(lead, Fate.IN_POOL)
    if lead.status is LeadStatus.CONVERTED:
        return lead_gone.card(lead, Fate.CONVERTED, owner=owner)
    now = seen.history[-1] if seen.history else None
    at = lead.owned_at if now is not None and now.how == "claimed" else None
    return lead_taken.card(lead, winner=owner, at=at, now=local_now(desk))


def _last_ended(seen: Subject, own: Tenure) -> int:
    """Only the tenure that ended last tells what became of the lead; after that it is history."""
    ended = [one.epoch for one in seen.history if one.to_at is not None]
    return max(ended) if ended else own.epoch


def _fate(own: Tenure, viewer: User) -> Fate:
    fates = {
        "released": Fate.RELEASED,
        "recycled": Fate.RECYCLED,
        "left": Fate.RECYCLED,
        "transferred": Fate.TRANSFERRED,
        "reassigned": Fate.REASSIGNED,
    }
    if own.ended_how == "released" and own.ended_by != viewer.id:
        return Fate.RECYCLED
    return fates.get(own.ended_how, Fate.OWNED)


def _by(own: Tenure, viewer: User) -> str:
    return own.ended_by_name if own.ended_by != viewer.id else ""
