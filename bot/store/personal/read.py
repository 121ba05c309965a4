"""Everything that is held of one person, in a form that he can read: his to know and to take along."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from bot.kit.vault import Vault
from bot.store.personal.register import MENTIONS
from bot.store.personal.tie import Mention, Seal, Tie
from bot.store.personal.traces import Finder, Traces, traces_of
from bot.store.personal.walk import look_through
from bot.store.personal.whose import Whose, family_of, whose
from bot.store.reads.namesakes import is_only_one
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table."""

    table: str
    title: str
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """All of it."""

    #: His number, and those of leads that were merged into his.
    family: tuple[str, ...]
    made_at: datetime
    parts: tuple[Part, ...]

    def document(self) -> dict[str, Any]:
        """For programs and for people."""
        return {
            "person": self.family[0],
            "also_known_as": list(self.family[1:]),
            "made_at": self.made_at.isoformat(),
            "parts": [{"table": p.table, "title": p.title, "rows": list(p.rows)} for p in self.parts],
        }


async def held_of(tx: Tx, vault: Vault, lead_id: str, *, now: datetime) -> Held | None:
    """Read it; None if there is nobody of this number."""
    family = await family_of(tx, lead_id)
    if not family:
        return None
    found = await whose(tx, family)
    parts = [
        Part(tie.table.name, tie.title, tuple(_shown(tie, row, vault) for row in rows))
        for tie, rows in found.found()
    ]
    traces = traces_of(found.ids, _opened(found, vault), is_only=await is_only_one(tx, found.ids["leads"]))
    for mention in MENTIONS:
        rows = tuple([row async for row in _mentions(tx, vault, mention, traces)])
        if rows:
            parts.append(Part(mention.table.name, mention.title, rows))
    return Held(family, now, tuple(parts))


def _opened(found: Whose, vault: Vault) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for tie, rows in found.found():
        for row in rows:
            yield str(tie.table.name), {**row, **broken(tie.seals, row, vault)}


async def _mentions(tx: Tx, vault: Vault, mention: Mention, traces: Traces) -> Any:  # noqa: ANN401 - an asynchronous iterator
    finder = Finder(traces)
    async for row in look_through(tx, mention):
        opened = broken(mention.seals, row, vault)
        about = " ".join(str(row[column]) for column in mention.about)
        if finder.is_about(f"{about}\n" + "\n".join(map(_as_text, opened.values()))):
            yield {name: plain(value) for name, value in {**row, **opened}.items()}


def _shown(tie: Tie, row: Mapping[str, Any], vault: Vault) -> Mapping[str, Any]:
    opened = broken(tie.seals, row, vault)
    return {
        name: plain(value)
        for name, value in {**row, **opened}.items()
        if name not in tie.keys and value not in (None, "", {}, [])
    }


def broken(seals: Mapping[str, Seal | None], row: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    """Sealed columns, opened; one of other keys is left out."""
    found = {}
    for name, seal in seals.items():
        if row[name] is None:
            continue
        if seal is None:
            found[name] = row[name]
            continue
        try:
            found[name] = opened(seal, row, name, vault)
        except ValueError:
            found[name] = ""
    return found


def opened(seal: Seal, row: Mapping[str, Any], name: str, vault: Vault) -> Any:  # noqa: ANN401 - any document
    """One sealed column; ValueError if it was sealed with other keys or for another place."""
    kept = base64.b64decode(row[name]) if seal.is_spelled else bytes(row[name])
    text = vault.open(kept, seal.at(row)).decode(errors="replace")
    return orjson.loads(text) if seal.is_json else text


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def plain(value: Any) -> Any:  # noqa: ANN401 - any column
    """As a document can have it."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case _:
            return value
