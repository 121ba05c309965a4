"""What is asked of members and said at desks: tasks of 企业群发, and the conversations of 微信客服."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.simulator.wecom.model import Json

#: Of a task, and of one customer in it, as the API says it.
TASK_WAITING, TASK_SENT = 0, 2
UNSENT, SENT, NO_CONTACT, LIMIT = 0, 1, 2, 3
#: Of a conversation.
NEW, ASSISTANT, POOL, HUMAN, OVER = 0, 1, 2, 3, 4


@dataclass(slots=True)
class GroupMessage:
    """One task of 企业群发, which its member sends or leaves."""

    msgid: str
    sender: str
    text: str
    made_at: datetime
    #: By customer: how it stands for him, and since when.
    receivers: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)
    status: int = TASK_WAITING
    sent_at: datetime | None = None
    cancelled: bool = False
    reminders: list[datetime] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the member may still send it."""
        return not self.cancelled and self.status == TASK_WAITING


@dataclass(slots=True)
class Conversation:
    """One customer at the desk."""

    customer_id: str
    state: int = NEW
    servicer: str = ""
    #: When he wrote last, and how many of ours he got since.
    spoke_at: datetime | None = None
    got: int = 0
    #: When he got a greeting last; within 48 hours there is no second code.
    greeted_at: datetime | None = None
    #: He shut the desk out.
    refuses: bool = False


@dataclass(slots=True)
class Code:
    """Lets the app say one thing on an event: for 20 s, once."""

    value: str
    customer_id: str
    issued_at: datetime
    used: bool = False


@dataclass(slots=True)
class ServiceDesk:
    """The one account of 微信客服."""

    open_kfid: str
    name: str
    conversations: dict[str, Conversation] = field(default_factory=dict)
    #: Everything that sync_msg gives, in order; a cursor is how many were taken.
    log: list[Json] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    #: Token → when it was told.
    tokens: dict[str, datetime] = field(default_factory=dict)
    msgids: set[str] = field(default_factory=set)
    #: Tells the app that there is something to be pulled.
    told: Callable[[], None] = field(default=lambda: None, repr=False)
