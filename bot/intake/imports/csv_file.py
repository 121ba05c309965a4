"""Rows of a csv file, whatever its encoding and its delimiter; read piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from bot.errors import ImportFileError
from bot.intake.imports import texts
from bot.intake.imports.encoding import encoding_of

DELIMITERS = ",;\t|"
_LOOKED_AT = 20
_ENCODING_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 BOM", "gb18030": "GB18030", "utf-16": "UTF-16"}


def read_rows(file: BinaryIO) -> tuple[str, Iterator[list[str]]]:
    """What it was written in, for people, and its rows."""
    encoding = encoding_of(file)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    first = text.readline()
    said = first.strip().lower()
    if said.startswith("sep=") and len(said) <= len("sep=") + 1:
        delimiter = first.strip()[4:] or "\t"
    else:
        text.seek(0)
        delimiter = _delimiter([first, *islice(text, _LOOKED_AT)])
        text.seek(0)
    shown = {"\t": "Tab"}.get(delimiter, delimiter)
    return f"{_ENCODING_NAMES[encoding]}, {shown}", _rows(text, delimiter)


def _delimiter(lines: list[str]) -> str:
    """That which cuts the first lines into the most columns, alike in all of them."""

    def fitness(sign: str) -> tuple[bool, int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
        except csv.Error:
            return (False, 0, 0)
        usual = max(set(widths), key=widths.count, default=0)
        return (usual > 1, widths.count(usual) if usual > 1 else 0, usual)

    return max(DELIMITERS, key=fitness)


def _rows(text: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            # A quotation mark that nothing closes swallows all the rest.
            raise ImportFileError(texts.broken_quotes(reader.line_num)) from exc
        yield row
