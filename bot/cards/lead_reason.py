"""Ask why: a lead is given back or marked invalid only with a reason from the company's list."""

from __future__ import annotations

import enum

from bot.chat.card import Button, Card, Poll
from bot.crm.commands import MarkInvalid, ReleaseLead, ShowLead
from bot.crm.lead import Lead
from bot.crm.marketing_commands import RejectLead

#: Under which the answer comes back.
KEY = "reason"


class Asked(enum.Enum):
    """What the reason is for."""

    RELEASE = "退回：{who}"
    INVALID = "标为无效：{who}"
    REJECT = "退回市场：{who}"


RELEASED, COOLING, CLOSED = "退回后别人可以领", "，你 {days} 天内不能再领", "无效的线索不再跟进"
SENT_BACK = "退回后由市场继续培育，不会再推给别的销售"
#: In place of a reason, from a press with nothing ticked.
UNCHOSEN = "-"
CHOOSE, FROM_LIST = "请先选一个原因", "请从清单里选一个原因"
CONFIRM, CANCEL = "确定", "取消"


def card(lead: Lead, asked: Asked, reasons: tuple[str, ...], *, days: int = 0, note: str = "") -> Card:
    """A list to tick; nothing is ticked beforehand, since people leave what is.

    `days`: for how long whoever gives it back leaves it to others.
    """
    released = RELEASED + (COOLING.format(days=days) if days else "")
    command, said = {
        Asked.RELEASE: (ReleaseLead(lead.id, UNCHOSEN), released),
        Asked.INVALID: (MarkInvalid(lead.id, UNCHOSEN), CLOSED),
        Asked.REJECT: (RejectLead(lead.id, UNCHOSEN), SENT_BACK),
    }[asked]
    return Card(
        kind="lead_reason",
        source=lead.id,
        title=asked.value.format(who=lead.display),
        note=note or said,
        poll=Poll(KEY, tuple((reason, reason) for reason in reasons)),
        buttons=(Button(CONFIRM, command, style="primary"), Button(CANCEL, ShowLead(lead.id))),
    )


def note(reason: str) -> str:
    """What is wrong with a reason that is none of the list; nothing if he has not been asked yet."""
    if not reason:
        return ""
    return CHOOSE if reason == UNCHOSEN else FROM_LIST
