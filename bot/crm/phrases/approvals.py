"""Words about approvals: 待我审批, 审批 P3, 批准 P3, 拒绝 P3 预算不够."""

from __future__ import annotations

import re

from bot.crm.approval import ApprovalState
from bot.crm.approval_commands import AnswerApproval, ListApprovals, ShowApproval
from bot.crm.phrases.said import GAP, Rule, Said, whole, words

_ONE = r"(?:审批|申请)?\s*(?<![A-Za-z0-9])[Pp](?P<approval>\d{1,9})(?![A-Za-z0-9])"
_WHY = r"(?P<rest>.{1,200}?)"
_ALL = whole(words("待我审批", "待审批", "我的审批", "等我审批的", "审批列表", "审批"))
_SHOW = whole(rf"(?:看|看看|查看)?{GAP}(?:审批)?\s*{_ONE}")
_YES = words("批准", "同意", "通过")
_NO = words("拒绝", "不同意", "驳回", "不批准", "不批")
_ANSWERS = (
    (ApprovalState.REFUSED, whole(rf"{_NO}{GAP}{_ONE}(?:{GAP}{_WHY})?")),
    (ApprovalState.REFUSED, whole(rf"{_ONE}{GAP}{_NO}(?:{GAP}{_WHY})?")),
    (ApprovalState.APPROVED, whole(rf"{_YES}{GAP}{_ONE}(?:{GAP}{_WHY})?")),
    (ApprovalState.APPROVED, whole(rf"{_ONE}{GAP}{_YES}(?:{GAP}{_WHY})?")),
)


def _approvals(text: Said) -> object | None:
    if _ALL.fullmatch(text.plain):
        return ListApprovals()
    for verdict, pattern in _ANSWERS:
        if found := pattern.fullmatch(text.plain):
            return AnswerApproval(_id(found), verdict.value, text.part(found, "rest"))
    found = _SHOW.fullmatch(text.plain)
    return ShowApproval(_id(found)) if found else None


def _id(found: re.Match[str]) -> str:
    return f"P{int(found['approval'])}"


RULES: tuple[Rule, ...] = (_approvals,)
