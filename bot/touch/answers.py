"""What a call to a channel came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError


class Answer(Enum):
    """What the call came to."""

    TAKEN = "taken"
    #: Certainly not sent; may be tried again.
    BUSY = "busy"
    #: Certainly not sent, and never will be.
    REFUSED = "refused"
    #: Nobody knows.
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the channel said."""

    answer: Answer
    provider_id: str = ""
    why: str = ""
    retry_after: timedelta = timedelta(0)


def outcome_of(error: Exception) -> Outcome:
    """What an exception of a channel means; one that it may not raise means that nobody knows."""
    match error:
        case PlatformBusyError():
            return Outcome(Answer.BUSY, why="busy", retry_after=error.retry_after)
        case PlatformRejectedError():
            return Outcome(Answer.REFUSED, why=str(error.code))
        case AnswerLostError():
            return Outcome(Answer.LOST, why="answer_lost")
        case _:
            return Outcome(Answer.LOST, why=type(error).__name__)
