"""A lead as a whole group sees it: without anybody's name or number, with one button while it is free."""

from __future__ import annotations

from bot.cards.texts import lead_lines
from bot.chat.card import Button, Card, Field
from bot.crm.commands import ClaimLead
from bot.crm.lead import LeadStatus
from bot.crm.lead_sheet import LeadSheet
from bot.crm.pool import HELD, WAITING
from bot.crm.spoken import mask_name

NEW, BACK, CLAIM = "新线索：{who}", "公海线索：{who}", "领取"
HANDED, GIVEN = "已由{by}转交给{owner}", "已由{by}改派给{owner}"
FREE, TAKEN, TAKEN_AT = "先点先得，详情发到你的私聊", "已由{owner}领取", "已被{owner}于 {at} 领取"
OVER = {LeadStatus.INVALID: "已标为无效", LeadStatus.CONVERTED: "已转商机"}
GONE = "已经不能领取"
BESIDE, BESIDE_GIVEN = "{lead_id} {note}，上面的卡片不用再点了", "{lead_id} {note}"


def card(sheet: LeadSheet) -> Card:
    """Draw it as it stands."""
    lead = sheet.lead
    is_free = lead.owner_id is None and lead.status in WAITING
    title = (BACK if lead.status is LeadStatus.RECYCLED else NEW) if is_free else "{who}"
    who = "·".join(part for part in (mask_name(lead.name), lead.company) if part)
    return Card(
        kind="lead_in_group",
        source=lead_lines.source(sheet),
        title=title.format(who=who),
        note=FREE if is_free else fate(sheet),
        fields=lead_lines.fields(sheet) if is_free else _owner(sheet),
        buttons=(Button(CLAIM, ClaimLead(lead.id), style="primary"),) if is_free else (),
    )


def fate(sheet: LeadSheet) -> str:
    """Say in a line what became of it."""
    lead = sheet.lead
    if lead.owner_id is None or not sheet.owner_name or lead.status not in {*HELD, LeadStatus.CONVERTED}:
        return OVER.get(lead.status, GONE)
    if sheet.given_by:
        said = HANDED if sheet.is_handed_over else GIVEN
        return said.format(by=sheet.given_by, owner=sheet.owner_name)
    if lead.owned_at is None:
        return TAKEN.format(owner=sheet.owner_name)
    at = lead_lines.exact(lead.owned_at.astimezone(sheet.now.tzinfo), sheet.now)
    return TAKEN_AT.format(owner=sheet.owner_name, at=at)


def beside(sheet: LeadSheet) -> str:
    """Say it in a message of its own, while the card cannot be changed."""
    return (BESIDE_GIVEN if sheet.given_by else BESIDE).format(lead_id=sheet.lead.id, note=fate(sheet))


def _owner(sheet: LeadSheet) -> tuple[Field, ...]:
    return (Field("负责人", sheet.owner_name),) if sheet.owner_name else ()
