"""An approval (审批): somebody above is asked before a customer goes on."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class ApprovalState(enum.StrEnum):
    """How it stands; stored, so never rename one."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    #: Nobody answered in time.
    EXPIRED = "expired"
    #: Not needed any more: the customer left, or the journey was stopped.
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One question, whom it was put to, and the one answer that counts."""

    id: str
    #: On whose way through a journey it is asked.
    enrollment_id: str
    place: str
    #: The journey's name.
    journey: str
    text: str
    #: Colleagues who may answer.
    asked: tuple[str, ...]
    asked_at: datetime
    due_at: datetime
    state: ApprovalState = ApprovalState.ASKED
    answered_by: str = ""
    reason: str = ""

    @property
    def topic(self) -> str:
        """What its cards are about."""
        return f"approval:{self.id}"
