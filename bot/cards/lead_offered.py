"""A lead that waits for an owner, in the chat of everybody who may take it."""

from __future__ import annotations

from bot.cards.texts import lead_lines
from bot.chat.card import Button, Card
from bot.crm.commands import ClaimLead
from bot.crm.lead import LeadStatus
from bot.crm.lead_sheet import LeadSheet

NEW, BACK = "新线索：{who}", "公海线索：{who}"
CLAIM = "领取"


def card(sheet: LeadSheet, *, note: str = "") -> Card:
    """Offer it; the first to tap gets it. `note` says why it comes again."""
    lead = sheet.lead
    title = BACK if lead.status is LeadStatus.RECYCLED else NEW
    return Card(
        kind="lead_offered",
        source=lead_lines.source(sheet),
        title=title.format(who=lead.display),
        note=note or lead_lines.who(lead),
        fields=lead_lines.fields(sheet),
        text="\n".join(line for line in (lead_lines.collected(sheet), lead_lines.script(sheet)) if line),
        buttons=(Button(CLAIM, ClaimLead(lead.id), style="primary"),),
    )
