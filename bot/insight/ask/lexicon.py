"""The company's own words: people, departments, values, fields and what else they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.crm.user import Role
from bot.insight.ask.words import Words, index_of


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and so what he may see."""

    user_id: str
    role: Role
    region: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A colleague with a place in the house; his name stays out of logs."""

    user_id: str
    name: str = field(repr=False)
    role: Role
    region: str = ""
    team: str = ""
    aliases: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Department:
    """A region with its teams."""

    region: str
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything a question may name beyond the grammar; built once and shared."""

    company: str = ""
    people: tuple[Person, ...] = field(default=(), repr=False)
    departments: tuple[Department, ...] = ()
    #: Values by dimension or custom field key.
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Chinese labels of custom fields, by key.
    labels: Mapping[str, str] = field(default_factory=dict)
    #: What the company calls things: its word to the word used here (a value, a department, a metric).
    aliases: Mapping[str, str] = field(default_factory=dict)
    #: Stages in which an opportunity is closed.
    closed_stages: frozenset[str] = frozenset({"赢单", "输单"})
    words: Words = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", index_of(self))

    def person(self, user_id: str) -> Person | None:
        """The colleague with this id."""
        return self.words.people.get(user_id)

    def asker(self, user_id: str) -> Asker | None:
        """The colleague as somebody who asks."""
        found = self.person(user_id)
        return Asker(found.user_id, found.role, found.region, found.team) if found else None

    def regions_of(self, team: str) -> tuple[str, ...]:
        """The regions that have a team of this name."""
        return tuple(one.region for one in self.departments if team in one.teams)
