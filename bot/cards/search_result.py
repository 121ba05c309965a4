"""What was found: one's own leads by name, and for others only that a colleague has it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.card import Button, Card, Field
from bot.crm.commands import ClaimLead, EnterLead, ShowLead
from bot.crm.lead import LEAD_STATUS_LABELS, Lead
from bot.crm.listing import Colleague
from bot.crm.spoken import say_day

TITLE, NONE = "找到 {count} 条：{said}", "没有找到：{said}"
MORE = "还有更多，请写得更具体些"
NONE_HINT = "你能看的范围里没有。手机号、邮箱要写全才能查重。"
TAKEN, SINCE = "{id} 已由 {owner} 负责", "（{at}起）"
FREE = "{id} 在公海，可以领取"
CLAIM, ENTER = "领取 {id}", "录线索"
_SAID = 16


def card(
    said: str,
    own: tuple[Lead, ...],
    *,
    has_more: bool = False,
    colleague: Colleague | None = None,
    free: Lead | None = None,
    now: datetime,
    zone: ZoneInfo,
) -> Card:
    """`own` are leads he may see; `colleague` has the one of exactly this phone, `free` lies in a pool."""
    today = now.astimezone(zone).date()
    lines = [MORE] if has_more else []
    if colleague is not None:
        since = (
            SINCE.format(at=say_day(colleague.since.astimezone(zone).date(), today))
            if colleague.since
            else ""
        )
        lines.append(TAKEN.format(id=colleague.lead_id, owner=colleague.owner_name) + since)
    if free is not None:
        lines.append(FREE.format(id=free.id))
    buttons = [Button(lead.id, ShowLead(lead.id)) for lead in own]
    if free is not None:
        buttons.append(Button(CLAIM.format(id=free.id), ClaimLead(free.id), style="primary"))
    is_empty = not own and not lines
    return Card(
        kind="search_result",
        title=(TITLE if not is_empty else NONE).format(count=max(len(own), 1), said=said[:_SAID]),
        fields=tuple(Field(lead.id, _line(lead)) for lead in own),
        text=NONE_HINT if is_empty else "\n".join(lines),
        buttons=tuple(buttons) or ((Button(ENTER, EnterLead()),) if is_empty else ()),
    )


def _line(lead: Lead) -> str:
    return " ".join(
        part for part in (lead.display, lead.phone_masked, LEAD_STATUS_LABELS[lead.status]) if part
    )
