"""The answer to 查重: whose a known customer is, and since when; nothing else of him."""

from __future__ import annotations

from datetime import datetime

from bot.cards.texts import intake as texts
from bot.chat.card import Card, Field
from bot.crm.lead import LEAD_STATUS_LABELS, Lead, LeadStatus

TITLE = "{lead_id} 已在系统里"
OWNER, POOL, SINCE, ENTERED, STATUS, REASON = "负责人", "所在", "负责自", "录入于", "状态", "原因"
HINT = "有疑问请找负责人或大区经理。"


def card(lead: Lead, *, owner: str, pool: str, now: datetime) -> Card:
    """Say it to a colleague who may not see the lead itself; `now` is in the company's zone."""
    place = Field(OWNER, owner) if owner else Field(POOL, pool)
    owned = texts.since(lead.owned_at.astimezone(now.tzinfo), now) if owner and lead.owned_at else ""
    fields = (
        place,
        Field(SINCE, owned),
        Field(ENTERED, texts.since(lead.created_at.astimezone(now.tzinfo), now)),
        Field(STATUS, LEAD_STATUS_LABELS[lead.status]),
        Field(REASON, lead.invalid_reason or "" if lead.status is LeadStatus.INVALID else ""),
    )
    return Card(
        kind="lead_duplicate",
        title=TITLE.format(lead_id=lead.id),
        note=texts.ALREADY_KNOWN,
        fields=tuple(field for field in fields if field.value),
        text=HINT,
    )
