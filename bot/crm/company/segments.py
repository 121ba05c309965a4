"""config/segments.yaml: groups of people that are worked out, not listed."""

from __future__ import annotations

from collections.abc import Collection

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

    def kept(self, keys: Collection[str]) -> Segments:
        """The same, with these kept up to date too."""
        if not any(one.key in keys and not one.live for one in self.segments):
            return self
        made = tuple(
            one.model_copy(update={"live": True}) if one.key in keys else one for one in self.segments
        )
        return self.model_copy(update={"segments": made})

    def meant(self, word: str) -> Segment | None:
        """The segment that people call so."""
        wanted = word.strip().lower()
        for one in self.segments:
            if wanted in {name.lower() for name in (one.key, one.name, *one.aliases)}:
                return one
        return None
