"""What comes back for a question: a query, a question, a no, or an honest shrug."""

from __future__ import annotations

from dataclasses import dataclass

from bot.crm.query import Query


@dataclass(frozen=True, slots=True)
class Understood:
    """A query, and in words how the question was taken."""

    query: Query
    words: str


@dataclass(frozen=True, slots=True)
class Clarify:
    """Ambiguous, or more than a query can hold; the options can be tapped or said."""

    reply: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Clarify):
    """A query of which the records are wanted as a file: that is made where the records are shown."""

    query: Query
    words: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not theirs to see; the reply names nothing of what was asked."""

    reply: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not a question about the pipeline, or it names what does not exist."""

    reply: str
    suggestions: tuple[str, ...] = ()
    #: Words that nobody knows, as against a greeting or a definition: a model may know better.
    is_open: bool = False


Answer = Understood | Clarify | Refused | Unknown
