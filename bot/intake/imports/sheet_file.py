"""Rows of an Excel workbook, the old binary kind too: the first sheet that holds anything."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from bot.errors import ImportFileError
from bot.intake.imports import limits, texts

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

T = TypeVar("T")
Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_rows(data: bytes) -> tuple[str, Iterator[list[str]]]:
    """Which sheet was read, for people, and its rows as text."""
    limits.check_size(len(data), limits.BOOK_MOST)
    if data.startswith(ZIP):
        limits.check_workbook(io.BytesIO(data))
    book = _open(data)
    for name in book.sheet_names:
        rows = _sheet(book, name)
        if rows:
            return f"Excel, {name}", ([spelled(cell) for cell in row] for row in rows)
    raise ImportFileError(texts.EMPTY)


def _open(data: bytes) -> CalamineWorkbook:
    from python_calamine import load_workbook  # noqa: PLC0415 - csv files need none of it

    return _guarded(lambda: load_workbook(io.BytesIO(data)))


def _sheet(book: CalamineWorkbook, name: str) -> list[list[Cell]]:
    def read() -> list[list[Cell]]:
        sheet = book.get_sheet_by_name(name)
        if sheet.height > limits.ROWS_MOST:
            raise ImportFileError(texts.too_many_rows(limits.ROWS_MOST))
        if sheet.width > limits.COLUMNS_MOST:
            raise ImportFileError(texts.too_many_columns(1, limits.COLUMNS_MOST))
        return sheet.to_python(skip_empty_area=False)

    return _guarded(read)


def _guarded(read: Callable[[], T]) -> T:
    """Turn whatever a damaged book does to the reader, a panic included, into one message."""
    try:
        return read()
    except ImportFileError:
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as exc:  # panics of the library are no Exception
        raise ImportFileError(texts.DAMAGED) from exc


def spelled(cell: Cell | None) -> str:
    """A cell as people see it: a whole number without its .0, a day without its midnight."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case float() if cell.is_integer() and abs(cell) < 1e15:  # noqa: PLR2004 - exact up to there
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
