"""The port of a platform's desk where customers write to us (微信客服): pulled, answered, given to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that came about at the desk."""

    #: The platform's id of it, unlike any other's of the account.
    id: str
    #: said, entered, failed, session; other kinds are named and counted.
    kind: str
    customer: str = ""
    at: datetime | None = None
    #: said: its words, or the kind of what is no text.
    text: str = field(default="", repr=False)
    media: str = ""
    #: entered: good for one greeting within 20 seconds; the door by which he came, and our word in it.
    welcome_code: str = field(default="", repr=False)
    scene: str = ""
    scene_param: str = ""
    #: failed: which message of ours, and the platform's number for why.
    failed_id: str = ""
    failed_why: str = ""
    #: session: who has it now; empty when it is over.
    servicer: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a look brought."""

    items: tuple[Item, ...]
    cursor: str
    has_more: bool


@dataclass(frozen=True, slots=True)
class Who:
    """Who a customer is."""

    name: str = field(default="", repr=False)
    union_id: str = ""


@runtime_checkable
class CustomerDesk(Protocol):
    """A channel whose customers write to accounts of ours."""

    async def accounts(self) -> Sequence[str]:
        """Every account."""

    async def pull(self, account: str, *, cursor: str, token: str) -> Page:
        """What came since the cursor; empty: since as long as the platform keeps it."""

    async def who(self, customers: Sequence[str]) -> Mapping[str, Who]:
        """Those of them whom the platform knows."""

    async def give(self, account: str, customer: str, servicer: str) -> None:
        """Let a colleague attend to him; a second time changes nothing."""


def address_of(account: str, customer: str) -> str:
    """Where a message to him goes."""
    return f"{account}/{customer}"


def address_of_code(code: str) -> str:
    """Where a greeting goes that answers his entering."""
    return f"code:{code}"
