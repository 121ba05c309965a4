"""A row as it is read by its map: what we know to take, and what goes nowhere but is not lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.intake.imports.mapping import ROW, ColumnMap
from bot.intake.imports.table import Row


@dataclass(slots=True)
class Record:
    """One line of a file."""

    number: int
    #: Key of ours to what the cell says; never empty.
    values: dict[str, str] = field(repr=False)
    #: The line's cells by their headers.
    cells: Sequence[str] = field(repr=False)

    def get(self, key: str) -> str:
        """What it says of something, or nothing."""
        return self.values.get(key, "")


class Reader:
    """Reads rows by one map."""

    def __init__(self, mapping: ColumnMap, header: Sequence[str]) -> None:
        self._header = tuple(header)
        self._columns = [
            (key, self._header.index(name), mapping.values.get(key)) for key, name in mapping.columns.items()
        ]
        self._constants = dict(mapping.constants)
        self._row_id = mapping.row_id
        used = {place for _, place, _ in self._columns}
        self._spare = tuple(place for place in range(len(self._header)) if place not in used)

    def read(self, row: Row) -> Record:
        """Read one."""
        cells, values = row.cells, dict(self._constants)
        wide = len(cells)
        for key, place, words in self._columns:
            cell = cells[place].strip() if place < wide else ""
            if words is not None:
                cell = words.get(cell, cell)
            if cell:
                values[key] = cell
        if self._row_id and "external_id" not in values:
            values["external_id"] = self._row_id.replace(ROW, str(row.number))
        return Record(row.number, values, cells)

    def has_spare(self, record: Record) -> bool:
        """Whether cells of the line went nowhere."""
        cells = record.cells
        if not self._spare and len(cells) <= len(self._header):
            return False
        if len(cells) > len(self._header) and any(cells[len(self._header) :]):
            return True
        return any(place < len(cells) and cells[place] for place in self._spare)

    def whole(self, record: Record) -> dict[str, str]:
        """All that the line says, by its headers."""
        named = {name: cell for name, cell in zip(self._header, record.cells, strict=False) if cell}
        beyond = [cell for cell in record.cells[len(self._header) :] if cell]
        return {**named, **({"+": "\t".join(beyond)} if beyond else {})}
