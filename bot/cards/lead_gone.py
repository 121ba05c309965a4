"""A lead that is no longer this person's, or nobody's: what became of it, and why."""

from __future__ import annotations

import enum

from bot.chat.card import Button, Card
from bot.crm.commands import ShowLead
from bot.crm.lead import Lead


class Fate(enum.Enum):
    """What became of it, as the reader of the card sees it."""

    RELEASED = "你已退回公海"
    RECYCLED = "已收回公海"
    TRANSFERRED = "你已转交给{owner}"
    REASSIGNED = "已改派给{owner}"
    INVALID = "已标为无效"
    CONVERTED = "已转商机"
    IN_POOL = "在公海，等人领取"
    OWNED = "由{owner}负责"


MERGED, INTO, SHOW = "{lead_id} 已并入 {into}", "已并入 {into}，是同一位客户", "看 {into}"
REASON, BY = "原因：{reason}", "操作：{by}"
REASSIGNED, REASSIGNED_WHY = "{by}改派", "{by}改派，原因：{reason}"


def card(lead: Lead, fate: Fate, *, owner: str = "", reason: str = "", by: str = "") -> Card:
    """Say it; nothing can be done on the card any more."""
    return Card(
        kind="lead_gone",
        source=lead.id,
        title=lead.display,
        note=fate.value.format(owner=owner or "同事"),
        text=_why(fate, reason, by),
    )


def _why(fate: Fate, reason: str, by: str) -> str:
    if fate is Fate.REASSIGNED and by:
        return (REASSIGNED_WHY if reason else REASSIGNED).format(by=by, reason=reason)
    lines = (REASON.format(reason=reason) if reason else "", BY.format(by=by) if by else "")
    return "\n".join(line for line in lines if line)


def merged(lead: Lead, into: str) -> Card:
    """It is one with another lead, which goes on."""
    return Card(
        kind="lead_gone",
        source=lead.id,
        title=lead.display,
        note=INTO.format(into=into),
        buttons=(Button(SHOW.format(into=into), ShowLead(into)),),
    )


def missing() -> Card:
    """The same answer for a lead that does not exist and for one that he may not know of."""
    return Card(kind="lead_gone", title="没有这条线索", note="可能编号写错了，或者不在你能看的范围里。")
