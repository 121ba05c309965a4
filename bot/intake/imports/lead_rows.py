"""The rows of a lead that a list brings, or adds to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from bot.crm.lead import LeadStatus
from bot.crm.user import User
from bot.intake.imports.points import Judge, Verdict, further, lifecycle_of, point_rows, values_of
from bot.intake.imports.terms import Terms
from bot.rules.score import Points
from bot.store import lead_hints, lead_keys, leads
from bot.store.consents import Consent
from bot.store.import_lookups import KnownLead
from bot.store.import_writing import Change, Insert, Written
from bot.store.lead_keys import LeadKey
from bot.store.leads import Origin, Particulars
from bot.store.sweeps import LISTED

_NEW = LeadStatus.NEW.value


def new_lead(
    terms: Terms,
    judge: Judge,
    lead_id: str,
    *,
    known: Particulars,
    origin: Origin,
    keys: tuple[LeadKey, ...],
    at: datetime | None,
    consent: Consent | None = None,
    owner: User | None = None,
) -> tuple[KnownLead, list[Insert]]:
    """All rows of one; `at` is when it came, if that was earlier."""
    now = terms.now
    born = at or now
    verdict = judge.verdict(known, origin)
    standing, way = verdict.standing, verdict.way
    row = leads.new_row(terms.vault, lead_id, known, origin, at=born)
    row["score"], row["tier"], row["lifecycle"] = standing.score, standing.tier, verdict.lifecycle
    row["pool_id"], row["region"] = way.pool_id, way.region or known.region
    row["marketing_qualified_at"] = born if standing.is_marketing_qualified else None
    row["sales_qualified_at"] = born if standing.is_sales_qualified else None
    # Nobody waits for an answer since last year, nor whoever somebody looks after.
    row["waiting_since"] = born if at is None and owner is None else None
    row["changed_at"] = now
    row["owner_id"] = row["owned_at"] = None
    inserts = [Insert("leads", row)]
    for key in dict.fromkeys(keys) if len(keys) > 1 else keys:
        held = {"kind": key.kind, "digest": key.digest, "lead_id": lead_id, "created_at": now}
        inserts.append(Insert("lead_keys", held))
    phone = known.phone.reveal()
    if lead_keys.is_shared(phone):
        # An office's number is no key alone; lists of work done name leads by it all the same.
        for kind, digest in lead_hints.hints_of(terms.vault, phone=phone).items():
            inserts.append(Insert("lead_hints", {"kind": kind, "digest": digest, "lead_id": lead_id}))
    inserts.append(Insert("uncompared", {"lane": LISTED, "id": lead_id, "at": now}))
    inserts += _history(terms, lead_id, row, verdict, born)
    if consent is not None:
        inserts.append(Insert("consents", _agreed(lead_id, consent, born)))
    if owner is not None:
        inserts += _owned(terms, row, owner)
    points = {(one.rule, one.occasion): one.points for one in verdict.gains}
    return KnownLead(lead_id, row, known, points), inserts


def _history(
    terms: Terms, lead_id: str, row: dict[str, Any], verdict: Verdict, born: datetime
) -> Iterator[Insert]:
    """How it began: new, as far as its points bring it, and each of them."""
    by = terms.by
    yield Insert("status_changes", {
        "lead_id": lead_id, "before": "", "after": _NEW, "reason": "imported", "by": by, "at": born,
        "owner_id": None, "team": "", "region": row["region"],
    })  # fmt: skip
    yield Insert("lifecycle_changes", {
        "lead_id": lead_id, "before": "", "after": verdict.lifecycle, "reason": "imported", "by": by,
        "at": born,
    })  # fmt: skip
    if verdict.gains:
        for one in point_rows(lead_id, verdict.gains, before=0, at=born):
            yield Insert("score_changes", one)


def _owned(terms: Terms, row: dict[str, Any], owner: User) -> Iterator[Insert]:
    """Whose it is from now on; the row is changed with it."""
    at, his = terms.now, {"owner_id": owner.id, "team": owner.team, "region": owner.region}
    row |= {"status": LeadStatus.ASSIGNED.value, "owner_id": owner.id, "owned_at": at, "epoch": 1}
    yield Insert("status_changes", {
        "lead_id": row["id"], "before": _NEW, "after": row["status"], "reason": "imported", "by": terms.by,
        "at": at, **his,
    })  # fmt: skip
    yield Insert("tenures", {
        "lead_id": row["id"], "epoch": 1, **his, "pool_id": row["pool_id"], "how": "assigned",
        "by": terms.by, "reason": "", "from_at": at, "to_at": None,
        "ended_how": None, "ended_by": None, "ended_reason": None,
    })  # fmt: skip


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
