"""The rows of a lead that a list brings, or adds to."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from bot.crm.lead import LeadStatus
from bot.intake.imports.points import FIRST, Judge, further, lifecycle_of, point_rows, values_of
from bot.intake.imports.terms import Terms
from bot.rules.score import Points
from bot.store import leads
from bot.store.consents import Consent
from bot.store.import_lookups import KnownLead
from bot.store.import_writing import Change, Insert, Written
from bot.store.lead_keys import LeadKey
from bot.store.leads import Origin, Particulars


def new_lead(
    terms: Terms,
    judge: Judge,
    lead_id: str,
    *,
    known: Particulars,
    origin: Origin,
    keys: tuple[LeadKey, ...],
    at: datetime | None,
    consent: Consent | None,
) -> tuple[KnownLead, list[Insert]]:
    """All rows of one; `at` is when it came, if that was earlier."""
    born = at or terms.now
    values = values_of(known, origin)
    gains = [Points(one.rule, one.points, one.reason, FIRST) for one in judge.gains(values)]
    standing = judge.standing(sum(one.points for one in gains))
    way = judge.way(values)
    lifecycle = lifecycle_of(standing)
    row = leads.new_row(terms.vault, lead_id, known, origin, at=born)
    row.update(
        score=standing.score,
        tier=standing.tier,
        lifecycle=lifecycle,
        pool_id=way.pool_id,
        region=way.region or known.region,
        marketing_qualified_at=born if standing.is_marketing_qualified else None,
        sales_qualified_at=born if standing.is_sales_qualified else None,
        # Nobody waits for an answer since last year.
        waiting_since=born if at is None else None,
        changed_at=terms.now,
    )
    history = {"lead_id": lead_id, "before": "", "by": terms.by, "at": born}
    inserts = [
        Insert("leads", row),
        *(Insert("lead_keys", _held(key, lead_id, terms.now)) for key in dict.fromkeys(keys)),
        Insert("status_changes", {
            **history, "after": LeadStatus.NEW.value, "reason": "imported", "team": "",
            "region": row["region"],
        }),
        Insert("lifecycle_changes", {**history, "after": lifecycle, "reason": "imported"}),
        *(Insert("score_changes", one) for one in point_rows(lead_id, gains, before=0, at=born)),
    ]  # fmt: skip
    if consent is not None:
        inserts.append(Insert("consents", _agreed(lead_id, consent, born)))
    points = {(one.rule, one.occasion): one.points for one in gains}
    return KnownLead(lead_id, row, known, points), inserts


def _held(key: LeadKey, lead_id: str, now: datetime) -> dict[str, Any]:
    return {"kind": key.kind, "digest": key.digest, "lead_id": lead_id, "created_at": now}


def _agreed(lead_id: str, consent: Consent, at: datetime) -> dict[str, Any]:
    names = ("given", "purpose", "channel", "text", "version", "form")
    return {"lead_id": lead_id, "at": at, **{name: getattr(consent, name) for name in names}}


def changed_lead(terms: Terms, judge: Judge, lead: KnownLead, after: Particulars, line: Written) -> KnownLead:
    """Let a lead be `after`, and its points follow; what it takes is added to the line."""
    if after == lead.particulars:
        return lead
    columns = leads.columns(terms.vault, lead.id, after)
    same = _alike(lead.particulars, after)
    new = {name: value for name, value in columns.items() if name not in same}
    row = lead.columns
    origin = Origin(source=row["source"], campaign=row["campaign"], form=row["form"])
    values = {**values_of(after, origin), "status": row["status"], "owner": row.get("owner_id")}
    corrections = judge.corrections(values, lead.points)
    changed = replace(lead, columns={**row, **new}, particulars=after)
    line.changes.append(_change(lead, {**new, "changed_at": terms.now}))
    return with_points(terms, judge, changed, corrections, line, at=terms.now)


#: Columns that hold the same thing twice.
_MASKED = {"phone": "phone_masked", "email": "email_masked"}


def _alike(before: Particulars, after: Particulars) -> set[str]:
    """Columns in which nothing is new: sealed anew they would differ, and say the same."""
    same = {one.name for one in fields(after) if getattr(before, one.name) == getattr(after, one.name)}
    return same | {masked for name, masked in _MASKED.items() if name in same}


def with_points(
    terms: Terms, judge: Judge, lead: KnownLead, gains: list[Points], line: Written, *, at: datetime
) -> KnownLead:
    """Give a lead points, and what follows from them."""
    if not gains:
        return lead
    row = lead.columns
    standing = judge.standing(row["score"] + sum(one.points for one in gains))
    for values in point_rows(lead.id, gains, before=row["score"], at=at):
        key = {name: values[name] for name in ("lead_id", "rule", "occasion")}
        line.inserts.append(Insert("score_changes", values, key))
    new: dict[str, Any] = {"score": standing.score, "tier": standing.tier}
    for column, holds in (
        ("marketing_qualified_at", standing.is_marketing_qualified),
        ("sales_qualified_at", standing.is_sales_qualified),
    ):
        if holds and row.get(column) is None:
            new[column] = at
    line.changes.append(_change(lead, new))
    points = {**lead.points, **{(one.rule, one.occasion): one.points for one in gains}}
    changed = replace(lead, columns={**row, **new}, points=points)
    lifecycle = (
        lifecycle_of(standing, row["lifecycle"]) if standing.is_marketing_qualified else row["lifecycle"]
    )
    return moved_on(terms, changed, lifecycle, "qualified", line, at=at)


def moved_on(
    terms: Terms, lead: KnownLead, to: str, reason: str, line: Written, *, at: datetime
) -> KnownLead:
    """Move a lead forward in its lifecycle, with history."""
    before = lead.columns["lifecycle"]
    if further(before, to) == before:
        return lead
    line.changes.append(_change(lead, {"lifecycle": to}))
    key = {"lead_id": lead.id, "after": to, "at": at, "by": terms.by}
    line.inserts.append(Insert("lifecycle_changes", {**key, "before": before, "reason": reason}, key))
    return replace(lead, columns={**lead.columns, "lifecycle": to})


def _change(lead: KnownLead, new: dict[str, Any]) -> Change:
    before = {name: lead.columns.get(name) for name in new}
    return Change("leads", {"id": lead.id}, before, new)
