"""The first-response clock: from when it runs, until when to answer, whether that was done."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.crm.company import Company
from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD, WAITING


def runs_from(lead: Lead) -> datetime | None:
    """When its owner began to owe an answer; None if nobody owes one.

    An owner counts from the moment he got it, or from the customer's last enquiry if that was later.
    A lead without an owner counts from the enquiry, so that its card says how late it already is.
    """
    if lead.status in WAITING:
        return lead.waiting_since
    if lead.status not in HELD or lead.owned_at is None:
        return None
    return max(lead.owned_at, lead.waiting_since or lead.owned_at)


def is_answered(lead: Lead) -> bool:
    """Whether its owner has followed up since the clock was started."""
    since = runs_from(lead)
    if since is None:
        return True
    return lead.last_follow_up_at is not None and lead.last_follow_up_at >= since


def due_at(company: Company, lead: Lead) -> datetime | None:
    """Until when to answer, in working time; None once it was answered."""
    since = runs_from(lead)
    if since is None or is_answered(lead) or lead.status is LeadStatus.NEW:
        return None
    minutes = company.response.first_response.act_after_minutes
    return company.working_time.add_working(since, timedelta(minutes=minutes))


def remind_at(company: Company, lead: Lead) -> datetime | None:
    """When to remind the owner."""
    since = runs_from(lead)
    if since is None or is_answered(lead):
        return None
    minutes = company.response.first_response.remind_after_minutes
    return company.working_time.add_working(since, timedelta(minutes=minutes))
