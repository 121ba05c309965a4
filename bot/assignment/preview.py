"""What a rule of protection would take from whom, and when: reckoned exactly as the clock does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from bot.crm.company.pools import Protection
from bot.crm.pool import terms_of
from bot.crm.protection import falls_at, later
from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.reads.protected_leads import ProtectedLead, may_see, protected_leads

_SLICE = 500
#: Working days that are looked ahead.
AHEAD = 5


@dataclass(slots=True)
class Loss:
    """Who would lose how many, under one rule."""

    #: The next working day: what is over already falls then.
    on: date
    #: By owner's name, on that day.
    first: Counter[str] = field(default_factory=Counter)
    #: In the working days after it.
    soon: Counter[str] = field(default_factory=Counter)
    #: Numbers of the leads that fall on the first day, and of those later, for whoever looks closer.
    leads: list[str] = field(default_factory=list)
    #: All leads that the rule is about.
    protected: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """The rule that was asked about beside the one that holds; `now` is None if none holds."""

    asked: Loss
    now: Loss | None


async def preview(desk: Desk, viewer: User, asked: Protection | None) -> Preview:
    """What `viewer` may see of it; without `asked` it is about the rules as they are."""
    today = desk.now.astimezone(desk.company.org.zone).date()
    next_day, last_day = later(desk.company, today, 1), later(desk.company, today, AHEAD)
    proposed, present, is_on = Loss(next_day), Loss(next_day), False
    after = ""
    while True:
        found = await protected_leads(desk.tx, after=after, at_most=_SLICE)
        for lead in found:
            if not may_see(viewer, lead):
                continue
            own = terms_of(desk.company, lead.pool_id).protection
            is_on = is_on or own.on
            _count(desk, proposed, lead, asked or own, last_day)
            _count(desk, present, lead, own, last_day)
        if len(found) < _SLICE:
            break
        after = found[-1].lead_id
    return Preview(proposed, present if asked is not None and is_on else None)


def _count(desk: Desk, loss: Loss, lead: ProtectedLead, terms: Protection, last_day: date) -> None:
    if not terms.on:
        return
    loss.protected += 1
    falls = falls_at(desk.company, terms, lead.course, desk.now).astimezone(desk.company.org.zone).date()
    if falls <= loss.on:
        loss.first[lead.owner_name] += 1
        loss.leads.append(lead.lead_id)
    elif falls <= last_day:
        loss.soon[lead.owner_name] += 1
