"""A lead in the chat of somebody who leads its region."""

from __future__ import annotations

from bot.cards.texts import lead_lines
from bot.chat.card import Button, Card, Field
from bot.crm.commands import ClaimLead, ReassignLead
from bot.crm.lead import LEAD_STATUS_LABELS
from bot.crm.lead_sheet import LeadSheet

TITLE = "{status}：{who}"
OWNER, NOBODY = "负责人", "还没有"
REASSIGN, CLAIM = "改派", "领取"


def card(sheet: LeadSheet, *, note: str = "", is_claimable: bool = False, is_open: bool = True) -> Card:
    """Show whose it is; an open one can be given to somebody."""
    lead = sheet.lead
    buttons = [Button(REASSIGN, ReassignLead(lead.id), style="primary")] if is_open else []
    if is_claimable:
        buttons.append(Button(CLAIM, ClaimLead(lead.id)))
    return Card(
        kind="lead_watched",
        source=lead_lines.source(sheet),
        title=TITLE.format(status=LEAD_STATUS_LABELS[lead.status], who=lead.display),
        note=note or lead_lines.who(lead),
        fields=(Field(OWNER, sheet.owner_name or NOBODY), *lead_lines.fields(sheet)),
        text=f"无效原因：{lead.invalid_reason}" if lead.invalid_reason else "",
        buttons=tuple(buttons),
    )
