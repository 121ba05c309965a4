"""Which column of a file is what: guessed from its headers and contents, shown, corrected, kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.crm.company import Company
from bot.errors import ImportFileError
from bot.intake.clean.email import read_email
from bot.intake.clean.phone import read_phone
from bot.intake.imports import cells, map_texts
from bot.intake.imports.columns import Column, ImportKind, columns_of
from bot.intake.imports.table import Row

_SIGNS = re.compile(r"[\s_\-()（）【】\[\]*:：/.'\"]+")
#: Of the cells looked at, those that must be of a kind for a column without a known header.
_MOSTLY = 0.8
LOOKED_AT = 1_000
ROW = "{row}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How a row is read."""

    kind: ImportKind
    #: Key of ours to header of the file.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Said of every row, where the file has no column for it.
    constants: Mapping[str, str] = field(default_factory=dict)
    #: By key: a word of the file to a word of ours.
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: What 01/02/2018 means: `month_first`, `day_first`, or empty while nothing tells.
    dates: str = ""
    #: Gives a row without a number of its own one, by its place: `hillstrom-{row}`.
    row_id: str = ""

    def as_document(self) -> dict[str, object]:
        """As it is kept and written down."""
        document: dict[str, object] = {"kind": self.kind.value, "columns": dict(self.columns)}
        for name in ("constants", "values", "dates", "row_id"):
            if value := getattr(self, name):
                document[name] = {k: dict(v) for k, v in value.items()} if name == "values" else value
        return document


def guess(company: Company, kind: ImportKind, header: Sequence[str], sample: Sequence[Row]) -> ColumnMap:
    """Map by header first, in the order of the columns, then by what the cells look like."""
    known = columns_of(company, kind)
    columns: dict[str, str] = {}
    for name in header:
        found = _by_name(known, name)
        if found is not None and found.key not in columns:
            columns[found.key] = name
    _by_contents(known, columns, header, sample)
    days = [_at(header, columns.get(one.key), sample) for one in known if one.is_day]
    order = next((found for found in map(cells.order_of, days) if found), "")
    return ColumnMap(kind=kind, columns=columns, dates=order)


def guess_kind(company: Company, header: Sequence[str], sample: Sequence[Row]) -> ImportKind:
    """What a file is a list of, by which of all kinds explains the most of its headers."""

    def fitness(kind: ImportKind) -> tuple[float, int]:
        known = {one.key for one in columns_of(company, kind)}
        found = guess(company, kind, header, sample).columns
        telling = len(set(found) & _TELLING[kind])
        complete = _NEEDED[kind] <= set(found) & known
        return (complete * 10 + telling * 2 + len(found), -list(ImportKind).index(kind))

    return max(ImportKind, key=fitness)


#: What a list of this kind cannot do without, and what hardly any other has.
_NEEDED: Mapping[ImportKind, frozenset[str]] = {
    ImportKind.LEADS: frozenset({"phone", "name"}),
    ImportKind.ACCOUNTS: frozenset({"name", "uscc"}),
    ImportKind.OPPORTUNITIES: frozenset({"stage"}),
    ImportKind.ORDERS: frozenset({"amount", "ordered_at", "product"}),
    ImportKind.ACTIVITIES: frozenset({"at", "text"}),
    ImportKind.COSTS: frozenset({"source", "on", "amount"}),
    ImportKind.PAYMENTS: frozenset({"opportunity", "amount", "on"}),
    ImportKind.TARGETS: frozenset({"month", "amount"}),
}
_TELLING: Mapping[ImportKind, frozenset[str]] = {
    ImportKind.LEADS: frozenset({"phone", "title", "message", "email"}),
    ImportKind.ACCOUNTS: frozenset({"uscc"}),
    ImportKind.OPPORTUNITIES: frozenset({"stage", "expected_close_on", "closed_on", "lost_reason"}),
    ImportKind.ORDERS: frozenset({"ordered_at", "product"}),
    ImportKind.ACTIVITIES: frozenset({"kind", "at", "text"}),
    ImportKind.COSTS: frozenset({"campaign", "on"}),
    ImportKind.PAYMENTS: frozenset({"opportunity"}),
    ImportKind.TARGETS: frozenset({"month", "team", "region"}),
}


def unmapped(mapping: ColumnMap, header: Sequence[str]) -> tuple[str, ...]:
    """Headers that go nowhere; their cells stay in the row's record."""
    used = set(mapping.columns.values())
    return tuple(name for name in header if name not in used)


def check(company: Company, mapping: ColumnMap, header: Sequence[str]) -> None:
    """ImportFileError if the mapping names what neither we nor the file have."""
    known = {one.key for one in columns_of(company, mapping.kind)}
    for key in (*mapping.columns, *mapping.constants, *mapping.values):
        if key not in known:
            raise ImportFileError(map_texts.unknown_key(key, sorted(known)))
    for key, name in mapping.columns.items():
        if name not in header:
            raise ImportFileError(map_texts.no_column(key, name, header))
    if not mapping.columns:
        raise ImportFileError(map_texts.nothing_known(header))


def _plain(name: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name)).lower()


def _by_name(known: Sequence[Column], name: str) -> Column | None:
    wanted = _plain(name)
    for names in (lambda one: (one.key, one.label), lambda one: one.names):
        for one in known:
            if wanted and wanted in {_plain(said) for said in names(one)}:
                return one
    return None


def _by_contents(
    known: Sequence[Column], columns: dict[str, str], header: Sequence[str], sample: Sequence[Row]
) -> None:
    """A column of mobile numbers is the phone, whatever stands above it."""
    keys = {one.key for one in known}
    tests = {"phone": lambda cell: read_phone(cells.plain(cell)), "email": read_email}
    for key, looks in tests.items():
        if key not in keys or key in columns:
            continue
        for name in header:
            filled = [cell for cell in _at(header, name, sample) if cell.strip()]
            if name in columns.values() or not filled:
                continue
            if sum(looks(cell) is not None for cell in filled) >= _MOSTLY * len(filled):
                columns[key] = name
                break


def _at(header: Sequence[str], name: str | None, sample: Sequence[Row]) -> list[str]:
    if name is None:
        return []
    place = header.index(name)
    return [row.cells[place] for row in sample if place < len(row.cells)]
