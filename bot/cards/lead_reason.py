"""Ask why: a lead is given back or marked invalid only with a reason from the company's list."""

from __future__ import annotations

import enum

from bot.chat.card import Button, Card, Choice
from bot.crm.commands import MarkInvalid, ReleaseLead, ShowLead
from bot.crm.lead import Lead

#: Under which the answer comes back.
KEY = "reason"


class Asked(enum.Enum):
    """What the reason is for."""

    RELEASE = "退回：{who}"
    INVALID = "标为无效：{who}"


_HINTS = {Asked.RELEASE: "退回后别人可以领，你几天内不能再领。", Asked.INVALID: "无效的线索不再跟进。"}
CHOOSE, CONFIRM, CANCEL = "原因", "确定", "取消"


def card(lead: Lead, asked: Asked, reasons: tuple[str, ...], *, note: str = "") -> Card:
    """A drop-down and two buttons; nothing is chosen beforehand, since people leave what is."""
    command = ReleaseLead(lead.id) if asked is Asked.RELEASE else MarkInvalid(lead.id)
    return Card(
        kind="lead_reason",
        source=lead.id,
        title=asked.value.format(who=lead.display),
        note=note or _HINTS[asked],
        choice=Choice(KEY, CHOOSE, tuple((reason, reason) for reason in reasons)),
        buttons=(Button(CONFIRM, command, style="primary"), Button(CANCEL, ShowLead(lead.id))),
    )
