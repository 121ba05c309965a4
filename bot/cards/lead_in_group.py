"""A lead as a whole group sees it: without anybody's name or number, with one button while it is free.

Where a platform shows each reader his own, whoever has it sees on the same card what he can do with it.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cards.texts import lead_lines
from bot.chat.card import Button, Card, Field
from bot.crm.commands import BeginFollowUp, ClaimLead, ConvertLead, RevealContact
from bot.crm.lead import LeadStatus
from bot.crm.lead_sheet import LeadSheet
from bot.crm.pool import HELD, WAITING
from bot.crm.spoken import mask_name

NEW, BACK, CLAIM = "新线索：{who}", "公海线索：{who}", "领取"
HANDED, GIVEN = "已由{by}转交给{owner}", "已由{by}改派给{owner}"
FREE, TAKEN, TAKEN_AT = "先点先得，详情发到你的私聊", "已由{owner}领取", "已被{owner}于 {at} 领取"
OVER = {LeadStatus.INVALID: "已标为无效", LeadStatus.CONVERTED: "已转商机"}
GONE, MERGED = "已经不能领取", "已并入 {into}"
COLLECTED = "点了先登记，{seconds} 秒后揭晓归谁，结果发到你的私聊"
YOURS, YOURS_SINCE = "由你负责，结果发到你的私聊", "你已领取，结果发到你的私聊"
REVEAL, FOLLOW_UP, CONVERT = "看电话", "跟进", "转商机"
BESIDE, BESIDE_GIVEN = "{lead_id} {note}，上面的卡片不用再点了", "{lead_id} {note}"


def card(sheet: LeadSheet) -> Card:
    """Draw it as it stands."""
    lead = sheet.lead
    is_free = lead.owner_id is None and lead.status in WAITING and lead.merged_into is None
    title = (BACK if lead.status is LeadStatus.RECYCLED else NEW) if is_free else "{who}"
    who = "·".join(part for part in (mask_name(lead.name), lead.company) if part)
    return Card(
        kind="lead_in_group",
        source=lead_lines.source(sheet),
        title=title.format(who=who),
        note=free(sheet) if is_free else fate(sheet),
        fields=lead_lines.fields(sheet) if is_free else _owner(sheet),
        buttons=(Button(CLAIM, ClaimLead(lead.id), style="primary"),) if is_free else (),
    )


def free(sheet: LeadSheet) -> str:
    """How it is given away."""
    return COLLECTED.format(seconds=sheet.reveal_seconds) if sheet.reveal_seconds else FREE


def own(sheet: LeadSheet) -> Card | None:
    """Draw it for its owner, no more personal than for all; None if it is nobody's to work on."""
    lead = sheet.lead
    is_converted = lead.status is LeadStatus.CONVERTED
    if lead.owner_id is None or not (lead.status in HELD or is_converted) or lead.merged_into is not None:
        return None
    convert = () if is_converted else (Button(CONVERT, ConvertLead(lead.id)),)
    return replace(
        card(sheet),
        note=YOURS if sheet.given_by else YOURS_SINCE,
        fields=(),
        buttons=(
            Button(FOLLOW_UP, BeginFollowUp(lead.id), style="primary"),
            Button(REVEAL, RevealContact(lead.id)),
            *convert,
        ),
    )


def fate(sheet: LeadSheet) -> str:
    """Say in a line what became of it."""
    lead = sheet.lead
    if lead.merged_into is not None:
        return MERGED.format(into=lead.merged_into)
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
