"""The shapes of what other systems ask about journeys."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from bot.web.api.models import Shape

Word = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]


class EntryIn(Shape):
    """Who is to enter."""

    lead: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    #: Of a journey that is entered once for each order or contract (`again: per:…`): which one.
    key: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    #: What its texts may say: `words` of config/content.
    words: Annotated[dict[Word, Annotated[str, StringConstraints(max_length=500)]], Field(max_length=20)] = (
        Field(default={})
    )


class EntryOut(Shape):
    """Whether he entered; if not, why: already_in, once, too_soon, same_key, no_key, not_for_him, loop."""

    lead: str
    journey: str
    entered: bool
    reason: str | None


class JourneyOut(Shape):
    """A journey that can be entered from outside."""

    key: str
    name: str
    version: int
    #: It rests: whoever enters waits at its door.
    paused: bool
    #: It is entered once for each of these: send it as `key`.
    business_key: str | None


class Journeys(Shape):
    """All of them."""

    data: list[JourneyOut]
