"""Corrections of a lead's fields: what it was, what it became, who did it; sealed, only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import bindparam, select

from bot.store.desk import Desk
from bot.store.tables.leads import field_changes


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One correction."""

    field: str
    before: str
    after: str
    by: str
    at: datetime


_OF = (
    select(field_changes)
    .where(field_changes.c.lead_id == bindparam("of_lead"))
    .order_by(field_changes.c.at, field_changes.c.id)
)


async def note(desk: Desk, lead_id: str, field: str, *, before: str, after: str, by: str) -> None:
    """Add a row."""
    sealed = desk.vault.seal(orjson.dumps([before, after]), _place(lead_id, field))
    row = {"lead_id": lead_id, "field": field, "values": sealed, "by": by, "at": desk.now}
    await desk.tx.insert(field_changes, row)


async def of_lead(desk: Desk, lead_id: str) -> list[FieldChange]:
    """All corrections of a lead, the first one first."""
    found = []
    for row in await desk.tx.all(_OF, of_lead=lead_id):
        # `values` is also what the driver's records call a method of theirs.
        before, after = orjson.loads(desk.vault.open(row[3], _place(lead_id, row.field)))
        found.append(FieldChange(row.field, before, after, row.by, row.at))
    return found


def _place(lead_id: str, field: str) -> str:
    return f"field_changes.values:{lead_id}:{field}"
