"""What people say about approvals: agree, refuse with a reason, see what waits for them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("approvals.list")
@dataclass(frozen=True, slots=True)
class ListApprovals:
    """What waits for my word? (待我审批)"""


@wire("approval.show")
@dataclass(frozen=True, slots=True)
class ShowApproval:
    """How does this one stand? (审批 P3)"""

    approval_id: str


@wire("approval.answer")
@dataclass(frozen=True, slots=True)
class AnswerApproval:
    """Yes or no (批准 P3; 拒绝 P3 预算不够): `approved` or `refused`; why not, is asked if it is not said."""

    approval_id: str
    verdict: str
    reason: str = ""
