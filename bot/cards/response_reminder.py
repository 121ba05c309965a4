"""Tell an owner that his lead has not been answered yet, while there is time."""

from __future__ import annotations

from bot.cards.texts import lead_lines
from bot.chat.card import Button, Card, Field
from bot.crm.commands import BeginFollowUp, ReleaseLead, RevealContact
from bot.crm.lead_sheet import LeadSheet

TITLE = "还没跟进：{who}"
BY = "请在 {at} 前跟进，否则收回"
SOON = "请尽快跟进"


def card(sheet: LeadSheet) -> Card:
    """Say until when, and let him act at once."""
    lead = sheet.lead
    by = BY.format(at=lead_lines.clock(sheet.due_at, sheet.now)) if sheet.due_at else SOON
    masked = lead.phone_masked or lead.email_masked
    return Card(
        kind="response_reminder",
        source=lead_lines.source(sheet),
        title=TITLE.format(who=lead.display),
        note=by,
        fields=(Field("电话" if lead.phone_masked else "邮箱", masked),) if masked else (),
        text=lead_lines.script(sheet),
        buttons=(
            Button("看电话", RevealContact(lead.id), style="primary"),
            Button("跟进", BeginFollowUp(lead.id), style="primary"),
            Button("退回", ReleaseLead(lead.id)),
        ),
    )
