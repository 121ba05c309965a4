"""The port behind which a mailbox lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Position:
    """How far a mailbox was read: numbers are the mailbox's own, good under one validity."""

    validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it lies there, cut if it is large."""

    uid: int
    raw: bytes = field(repr=False)
    #: Bytes in all.
    size: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a look into the mailbox found."""

    #: Where the next look begins if none of the mails were there.
    position: Position
    mails: tuple[Mail, ...] = ()
    #: There are more.
    has_more: bool = False


class Mailbox(Protocol):
    """A mailbox that people write to."""

    #: Names it in rows and leases.
    name: str
    #: Our own addresses and domains, in lower case: who writes from there is no customer.
    own: frozenset[str]
    #: Seconds between looks.
    poll: float

    async def look(self, after: Position | None, *, since: date, most: int) -> Look:
        """Fetch what came after a position; None: only say where the mailbox ends now.

        `since`: from which day on to look again if the mailbox has numbered its mails anew.
        A PlatformError if it cannot be reached or lets us not in.
        """

    async def close(self) -> None:
        """Let go of the connection."""


@dataclass(frozen=True, slots=True)
class MailboxKind:
    """How a mailbox is found in its folder: the settings it wants, and how to build it."""

    config: type[BaseModel]
    build: Callable[..., Mailbox]
