"""The rows of an opportunity that a list brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.crm.lead import LeadStatus
from bot.crm.pool import HELD
from bot.intake.imports.lead_rows import moved_on
from bot.intake.imports.terms import Terms, facts_of
from bot.intake.imports.world import World
from bot.intake.lifecycle import LIFECYCLE
from bot.store.import_lookups import KnownLead
from bot.store.import_writing import Change, Insert, Written

if TYPE_CHECKING:
    from bot.intake.imports.kinds.deals import PreparedDeal

_BOUGHT = LIFECYCLE[3]


def as_row(
    terms: Terms, prepared: PreparedDeal, lead: KnownLead | None, account_id: str, *, external_id: str | None
) -> dict[str, Any]:
    """The columns of an opportunity; it counts for its owner's team and region of today."""
    record, owner = prepared.record, prepared.owner
    born = _born(terms, prepared, lead)
    facts = facts_of(owner)
    closed = prepared.closed_at is not None
    return {
        "id": prepared.deal_id,
        "account_id": account_id,
        "lead_id": lead.id if lead else None,
        "name": record.get("name"),
        "owner_id": facts["owner_id"],
        "product": terms.name("product", record.get("product")),
        "stage": prepared.stage.name,
        "amount": prepared.amount,
        "currency": terms.company.org.currency,
        "expected_close_on": prepared.expected_on,
        "source": lead.columns["source"] if lead else "",
        "campaign": lead.columns["campaign"] if lead else "",
        "industry": lead.columns["industry"] if lead else "",
        "created_at": born,
        "stage_since": prepared.closed_at or born,
        "closed_at": prepared.closed_at,
        "won": prepared.won,
        "lost_reason": record.get("lost_reason") or None if prepared.won is False else None,
        "external_id": external_id,
        "created_owner_id": facts["owner_id"],
        "created_team": facts["team"],
        "created_region": facts["region"],
        "closed_owner_id": facts["owner_id"] if closed else None,
        "closed_team": facts["team"] if closed else "",
        "closed_region": facts["region"] if closed else "",
    }


def _born(terms: Terms, prepared: PreparedDeal, lead: KnownLead | None) -> datetime:
    """When it began: as the row says, else when its lead came; never after its end."""
    if prepared.created_at is not None:
        return prepared.created_at
    end = prepared.closed_at or terms.now
    came: datetime = lead.columns["created_at"] if lead else end
    return min(came, end)


def stage_row(
    terms: Terms, deal: Mapping[str, Any], before: str, after: str, reason: str, *, at: datetime
) -> dict[str, Any]:  # fmt: skip
    """One step in a deal's history."""
    owner = terms.people.get(deal["owner_id"])
    return {
        "opportunity_id": deal["id"], "lead_id": deal["lead_id"], "before": before, "after": after,
        "reason": reason, "by": terms.by, "at": at, **facts_of(owner),
    }  # fmt: skip


def converted(terms: Terms, lead: KnownLead, deal: Mapping[str, Any], line: Written, world: World) -> None:
    """A lead that nobody holds became this opportunity; whoever holds one converts it himself."""
    row = lead.columns
    if row["status"] not in HELD and row["status"] != LeadStatus.CONVERTED:
        new = {
            "status": LeadStatus.CONVERTED.value, "account_id": deal["account_id"] or None,
            "converted_at": deal["created_at"], "changed_at": terms.now,
        }  # fmt: skip
        before = {name: row.get(name) for name in new}
        line.changes.append(Change("leads", {"id": lead.id}, before, new))
        key = {"lead_id": lead.id, "after": new["status"], "at": deal["created_at"], "by": terms.by}
        owner = facts_of(terms.people.get(deal["owner_id"]), region=row["region"])
        more = {"before": row["status"], "reason": "converted"}
        line.inserts.append(Insert("status_changes", {**key, **more, **owner}, key))
        lead = replace(lead, columns={**row, **new})
    if deal["won"]:
        lead = moved_on(terms, lead, _BOUGHT, "won", line, at=deal["closed_at"])
    world.add_lead(lead)
