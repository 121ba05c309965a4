"""A lead in the chat of its owner: all that is known, and all that can be done."""

from __future__ import annotations

from bot.cards.texts import lead_lines
from bot.chat.card import Button, Card, Field
from bot.crm.commands import (
    BeginFollowUp,
    ConvertLead,
    MarkInvalid,
    ReassignLead,
    ReleaseLead,
    RevealContact,
    ShowContactWay,
)
from bot.crm.journey_commands import QuitJourney
from bot.crm.lead import LEAD_STATUS_LABELS, Lead, LeadStatus
from bot.crm.lead_sheet import LeadSheet
from bot.crm.marketing_commands import AcceptLead, RejectLead

TITLE = "{status}：{who}"
REVEAL, FOLLOW_UP, CONVERT = "看电话", "跟进", "转商机"
RELEASE, INVALID, HAND_OVER = "退回", "无效", "转交"
CONTACT_WAY = "加微码"
ACCEPT, REJECT, JOURNEYS = "接受", "退回市场", "旅程"
PHONE, MAIL = "电话", "邮箱"
MESSAGE = "留言：{said}"


def card(sheet: LeadSheet, *, note: str = "", phone: str = "", email: str = "") -> Card:
    """Show it to its owner; `phone` and `email` in full only right after he asked for them."""
    lead = sheet.lead
    return Card(
        kind="lead_owned",
        source=lead_lines.source(sheet),
        title=TITLE.format(status=LEAD_STATUS_LABELS[lead.status], who=lead.display),
        note=note or lead_lines.who(lead),
        fields=_contact(lead, phone, email) + lead_lines.refused(sheet) + lead_lines.fields(sheet),
        text="\n".join(line for line in (_message(sheet), lead_lines.script(sheet)) if line),
        buttons=_buttons(lead),
        menu=_menu(lead),
    )


def _message(sheet: LeadSheet) -> str:
    return MESSAGE.format(said=" ".join(sheet.message.split())) if sheet.message else ""


def _contact(lead: Lead, phone: str, email: str) -> tuple[Field, ...]:
    if phone or email:
        found = [Field(PHONE, phone, url=f"tel:{_dialled(phone)}" if phone else ""), Field(MAIL, email)]
        return tuple(field for field in found if field.value)
    masked = lead.phone_masked or lead.email_masked
    return (Field(PHONE if lead.phone_masked else MAIL, masked),) if masked else ()


def _dialled(phone: str) -> str:
    return "".join(char for char in phone if char.isdigit() or char == "+")


def _menu(lead: Lead) -> tuple[Button, ...]:
    """Three at the most, as the platforms allow; what marketing asks goes with a lead it handed over."""
    journeys = (Button(JOURNEYS, QuitJourney(lead.id)),)
    if lead.status is LeadStatus.CONVERTED:
        return journeys
    way = (_contact_way(lead),) if _may_add(lead) else ()
    if not lead.is_sales_qualified or lead.sales_accepted_at is not None:
        return (*way, *journeys)
    asked = (Button(ACCEPT, AcceptLead(lead.id)), Button(REJECT, RejectLead(lead.id)))
    return (*way, *asked) if way else (*asked, *journeys)


def _contact_way(lead: Lead) -> Button:
    return Button(CONTACT_WAY, ShowContactWay(lead.id))


def _may_add(lead: Lead) -> bool:
    return lead.wechat_added_at is None


def _buttons(lead: Lead) -> tuple[Button, ...]:
    """Six at the most, as the platforms allow."""
    reveal = Button(REVEAL, RevealContact(lead.id), style="primary")
    follow_up = Button(FOLLOW_UP, BeginFollowUp(lead.id), style="primary")
    hand_over = Button(HAND_OVER, ReassignLead(lead.id))
    if lead.status is LeadStatus.CONVERTED:
        return (reveal, follow_up, *((_contact_way(lead),) if _may_add(lead) else ()), hand_over)
    return (
        reveal,
        follow_up,
        Button(CONVERT, ConvertLead(lead.id)),
        hand_over,
        Button(RELEASE, ReleaseLead(lead.id)),
        Button(INVALID, MarkInvalid(lead.id), style="danger"),
    )
