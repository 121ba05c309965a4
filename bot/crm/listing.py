"""Lists in chat: a page of five at a time, each line short enough for a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from bot.crm.lead import Lead
from bot.crm.opportunity import Opportunity
from bot.crm.task import Task

ItemT = TypeVar("ItemT")
#: A card has six buttons: five to open something, one to turn the page.
PAGE = 5
_LAST = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """Some of a list, and how much there is."""

    items: tuple[ItemT, ...]
    #: From 1.
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))

    @property
    def next(self) -> str:
        """The number of the page after this one; the first comes after the last, empty if it is alone."""
        if self.pages == 1:
            return ""
        return str(self.number + 1 if self.number < self.pages else 1)


def page_number(said: str) -> int:
    """The page that was asked for; the first for anything that is no number."""
    return min(max(int(said), 1), _LAST) if said.isascii() and said.isdigit() and len(said) <= 5 else 1  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead of mine, with what waits."""

    lead: Lead
    #: Tasks that should have been done by now.
    overdue: int = 0
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task, and whom it is about."""

    task: Task
    #: Name and company of its lead, or the name of its opportunity; empty for neither.
    about: str = ""
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class DealLine:
    """An opportunity and its customer."""

    deal: Opportunity
    account: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who has a lead that somebody asked about, and since when; nothing else of it is said."""

    lead_id: str
    owner_name: str
    since: datetime | None
