"""A task: what somebody should do by a time."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class TaskState(enum.StrEnum):
    """Whether a task still waits; stored, so never rename one."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task of one colleague, about a lead, an opportunity, both or neither."""

    #: `T5`
    id: str
    owner_id: str
    title: str
    due_at: datetime
    #: Only the day was said; `due_at` is when its work ends.
    whole_day: bool
    is_urgent: bool
    state: TaskState
    created_at: datetime
    lead_id: str | None = None
    opportunity_id: str | None = None
    done_at: datetime | None = None
    ended_reason: str | None = None

    @property
    def topic(self) -> str:
        """What its cards are about."""
        return f"task:{self.id}"

    @property
    def lane_key(self) -> str:
        """Where its timers run: with the lead, else with the owner."""
        return f"lead:{self.lead_id}" if self.lead_id else f"user:{self.owner_id}"

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been done by now."""
        return self.state is TaskState.OPEN and self.due_at <= now
