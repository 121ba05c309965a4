"""A language model that may be asked what a question means; without settings there is none."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel


class NoAnswer(enum.Enum):
    """Why the model said nothing of use."""

    #: Nothing was reached, or the connection broke.
    UNREACHABLE = "unreachable"
    LATE = "late"
    #: Any status but 200.
    STATUS = "status"
    #: No answer of the agreed shape.
    UNREADABLE = "unreadable"
    #: Too many are asking at this moment.
    BUSY = "busy"
    #: It answered, but with no query that may be asked here.
    NOT_A_QUERY = "not_a_query"


class Model(Protocol):
    """Whoever completes a prompt."""

    #: Whether names of colleagues may be sent.
    knows_people: bool

    async def complete(self, system: str, question: str) -> str | NoAnswer:
        """The text it answers; never raises for anything the other side does."""
        ...

    async def failed(self, reason: NoAnswer) -> None:
        """Count that its answer was of no use."""
        ...


class Completing(Protocol):
    """What an adapter brings: a model that counts nothing."""

    knows_people: bool

    async def complete(self, system: str, question: str) -> str | NoAnswer:
        """See Model."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...


@dataclass(frozen=True, slots=True)
class ModelKind:
    """What an adapter's folder says of itself."""

    config: type[BaseModel]
    build: Callable[[Any], Completing]
