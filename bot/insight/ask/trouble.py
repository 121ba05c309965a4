"""Why a draft is no query yet, and what would make it one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.insight.ask.draft import Draft


@dataclass(frozen=True, slots=True)
class Option:
    """One way out, with the draft it leads to."""

    label: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Trouble:
    """A question back; or a refusal, or a name that does not exist."""

    reply: str
    options: tuple[Option, ...] = ()
    is_refused: bool = False
    is_unknown: bool = False

    @classmethod
    def refused(cls) -> Trouble:
        """Not theirs to see; what is said depends on the asker alone."""
        return cls("", is_refused=True)


class TroubleError(Exception):
    """Carries a trouble out of the middle of settling; never leaves this room."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.reply)
        self.trouble = trouble
