"""config/segments.yaml: groups of people that are worked out, not listed."""

from __future__ import annotations

from pydantic import Field

from bot.crm.company.words import Key, Named, Text
from bot.crm.condition import Condition
from bot.kit.yaml_model import Strict


class Segment(Named):
    """Everybody whom the condition fits at this moment."""

    key: Key
    about: Text | None = None
    when: Condition
    #: Kept up to date all the time, so that something can happen when somebody enters or leaves.
    live: bool = False


class Segments(Strict):
    """All segments, in the order in which they are shown."""

    segments: tuple[Segment, ...] = Field(default=(), max_length=100)

    @property
    def live(self) -> tuple[Segment, ...]:
        """Those that are kept up to date."""
        return tuple(one for one in self.segments if one.live)

    def meant(self, word: str) -> Segment | None:
        """The segment that people call so."""
        wanted = word.strip().lower()
        for one in self.segments:
            if wanted in {name.lower() for name in (one.key, one.name, *one.aliases)}:
                return one
        return None
