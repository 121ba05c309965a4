"""How a text file was written: told by its mark, else by what it can be read as, also when it is short."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from bot.errors import ImportFileError
from bot.intake.imports import texts

#: The first byte of the last row of GB 2312's first level.
_LAST_COMMON = 0xD7
_PIECE = 1024 * 1024
#: Characters by which two readings of a short file are compared.
_LOOKED_AT = 20_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
#: A foreign letter within a Latin word: José, Müller.
_IN_WORD = re.compile(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")


def encoding_of(file: BinaryIO) -> str:
    """The encoding of the whole file, from its beginning; ImportFileError if it is no text."""
    head = file.read(4)
    file.seek(0)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked is not None:
        _prove(file, marked)
        return marked
    utf8, gb = _reads(file, "utf-8"), _reads(file, "gb18030")
    if not (utf8 or gb):
        raise ImportFileError(texts.NOT_TEXT)
    if utf8 and gb and _is_rather_gb(file):
        return "gb18030"
    return "utf-8" if utf8 else "gb18030"


def _prove(file: BinaryIO, encoding: str) -> None:
    if not _reads(file, encoding):
        raise ImportFileError(texts.NOT_TEXT)


def _reads(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for piece in _pieces(file):
            # No spreadsheet writes NUL; pictures and programs do.
            if "\x00" in decoder.decode(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _is_rather_gb(file: BinaryIO) -> bool:
    """Both readings are possible: Chinese is likelier than Cyrillic or Greek, José is not half a 茅."""
    raw = file.read(_LOOKED_AT)
    file.seek(0)
    utf8, gb = raw.decode("utf-8", "ignore"), raw.decode("gb18030", "ignore")
    foreign = _FOREIGN.findall(utf8)
    if not foreign or _CHINESE.search(utf8) or _IN_WORD.search(utf8):
        return False
    return all(map(_is_common, _FOREIGN.findall(gb)))


def _is_common(sign: str) -> bool:
    """One of the 3,755 characters, or a sign, that everybody uses."""
    try:
        lead = sign.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return lead <= _LAST_COMMON
