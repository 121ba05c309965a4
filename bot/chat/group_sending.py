"""The port of channels where a colleague is asked to send one text to many with one tap (企业群发)."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

#: The most receivers of one task, and the most reminders of it.
MOST, REMINDERS = 10_000, 3


class Got(enum.StrEnum):
    """What became of it for one customer."""

    #: The colleague has not sent it, or left this one out.
    WAITING = "waiting"
    SENT = "sent"
    #: They are no contacts any more.
    NO_CONTACT = "no_contact"
    #: The customer has had as many of all colleagues as the platform lets through.
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Made:
    """A task that was made."""

    #: The platform's.
    id: str
    #: Customers whom it does not take.
    refused: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Results:
    """How it stands with a task."""

    #: Whether the colleague has tapped «send».
    is_sent: bool
    #: By customer, with the moment for those who got it.
    got: Mapping[str, tuple[Got, datetime | None]] = field(default_factory=dict, repr=False)


@runtime_checkable
class GroupSending(Protocol):
    """A channel on which a colleague has to send himself."""

    async def ask(self, *, sender: str, to: Sequence[str], text: str) -> Made:
        """Make the task; nothing is sent by it. There is no key: a second call is a second task."""

    async def find(
        self, *, sender: str, text: str, since: datetime, until: datetime, but: Collection[str]
    ) -> str | None:
        """The task of this colleague with this text that was made in a span and is none of `but`."""

    async def results(self, task_id: str, sender: str) -> Results:
        """How it stands."""

    async def remind(self, task_id: str) -> None:
        """Have the platform remind the colleague."""

    async def cancel(self, task_id: str) -> None:
        """Take it back; what is sent stays sent."""
