"""An approval in the chat of whoever may give it, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.card import Button, Card, Field
from bot.crm.approval import Approval, ApprovalState
from bot.crm.approval_commands import AnswerApproval
from bot.crm.commands import ShowLead
from bot.crm.lead import Lead
from bot.crm.spoken import say_moment

TITLE = "审批：{text}"
ABOUT, JOURNEY, DUE, REASON = "客户", "旅程", "截止", "理由"
YES, NO, LEAD = "同意", "拒绝", "看线索"
WAITS = "请你定，先答的算数；到时没人答，按没同意走"
STATES = {
    ApprovalState.APPROVED: "{by}同意了",
    ApprovalState.REFUSED: "{by}没有同意",
    ApprovalState.EXPIRED: "没人答，已经过了时间",
    ApprovalState.VOID: "不用定了：客户已经不在这一步",
}
TOLD = {
    ApprovalState.APPROVED: "{by}同意了「{text}」：{lead} {who}{why}",
    ApprovalState.REFUSED: "{by}没有同意「{text}」：{lead} {who}{why}",
}
WORDS = {ApprovalState.APPROVED: "批准", ApprovalState.REFUSED: "拒绝"}
WHY = "\n理由：{reason}"
ASK_WHY = "{id}「{text}」为什么不同意？直接回复理由就行。"
NOT_YOURS = "没有请你定的审批 {approval}。发「待我审批」看等你定的。"
NOT_NEEDED = "不用定了：客户已经不在这一步。"
ONLY_PRIVATE = "审批请私聊我。"
NONE_WAIT = "没有等你定的审批。"
SOME_WAIT = "等你定的 {n} 件："
LINE = "· {id} {text}：{who}（旅程「{journey}」，{until}前）"
LINE_NOBODY = "· {id} {text}（旅程「{journey}」，{until}前）"
MORE = "还有 {n} 件，定掉上面的再发「待我审批」。"
ONE_AT_A_TIME = "一次定一件，请分开发：{each}。"
HOW = "发「审批 {id}」看详情，或「批准 {id}」「拒绝 {id} 理由」。"
_MOST = 10


def card(
    one: Approval, lead: Lead | None, *, zone: ZoneInfo, now: datetime, by: str = "", note: str = ""
) -> Card:
    """Show it; `lead` is None for whoever sees no customers."""
    is_open = one.state is ApprovalState.ASKED
    fields = (
        Field(ABOUT, f"{lead.id} {lead.display}" if lead is not None else ""),
        Field(JOURNEY, one.journey),
        Field(DUE, say_moment(one.due_at, now=now, zone=zone) if is_open else ""),
        Field(REASON, one.reason),
    )
    look = (Button(LEAD, ShowLead(lead.id)),) if lead is not None else ()
    return Card(
        kind="approval",
        source=one.id,
        title=TITLE.format(text=one.text),
        note=note or (WAITS if is_open else STATES[one.state].format(by=by)),
        fields=tuple(field for field in fields if field.value),
        buttons=(*_answers(one), *look) if is_open else look,
    )


def _answers(one: Approval) -> tuple[Button, ...]:
    return (
        Button(YES, AnswerApproval(one.id, ApprovalState.APPROVED.value), style="primary"),
        Button(NO, AnswerApproval(one.id, ApprovalState.REFUSED.value), style="danger"),
    )


def told(one: Approval, lead: Lead, by: str) -> str:
    """To the owner of the customer it was about."""
    why = WHY.format(reason=one.reason) if one.reason else ""
    return TOLD[one.state].format(by=by, text=one.text, lead=lead.id, who=lead.display, why=why)


def waiting(those: Sequence[tuple[Approval, Lead | None]], *, now: datetime, zone: ZoneInfo) -> str:
    """What waits for somebody's word, the most pressing first; no lead for whoever sees no customers."""
    if not those:
        return NONE_WAIT
    lines = [
        (LINE if lead is not None else LINE_NOBODY).format(
            id=one.id, text=one.text, who=f"{lead.id} {lead.display}" if lead is not None else "",
            journey=one.journey, until=say_moment(one.due_at, now=now, zone=zone),
        )
        for one, lead in those[:_MOST]
    ]  # fmt: skip
    more = [MORE.format(n=len(those) - _MOST)] if len(those) > _MOST else []
    return "\n".join((SOME_WAIT.format(n=len(those)), *lines, *more, HOW.format(id=those[0][0].id)))
