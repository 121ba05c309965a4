"""How much a file may hold, so that a small one cannot unfold into a huge one."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import BinaryIO

from bot.errors import ImportFileError
from bot.intake.imports import texts

#: Bytes of a text file, and of a workbook, which is read into memory as a whole.
TEXT_MOST, BOOK_MOST = 2 * 1024**3, 50 * 1024**2
#: What a file sent in a chat may have.
CHAT_MOST = 20 * 1024**2
ROWS_MOST = 5_000_000
COLUMNS_MOST = 200
#: Characters: as many as a cell of Excel's holds.
CELL_MOST = 32_767
#: A workbook's parts, unpacked: all of them, and one against its packed size.
UNPACKED_MOST = 400 * 1024**2
RATIO_MOST = 120
_PARTS_MOST = 2_000
#: Below it even a high ratio is harmless.
_SMALL = 1024**2
_HEAD = 4096


def check_size(size: int, most: int) -> None:
    """Refuse what is too large before it is opened."""
    if size > most:
        raise ImportFileError(texts.too_large(most))


def check_workbook(file: BinaryIO | Path) -> None:
    """Refuse a packed workbook that unfolds out of proportion, or declares entities of its own."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS_MOST or sum(one.file_size for one in parts) > UNPACKED_MOST:
                raise ImportFileError(texts.BOMB)
            for part in parts:
                _check_part(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as exc:
        raise ImportFileError(texts.DAMAGED) from exc


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if part.file_size > _SMALL and part.file_size > RATIO_MOST * max(part.compress_size, 1):
        raise ImportFileError(texts.BOMB)
    if part.filename.endswith((".xml", ".rels")):
        with archive.open(part) as body:
            head = body.read(_HEAD)
        # No workbook of any program has a document type; entities are declared nowhere else.
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"<\x00!\x00D\x00O" in head:
            raise ImportFileError(texts.ENTITIES)


def check_cells(cells: list[str], row: int) -> None:
    """Refuse a row that no table of people's has."""
    if len(cells) > COLUMNS_MOST:
        raise ImportFileError(texts.too_many_columns(row, COLUMNS_MOST))
    if max(map(len, cells), default=0) > CELL_MOST:
        raise ImportFileError(texts.long_cell(row, CELL_MOST))
    if row > ROWS_MOST:
        raise ImportFileError(texts.too_many_rows(ROWS_MOST))
