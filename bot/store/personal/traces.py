"""By what a mention of somebody is known in what others wrote: his numbers and names, and our own for him."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.kit.vault import Vault
from bot.store.personal.tie import GONE
from bot.store.personal.whose import Whose

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

    def spelled(self) -> bytes:
        """As a document."""
        return orjson.dumps({"strong": self.strong, "weak": self.weak, "ids": self.ids})

    @classmethod
    def read(cls, document: bytes) -> Traces:
        """The inverse of `spelled`."""
        said = orjson.loads(document)
        return cls(tuple(said["strong"]), tuple(said["weak"]), tuple(said["ids"]))


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


def traces_of(whose: Whose, opened: Iterable[tuple[str, Mapping[str, Any]]], *, is_only: bool) -> Traces:
    """What is known of him; `opened`: his rows with the seals broken; `is_only`: nobody else has his name."""
    strong, weak = set[str](), set[str]()
    for table, row in opened:
        for name in row.keys() & _STRONG.get(table, _ADDRESSES):
            strong |= _strings(row[name])
        for name in row.keys() & _WEAK if table not in _OURS else ():
            weak |= _strings(row[name])
    strong |= {one.removeprefix(_MAINLAND) for one in strong}
    weak |= {_masked_mobile(one) for one in strong if one.isdigit()}
    names = {row["name"] for row in whose.rows[0] if row["name"]}
    (strong if is_only else weak).update(names)
    kinds = ("leads", "tasks", "deals")
    ids = sorted(set[str]().union(*(whose.ids.get(kind, set()) for kind in kinds)))
    return Traces(
        tuple(sorted(_of_length(strong, _LEAST), key=len, reverse=True)),
        tuple(sorted(_of_length(weak, _LEAST), key=len, reverse=True)),
        tuple(ids),
    )


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
#: Texts of ours about him, not his; and what is so long that nobody says it again.
_OURS = frozenset({"webhook_messages", "arrivals", "orders", "opportunities", "consents"})


def sealed(traces: Traces, vault: Vault, lead_id: str) -> bytes:
    """Sealed for its row."""
    return vault.seal(traces.spelled(), f"erasures.traces:{lead_id}")


def unsealed(kept: bytes, vault: Vault, lead_id: str) -> Traces:
    """The inverse."""
    return Traces.read(vault.open(kept, f"erasures.traces:{lead_id}"))


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
