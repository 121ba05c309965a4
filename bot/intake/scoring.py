"""The score of a lead, kept with a row for each reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import structlog

from bot.crm.company import Company
from bot.crm.lead import Lead
from bot.intake import tagging
from bot.intake.lifecycle import CONSIDERING, DECIDING, forward
from bot.rules import score as rules
from bot.rules.standing import is_plain, standing
from bot.store import leads, scores, verdicts
from bot.store.desk import Desk
from bot.store.leads import Particulars
from bot.store.worked_out import Wanted, wanted, work_out

SUBMITTED = "form_submitted"
#: Somebody was at an event of ours, by a form that is filled there.
ATTENDED = "event_attended"
#: A tag may bring a rule that sets a tag; more often than this is a circle.
_ROUNDS = 3
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scored:
    """A lead after its points were counted."""

    lead: Lead
    #: The same before.
    before: Lead

    @property
    def is_qualified(self) -> bool:
        """Whether it has reached the SQL line, now or before, and sales did not send it back."""
        return self.lead.is_sales_qualified

    @property
    def became_sales_qualified(self) -> bool:
        """Whether these points made it so."""
        return self.is_qualified and not self.before.is_sales_qualified


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
        "owned_at": lead.owned_at,
        "last_behaviour_at": lead.last_behaviour_at,
        "last_follow_up_at": lead.last_follow_up_at,
    }


async def count(desk: Desk, lead: Lead, *behaviours: rules.Behaviour) -> Scored:
    """Count what a lead is and what it just did. The lead must be locked or new."""
    fired = await _fired(desk, lead, behaviours)
    company = desk.company
    about_fields = {rule.id for rule in company.scoring.rules if rule.event is None}
    gains = rules.points_of(company, fired)
    holds = {one.rule for one in gains if one.rule in about_fields}
    corrections = await _corrections(desk, lead, holds)
    earned = [one for one in gains if one.rule not in about_fields]
    score = await scores.add(desk, lead.id, [*corrections, *earned])
    if not is_plain(company.scoring):
        score = standing(company.scoring, await scores.entries(desk.tx, lead.id), desk.now)
    return await _settle(desk, lead, score)


async def _fired(desk: Desk, lead: Lead, behaviours: tuple[rules.Behaviour, ...]) -> list[rules.Fired]:
    """The rules that hold, once their tags have settled: a tag may be what another rule asks for."""
    known = await leads.particulars(desk, lead.id)
    asked = _wanted(desk.company)
    fired: list[rules.Fired] = []
    for _ in range(_ROUNDS):
        worked_out = await work_out(desk.tx, lead.id, asked, desk.now)
        facts = rules.LeadFacts({**values_of(lead, known), **worked_out}, behaviours)
        fired = rules.fired(desk.company, facts)
        if not await tagging.by_rules(desk, lead.id, fired) or "tags" not in asked.keys:
            return fired
    _log.warning("scoring.tags_never_settle", lead=lead.id)
    return fired


@lru_cache(maxsize=8)
def _wanted(company: Company) -> Wanted:
    return wanted(rules.conditions(company))


async def _corrections(desk: Desk, lead: Lead, holds: set[str]) -> list[_Correction]:
    """Points for what a lead is follow its fields: a corrected title gives them or takes them away."""
    given = await scores.by_rule(desk.tx, lead.id)
    found = []
    for rule in desk.company.scoring.rules:
        if rule.event is not None or rule.paused:
            continue
        before = given.get(rule.id, scores.RulePoints(0, 0))
        difference = (desk.company.scoring.points_of(rule) if rule.id in holds else 0) - before.points
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
    if is_sql and lead.sales_rejected_at is not None:
        await _again(desk, lead, score)
    now = await leads.get(desk.tx, lead.id)
    if is_mql:
        await forward(desk, now, DECIDING if is_sql else CONSIDERING, reason="qualified", by="system")
    return Scored(await leads.get(desk.tx, lead.id), lead)


async def _again(desk: Desk, lead: Lead, score: int) -> None:
    """A lead that sales sent back is theirs again once it has earned enough since."""
    last = await verdicts.last(desk.tx, lead.id)
    if last is None or score >= last.score + desk.company.scoring.again_after:
        await verdicts.forget(desk, lead.id)
