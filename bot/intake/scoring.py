"""The score of a lead, kept with a row for each reason."""

from __future__ import annotations

from dataclasses import dataclass

from bot.crm.company import Company
from bot.crm.lead import Lead
from bot.intake.lifecycle import CONSIDERING, DECIDING, forward
from bot.rules import score as rules
from bot.store import leads, scores
from bot.store.desk import Desk
from bot.store.leads import Particulars

SUBMITTED = "form_submitted"


@dataclass(frozen=True, slots=True)
class Scored:
    """A lead after its points were counted."""

    lead: Lead

    @property
    def is_qualified(self) -> bool:
        """Whether it has reached the SQL line, now or before."""
        return self.lead.sales_qualified_at is not None


@dataclass(frozen=True, slots=True)
class _Correction:
    """What a rule about fields gives or takes because the fields are others than before."""

    rule: str
    points: int
    reason: str
    occasion: str


def values_of(lead: Lead, known: Particulars) -> dict[str, object]:
    """A lead's fields as conditions ask for them. Phone and e-mail are there, but masked."""
    return {
        **dict(known.custom),
        "name": lead.name,
        "phone": lead.phone_masked,
        "email": lead.email_masked,
        "company": lead.company,
        "title": lead.title,
        "province": lead.province,
        "city": lead.city,
        "industry": lead.industry,
        "source": lead.source,
        "campaign": lead.campaign,
        "message": known.message,
        "external_id": known.external_id,
        "region": lead.region,
        "form": lead.form,
        "pool": lead.pool_id,
        "owner": lead.owner_id,
        "status": lead.status.value,
        "score": lead.score,
        "tier": lead.tier,
        "lifecycle": lead.lifecycle,
        "created_at": lead.created_at,
        "last_behaviour_at": lead.last_behaviour_at,
        "last_follow_up_at": lead.last_follow_up_at,
    }


async def count(desk: Desk, lead: Lead, *behaviours: rules.Behaviour) -> Scored:
    """Count what a lead is and what it just did. The lead must be locked or new."""
    known = await leads.particulars(desk, lead.id)
    gains = rules.score(desk.company, rules.LeadFacts(values_of(lead, known), behaviours))
    about_fields = {rule.id for rule in desk.company.scoring.rules if rule.event is None}
    holds = {one.rule for one in gains if one.rule in about_fields}
    corrections = await _corrections(desk, lead, holds)
    earned = [one for one in gains if one.rule not in about_fields]
    score = await scores.add(desk, lead.id, [*corrections, *earned])
    return await _settle(desk, lead, score)


async def _corrections(desk: Desk, lead: Lead, holds: set[str]) -> list[_Correction]:
    """Points for what a lead is follow its fields: a corrected title gives them or takes them away."""
    given = await scores.by_rule(desk.tx, lead.id)
    found = []
    for rule in desk.company.scoring.rules:
        if rule.event is not None:
            continue
        before = given.get(rule.id, scores.RulePoints(0, 0))
        difference = (rule.points if rule.id in holds else 0) - before.points
        if difference:
            found.append(_Correction(rule.id, difference, rule.reason, f"~{before.rows}"))
    return found


async def _settle(desk: Desk, lead: Lead, score: int) -> Scored:
    company: Company = desk.company
    is_mql = rules.is_marketing_qualified(company, score)
    is_sql = rules.is_sales_qualified(company, score)
    await scores.settle(
        desk, lead.id, score, tier=rules.tier(company, score).key, is_mql=is_mql, is_sql=is_sql
    )
    now = await leads.get(desk.tx, lead.id)
    if is_mql:
        await forward(desk, now, DECIDING if is_sql else CONSIDERING, reason="qualified", by="system")
    return Scored(await leads.get(desk.tx, lead.id))
