"""Tell an owner that his lead will be taken back unless he does something with it."""

from __future__ import annotations

from datetime import datetime

from bot.cards.texts import lead_lines
from bot.chat.card import Button, Card, Field
from bot.crm.commands import BeginFollowUp, ReleaseLead, RevealContact
from bot.crm.lead_sheet import LeadSheet

TITLE = "快到保护期：{who}"
BY, TODAY = "还有 {left} 个工作日，{at} 收回公海", "今天 {at:%H:%M} 收回公海"
HOW = "写一条有内容的跟进就会延长。"


def card(sheet: LeadSheet, *, until: datetime, left: int) -> Card:
    """Say until when it is his; `until` is in the company's zone, `left` counts working days."""
    lead = sheet.lead
    note = BY.format(left=left, at=lead_lines.clock(until, sheet.now)) if left else TODAY.format(at=until)
    masked = lead.phone_masked or lead.email_masked
    return Card(
        kind="protection_reminder",
        source=lead_lines.source(sheet),
        title=TITLE.format(who=lead.display),
        note=note,
        fields=(Field("电话" if lead.phone_masked else "邮箱", masked),) if masked else (),
        text=HOW,
        buttons=(
            Button("跟进", BeginFollowUp(lead.id), style="primary"),
            Button("看电话", RevealContact(lead.id), style="primary"),
            Button("退回", ReleaseLead(lead.id)),
        ),
    )
