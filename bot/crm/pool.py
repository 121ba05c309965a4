"""Taking a lead out of a pool: whose it may be, and why not."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from bot.crm.company import Company
from bot.crm.company.pools import Pool, Terms
from bot.crm.lead import Lead, LeadStatus
from bot.crm.spoken import mask_company, mask_name
from bot.crm.user import Role, User

#: Statuses of a lead that waits for an owner.
WAITING = frozenset({LeadStatus.NEW, LeadStatus.OFFERED, LeadStatus.RECYCLED})
#: Statuses of a lead that counts as held by its owner.
HELD = frozenset({LeadStatus.ASSIGNED, LeadStatus.WORKING})
_CLAIMING = frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})


class Refusal(enum.StrEnum):
    """Why somebody does not get what he asked for; claims store it, so never rename one."""

    #: Somebody else owns it.
    TAKEN = "taken"
    #: His claims of the day are used up.
    CAPPED_DAY = "capped_day"
    #: He holds as many as he may.
    CAPPED_HOLDING = "capped_holding"
    #: He had it and has to leave it to others for some days.
    COOLING = "cooling"
    #: It has not lain in the pool for long enough.
    EMBARGOED = "embargoed"
    #: He does not take new leads at present.
    OFF_DUTY = "off_duty"
    #: It lies in a pool that is not his: to him it does not exist.
    NOT_YOURS = "not_yours"
    #: No such lead, or nobody can have it any more.
    GONE = "gone"


class Standing(NamedTuple):
    """What a claim needs to know of a lead: little, because a thousand people may ask at once."""

    id: str
    name: str
    company: str
    status: LeadStatus
    region: str
    pool_id: str | None
    owner_id: str | None
    owner_name: str
    owned_at: datetime | None
    epoch: int
    previous_owner_id: str | None
    created_at: datetime

    @property
    def display(self) -> str:
        """Name and company, as people say them."""
        return "·".join(part for part in (self.name or "未留姓名", self.company) if part)


#: Both can be shown to somebody who does not have it.
Shown = TypeVar("Shown", Lead, Standing)


def pool_of(company: Company, pool_id: str | None) -> Pool:
    """The pool of this id; the one for everything else if it is no longer configured."""
    pool = company.pools.get(pool_id or "") or company.pools.get(company.routing.otherwise)
    if pool is None:
        msg = f"no pool {company.routing.otherwise!r}"
        raise KeyError(msg)
    return pool


def terms_of(company: Company, pool_id: str | None) -> Terms:
    """The terms of that pool."""
    return company.pools.terms_of(pool_of(company, pool_id).id)


def regions_of(company: Company, pool: Pool) -> tuple[str, ...]:
    """Whose people may claim there; departments that sell nothing belong to no region."""
    return pool.regions or tuple(region.name for region in company.org.regions)


def may_enter(company: Company, user: User, pool_id: str | None) -> bool:
    """Say whether somebody may take leads out of this pool."""
    if not user.active or user.role not in _CLAIMING:
        return False
    return user.sees_all() or user.region in regions_of(company, pool_of(company, pool_id))


def refusal_by_terms(terms: Terms, lead: Standing | Lead, user: User, now: datetime) -> Refusal | None:
    """What the pool's terms say before anything is counted; None if they allow it."""
    if terms.on_duty_only and not user.takes_leads(now):
        return Refusal.OFF_DUTY
    if lead.previous_owner_id is None and now < free_from(terms, lead.created_at):
        return Refusal.EMBARGOED
    return None


def veiled(company: Company, lead: Shown) -> Shown:
    """The lead with what its pool hides from whoever does not have it; phone and e-mail never are in it."""
    hidden = terms_of(company, lead.pool_id).masked
    changes: dict[str, str] = {}
    if "name" in hidden:
        changes["name"] = mask_name(lead.name)
    if "company" in hidden and lead.company:
        changes["company"] = mask_company(lead.company)
    if "city" in hidden and isinstance(lead, Lead):
        changes |= {"city": "", "province": ""}
    return lead._replace(**changes) if changes else lead  # type: ignore[arg-type]  # texts all of them


def free_from(terms: Terms, created_at: datetime) -> datetime:
    """When a new lead may be taken."""
    return created_at + timedelta(minutes=terms.embargo_minutes)


def may_oversee(viewer: User, lead: Lead, owner: User | None) -> bool:
    """Say whether it is a lead of his people: he may look at it and give it to somebody else."""
    regions = {lead.region, owner.region if owner else ""}
    return viewer.active and any(viewer.leads_region(region) for region in regions)
