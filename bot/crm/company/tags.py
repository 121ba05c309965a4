"""config/tags.yaml: the one dictionary of tags, for people, rules and segments alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from pydantic import Field

from bot.crm.company.words import Key, Label, Named
from bot.kit.yaml_model import Strict

#: Who may put a tag on a lead and take it away: whoever works on it, those who lead, scoring rules.
Setter: TypeAlias = Literal["sales", "managers", "rules"]


class TagGroup(Strict):
    """Tags of one sort."""

    key: Key
    label: Label
    set_by: tuple[Setter, ...] = Field(default=("sales", "managers", "rules"), min_length=1)
    #: A lead has one of them at the most: a new one takes the place of the old one.
    one_of: bool = False
    tags: tuple[Named, ...] = Field(min_length=1)


class Tags(Strict):
    """All tags there are; what is not here cannot be set."""

    groups: tuple[TagGroup, ...] = ()

    def all(self) -> Iterator[Named]:
        """Every tag, in the order of the file."""
        for group in self.groups:
            yield from group.tags

    def group_of(self, tag: str) -> TagGroup | None:
        """Where a tag belongs."""
        return next((group for group in self.groups if any(one.name == tag for one in group.tags)), None)

    def meant(self, word: str) -> str | None:
        """The tag that people call so."""
        wanted = word.strip().lower()
        for one in self.all():
            if wanted in {name.lower() for name in (one.name, *one.aliases)}:
                return one.name
        return None
