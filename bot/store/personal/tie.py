"""How rows hang on a person, and what becomes of each column when he is erased."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table

from bot.kit.vault import Vault

#: What stands where something was.
GONE = "（已删除）"


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed column: where it was sealed, by the row's own columns, and what it holds."""

    place: str
    #: A document rather than a text.
    is_json: bool = False
    #: Sealed, then spelled in base64 as a small document.
    is_spelled: bool = False

    def at(self, row: Mapping[str, Any]) -> str:
        """The place of this row."""
        return self.place.format_map(row)


@dataclass(frozen=True, slots=True)
class Masked:
    """A name that rows share is told apart from others afterwards, and no more."""

    kind: str

    def of(self, vault: Vault, value: str) -> str:
        """The same for the same, and itself for what was masked before."""
        if value.startswith("erased:"):
            return value
        return f"erased:{vault.index(f'erased {self.kind}', value)[:24]}"


@dataclass(frozen=True, slots=True)
class Tie:
    """Rows of one table that are somebody's."""

    table: Table
    #: The column that names him, and by which of his ids: `leads`, `tasks`, `deals` …
    by: str
    of: str
    #: How the export calls them.
    title: str
    #: The rows are taken out.
    drop: bool = False
    #: By column: what it holds afterwards.
    wipe: Mapping[str, Any] = field(default_factory=dict)
    seals: Mapping[str, Seal] = field(default_factory=dict)
    #: Whose rows they are besides: by the kind of id, the column that has it.
    gives: Mapping[str, str] = field(default_factory=dict)
    #: Only those rows are wiped; what is exported is all.
    only: ColumnElement[bool] | None = None
    #: Ours, and nothing of his: not exported.
    keys: frozenset[str] = frozenset()
    #: How many ordinary rows one of these is as much work as.
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Mention:
    """A table of others' rows that may name him: what somebody typed, what was sent, what hangs in a chat."""

    table: Table
    #: By column: None if it stands there as it was typed.
    seals: Mapping[str, Seal | None]
    #: Columns that say what a row is about: `lead:L7` there makes it his.
    about: tuple[str, ...] = ()
    title: str = ""


#: A table without anybody in it, and why that is so.
Nobody = Mapping[str, str]
Wiped = Callable[[Mapping[str, Any]], Mapping[str, Any]]
