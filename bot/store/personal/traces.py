"""By what a mention of somebody is known in what others wrote: his numbers and names, and our own for him."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Table

from bot.kit.vault import Vault
from bot.store.personal.tie import GONE

_MAINLAND = "+86"
#: Shorter words stand in anybody's text.
_LEAST, _LEAST_TEXT = 2, 4


@dataclass(frozen=True, slots=True)
class Traces:
    """What gives him away, and what does so only where it is about him."""

    #: Whoever else wrote this meant him: number, address, a name that nobody shares.
    strong: tuple[str, ...] = field(repr=False)
    #: Name, firm, what he wrote, what was written of him.
    weak: tuple[str, ...] = field(repr=False)
    #: `L7`, `T5`, `D3`: whatever names one of these is about him.
    ids: tuple[str, ...]


class Finder:
    """Finds him in texts, and takes him out."""

    def __init__(self, traces: Traces) -> None:
        strong, every = _spellings(traces.strong), _spellings((*traces.strong, *traces.weak))
        self._strong = re.compile("|".join(map(re.escape, strong)), re.IGNORECASE) if strong else None
        self._every = re.compile("|".join(map(re.escape, every)), re.IGNORECASE) if every else None
        named = "|".join(map(re.escape, traces.ids))
        self._ids = re.compile(rf"(?<![A-Za-z0-9])(?:{named})(?![0-9])") if named else None

    def is_about(self, text: str) -> bool:
        """Whether it is he who is meant."""
        return bool((self._strong and self._strong.search(text)) or (self._ids and self._ids.search(text)))

    def without(self, text: str) -> str:
        """The text with nothing of him in it."""
        return self._every.sub(GONE, text) if self._every else text


@dataclass(slots=True)
class Known:
    """What was learned of him so far, row by row: it is kept, sealed, between two units."""

    #: Nobody else has his name.
    is_only: bool
    #: His ids by their kind.
    ids: dict[str, set[str]] = field(repr=False)
    strong: set[str] = field(default_factory=set, repr=False)
    weak: set[str] = field(default_factory=set, repr=False)
    #: Rows of his that were taken out or emptied.
    rows: int = 0

    def learn(self, table: str, row: Mapping[str, Any]) -> None:
        """One row of his with the seals broken."""
        for name in row.keys() & _STRONG.get(table, _ADDRESSES):
            self.strong |= _strings(row[name])
        for name in row.keys() & _weak(table):
            self.weak |= _strings(row[name])
        if table == "leads" and self.is_only and row["name"]:
            self.strong.add(row["name"])

    def traces(self) -> Traces:
        """By what a mention of him is known."""
        strong = self.strong | {one.removeprefix(_MAINLAND) for one in self.strong}
        weak = self.weak | {_masked_mobile(one) for one in strong if one.isdigit()}
        ids = set[str]().union(*(self.ids.get(kind, set()) for kind in _NUMBERED))
        return Traces(
            tuple(sorted(_of_length(strong, _LEAST), key=len, reverse=True)),
            tuple(sorted(_of_length(weak, _LEAST), key=len, reverse=True)),
            tuple(sorted(ids)),
        )

    def sealed(self, vault: Vault, lead_id: str) -> bytes:
        """Sealed for its row."""
        ids = {kind: sorted(those) for kind, those in self.ids.items()}
        said = {"is_only": self.is_only, "ids": ids, "rows": self.rows}
        said |= {"strong": sorted(self.strong), "weak": sorted(self.weak)}
        return vault.seal(orjson.dumps(said), f"erasures.traces:{lead_id}")

    @classmethod
    def unsealed(cls, kept: bytes, vault: Vault, lead_id: str) -> Known:
        """The inverse."""
        said = orjson.loads(vault.open(kept, f"erasures.traces:{lead_id}"))
        ids = {kind: set(those) for kind, those in said["ids"].items()}
        return cls(said["is_only"], ids, set(said["strong"]), set(said["weak"]), said["rows"])


def traces_of(
    ids: dict[str, set[str]], opened: Iterable[tuple[str, Mapping[str, Any]]], *, is_only: bool
) -> Traces:
    """What is known of him; `opened`: his rows with the seals broken; `is_only`: nobody else has his name."""
    known = Known(is_only, ids)
    for table, row in opened:
        known.learn(table, row)
    return known.traces()


def is_telling(table: Table) -> bool:
    """Whether rows of it say anything by which he could be known."""
    name = str(table.name)
    return bool(set(table.c.keys()) & (_STRONG.get(name, _ADDRESSES) | _weak(name)))


def _weak(table: str) -> frozenset[str]:
    """Columns of a table that give him away where something is about him."""
    return frozenset[str]() if table in _OURS else _WEAK | _WEAK_IN.get(table, frozenset())


#: Kinds of ids that people write: `L7`, `T5`, `D3`, `P2`.
_NUMBERED = ("leads", "tasks", "deals", "approvals")
_ADDRESSES = frozenset({"phone", "email", "address"})
#: Where more than that is an address.
_STRONG: Mapping[str, frozenset[str]] = {
    "leads": _ADDRESSES | {"external_contact_id"},
    "external_contacts": frozenset({"external_id"}),
    "followers": frozenset({"open_id", "union_id"}),
}
_WEAK = frozenset(
    {
        "name", "company", "title", "phone_masked", "email_masked", "external_id", "message", "text",
        "custom", "values", "body", "raw", "visitor",
    }
)  # fmt: skip
#: Reasons that stand nowhere but in words of a colleague; elsewhere they are words of every day.
_WEAK_IN: Mapping[str, frozenset[str]] = {"approvals": frozenset({"reason"})}
#: Texts of ours about him, not his; and what is so long that nobody says it again.
_OURS = frozenset({"webhook_messages", "arrivals", "orders", "opportunities", "consents", "import_files"})


def _strings(value: object) -> set[str]:
    """Every text in a value; of documents those that are long enough to be told apart from words of ours."""
    match value:
        case str():
            return {value.strip()} if value.strip() else set()
        case Mapping():
            return {one for inner in value.values() for one in _strings(inner) if len(one) >= _LEAST_TEXT}
        case list() | tuple():
            return {one for inner in value for one in _strings(inner) if len(one) >= _LEAST_TEXT}
        case _:
            return set()


def _of_length(those: Iterable[str], least: int) -> set[str]:
    return {one for one in those if len(one) >= least and one != GONE}


def _masked_mobile(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}"


def _spellings(those: Iterable[str]) -> list[str]:
    """Each as it stands in a text, and in a document that writes signs by their numbers."""
    found = dict[str, None]()
    for one in those:
        for spelled in (one, orjson.dumps(one).decode()[1:-1], json.dumps(one)[1:-1]):
            found[spelled] = None
    return sorted(found, key=len, reverse=True)
