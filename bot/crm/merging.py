"""Two leads that are one person: which goes on, whose it is, and who may say so."""

from __future__ import annotations

import enum
from datetime import datetime

from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD, WAITING, may_oversee
from bot.crm.user import User

_OPEN = HELD | {LeadStatus.CONVERTED}


class Whose(enum.Enum):
    """What becomes of owner and status of the lead that goes on."""

    #: As they are.
    OWN = "own"
    #: Those of the other lead: this one has no owner who works on it.
    OTHERS = "others"
    #: The owner stays; the lead has become an opportunity, because the other one had.
    CONVERTED = "converted"


def in_order(one: Lead, other: Lead) -> tuple[Lead, Lead]:
    """The earlier lead goes on: it is the one that counts."""
    first, second = sorted((one, other), key=lambda lead: (lead.created_at, int(lead.id[1:])))
    return first, second


def whose(kept: Lead, gone: Lead) -> Whose:
    """A lead that somebody works on is never taken from him by merging it with one that nobody has."""
    has_owner = kept.owner_id is not None and kept.status in _OPEN
    if has_owner:
        becomes = kept.status in HELD and gone.status is LeadStatus.CONVERTED
        return Whose.CONVERTED if becomes else Whose.OWN
    if gone.owner_id is not None and gone.status in _OPEN:
        return Whose.OTHERS
    is_dead = kept.status is LeadStatus.INVALID
    return Whose.OTHERS if is_dead and gone.status in WAITING else Whose.OWN


def may_merge(actor: User, one: Lead, owner: User | None, other: Lead, others_owner: User | None) -> bool:
    """The owner of both, or whoever leads the people of both."""
    return all(
        actor.active and (lead.owner_id == actor.id or may_oversee(actor, lead, holder))
        for lead, holder in ((one, owner), (other, others_owner))
    )


def earliest(*moments: datetime | None) -> datetime | None:
    """The first of those that are known."""
    return min((at for at in moments if at is not None), default=None)


def latest(*moments: datetime | None) -> datetime | None:
    """The last of those that are known."""
    return max((at for at in moments if at is not None), default=None)
