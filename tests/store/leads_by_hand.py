"""Leads and segments put down by hand, for tests that are about neither."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.crm.company import Company
from bot.crm.company.segments import Segments
from bot.store.desk import Desk
from bot.store.tables.leads import leads

_TEXTS = ("name", "company", "company_key", "title", "phone_masked", "email_masked", "province", "city", "region",
          "industry", "source", "campaign", "form", "tier", "lifecycle", "last_behaviour")  # fmt: skip


async def put(desk: Desk, lead_id: str, **values: Any) -> None:
    """One lead, otherwise empty."""
    row = {**dict.fromkeys(_TEXTS, ""), "id": lead_id, "status": "new", "custom": {}, "score": 0, "epoch": 0,
           "created_at": desk.now, "changed_at": desk.now}  # fmt: skip
    await desk.tx.insert(leads, {**row, **values})


def with_segments(company: Company, conditions: dict[str, Any]) -> Company:
    """The same company with these live segments."""
    found = [{"key": key, "name": key, "when": when, "live": True} for key, when in conditions.items()]
    import json

    return replace(company, segments=Segments.model_validate_json(json.dumps({"segments": found})))
