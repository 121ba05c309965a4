"""What somebody's next words mean after we asked him something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.crm.amount import find_amount
from bot.crm.approval_commands import AnswerApproval
from bot.crm.commands import (
    ChangeDeal,
    EnterLead,
    GiveFeedback,
    HandOverTask,
    LoseDeal,
    MarkInvalid,
    MoveStage,
    PlanTask,
    PostponeTask,
    QuoteDeal,
    ReassignLead,
    RecordFollowUp,
    RecordPayment,
    ReleaseLead,
    SearchLeads,
    WinDeal,
)
from bot.crm.digest_commands import EditDayReport
from bot.crm.phrases.deals import payment_of, quote_of


def _quote(state: Mapping[str, Any], text: str) -> object:
    return quote_of(state["opportunity_id"], text) or QuoteDeal(state["opportunity_id"], text)


def _payment(state: Mapping[str, Any], text: str) -> object:
    return payment_of(state["opportunity_id"], text) or RecordPayment(state["opportunity_id"], text)


def _win(state: Mapping[str, Any], text: str) -> object:
    amount = find_amount(text)
    return WinDeal(state["opportunity_id"], f"{amount.value:f}" if amount else text)


#: By kind of dialogue.
_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], str], object]] = {
    "follow_up": lambda state, text: RecordFollowUp(state["lead_id"], text),
    "plan": lambda state, text: PlanTask(state["lead_id"], text),
    "postpone": lambda state, text: PostponeTask(state["task_id"], text),
    "hand_over": lambda state, text: HandOverTask(state["task_id"], text),
    "quote": _quote,
    "win": _win,
    "lose": lambda state, text: LoseDeal(state["opportunity_id"], text),
    "payment": _payment,
    "stage": lambda state, text: MoveStage(state["opportunity_id"], text),
    "deal_field": lambda state, text: ChangeDeal(state["opportunity_id"], state["field"], text),
    "feedback": lambda _, text: GiveFeedback(text),
    "enter_lead": lambda state, text: EnterLead(f"{state.get('text', '')} {text}".strip()),
    "search": lambda _, text: SearchLeads(text),
    "reassign": lambda state, text: ReassignLead(state["lead_id"], text),
    "release": lambda state, text: ReleaseLead(state["lead_id"], text),
    "invalid": lambda state, text: MarkInvalid(state["lead_id"], text),
    "approval": lambda state, text: AnswerApproval(state["approval_id"], "refused", text),
    "day_report": lambda state, text: EditDayReport(state["day"], text),
}
KINDS = frozenset(_ANSWERS)


def answered(kind: str, state: Mapping[str, Any], text: str) -> object | None:
    """The command that `text` completes; None for a kind that we do not know."""
    make = _ANSWERS.get(kind)
    return None if make is None else make(state, text.strip())
