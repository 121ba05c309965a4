"""A file as a table: a header, and rows with the numbers that a spreadsheet shows beside them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from bot.errors import ImportFileError
from bot.intake.imports import csv_file, limits, sheet_file, texts

#: A title above the header is passed over if it stands in the first lines.
_TITLES = 5
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; the header is line 1, or below it if titles stand above."""

    number: int
    cells: Sequence[str] = field(repr=False)


@dataclass(slots=True)
class Table:
    """An opened file. Its rows can be walked once; `reopened` begins anew."""

    name: str
    #: Encoding and delimiter, or the sheet.
    form: str
    header: tuple[str, ...]
    #: Of the file's bytes.
    digest: str
    _rows: Iterator[Row]
    _source: Path | bytes = field(repr=False)

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def reopened(self) -> Table:
        """The same file from its beginning."""
        return open_table(self._source, self.name)


def open_table(source: Path | bytes, name: str) -> Table:
    """Open a csv, xlsx or xls file, told by its content; ImportFileError says what is wrong with it."""
    file = _opened(source)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if not head:
        raise ImportFileError(texts.EMPTY)
    if head.startswith((sheet_file.ZIP, sheet_file.OLE)):
        with file:
            limits.check_size(_size(file), limits.BOOK_MOST)
            form, rows = sheet_file.read_rows(file.read())
    else:
        limits.check_size(_size(file), limits.TEXT_MOST)
        form, rows = csv_file.read_rows(file)
    header, numbered = _headed(rows)
    return Table(name, form, header, digest, numbered, source)


def _opened(source: Path | bytes) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return source.open("rb")
    except OSError as exc:
        raise ImportFileError(texts.unreadable(source.name, exc.strerror or "")) from exc


def _size(file: BinaryIO) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _headed(rows: Iterator[list[str]]) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Take the header: the first line of at least two words, else the first that is not empty."""
    first: list[Row] = []
    place = 0
    for place, cells in enumerate(rows, 1):
        limits.check_cells(cells, place)
        first.append(Row(place, cells))
        if sum(bool(cell.strip()) for cell in cells) > 1 or place >= _TITLES:
            break
    found = next((r for r in first if sum(bool(c.strip()) for c in r.cells) > 1), None) or next(
        (r for r in first if any(c.strip() for c in r.cells)), None
    )
    if found is None:
        raise ImportFileError(texts.EMPTY)
    header = _named(found.cells)
    below = [row for row in first if row.number > found.number]
    return header, _numbered(below, rows, place)


def _numbered(below: list[Row], rows: Iterator[list[str]], place: int) -> Iterator[Row]:
    for row in below:
        if any(cell.strip() for cell in row.cells):
            yield row
    for number, cells in enumerate(rows, place + 1):
        limits.check_cells(cells, number)
        # Spreadsheets end in empty lines; they are nobody's record.
        if any(map(str.strip, cells)):
            yield Row(number, cells)


def _named(cells: Sequence[str]) -> tuple[str, ...]:
    """Headers as people read them; an empty or repeated one gets its place, so that nothing is lost."""
    seen: set[str] = set()
    names = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.replace("\ufeff", "").split()) or texts.column(place)
        while name in seen:
            name = f"{name} ({place})"
        seen.add(name)
        names.append(name)
    return tuple(names)
