"""Which letters a font has, read from the font itself; what it lacks is never drawn as a blank.

https://learn.microsoft.com/typography/opentype/spec/cmap
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: The shipped font: what ships beside it says under which licence.
FONT = Path(__file__).parent / "font" / "NotoSansCJKsc-Regular.otf"
#: Drawn for a letter that no font has.
STAND_IN = "□"
#: Must be there, or the picture says nothing: digits, signs and the words that charts are made of.
NEEDED = "0123456789,.%+-—…▲▼↓→±至万亿其余项线索商机成交金额业绩月日年周区" + STAND_IN

_SYSTEM = (
    "/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts",
    "C:/Windows/Fonts",
)  # fmt: skip
_KINDS = frozenset({".ttf", ".otf", ".ttc"})
_MOST_FONTS = 200
_COLLECTION, _HEAD = b"ttcf", 12
#: A font without outlines (pictures in colour) draws nothing here.
_OUTLINES = frozenset({b"glyf", b"CFF ", b"CFF2"})
_BASIC, _FULL = 4, 12
_LAST_BASIC = 0xFFFF


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of one font, as runs."""

    begins: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, letter: object) -> bool:
        code = ord(str(letter))
        at = bisect_right(self.begins, code) - 1
        return at >= 0 and code <= self.ends[at]

    def __len__(self) -> int:
        return sum(end - begin + 1 for begin, end in zip(self.begins, self.ends, strict=True))


def letters_of(path: Path) -> Letters:
    """Read a font's letters; ValueError for a file that is no font with outlines."""
    try:
        with path.open("rb") as file:
            tables = _tables(file.read(_HEAD), file)
            if not _OUTLINES & tables.keys():
                msg = f"{path.name} has no outlines"
                raise ValueError(msg)
            begins, length = tables[b"cmap"]
            file.seek(begins)
            runs = sorted(_runs(file.read(length)))
    except (KeyError, IndexError, struct.error) as exc:
        msg = f"{path.name} is no font that can be read"
        raise ValueError(msg) from exc
    return Letters(tuple(one for one, _ in runs), tuple(one for _, one in runs))


def missing(texts: Iterable[str], letters: Letters) -> set[str]:
    """The letters of these texts that the font lacks; spaces need none."""
    return {letter for text in texts for letter in text if letter not in letters and not letter.isspace()}


def system_fonts() -> Iterator[Path]:
    """Fonts that happen to be installed, some hundred at most."""
    found = 0
    for folder in map(Path, _SYSTEM):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.suffix.lower() in _KINDS and found < _MOST_FONTS:
                found += 1
                yield path


def _tables(head: bytes, file: object) -> dict[bytes, tuple[int, int]]:
    """Where each table lies; of a collection those of its first font."""
    read, seek = file.read, file.seek  # type: ignore[attr-defined]
    if head[:4] == _COLLECTION:
        (first,) = struct.unpack(">I", read(4))
        seek(first)
        head = read(_HEAD)
    (count,) = struct.unpack(">H", head[4:6])
    entries = [struct.unpack(">4s4xII", read(16)) for _ in range(count)]
    return {name: (offset, length) for name, offset, length in entries}


def _runs(cmap: bytes) -> Iterator[tuple[int, int]]:
    """Runs of letters of the fullest table."""
    (count,) = struct.unpack(">H", cmap[2:4])
    offsets = [struct.unpack(">HHI", cmap[4 + 8 * at : 12 + 8 * at])[2] for at in range(count)]
    by_form = {struct.unpack(">H", cmap[offset : offset + 2])[0]: offset for offset in offsets}
    if _FULL in by_form:
        return _full(cmap, by_form[_FULL])
    return _basic(cmap, by_form[_BASIC])


def _full(cmap: bytes, offset: int) -> Iterator[tuple[int, int]]:
    (groups,) = struct.unpack(">I", cmap[offset + 12 : offset + 16])
    for at in range(groups):
        begin, end, glyph = struct.unpack(">III", cmap[offset + 16 + 12 * at : offset + 28 + 12 * at])
        # Glyph nought is the box that stands for what is missing.
        yield (begin if glyph else begin + 1, end)


def _basic(cmap: bytes, offset: int) -> Iterator[tuple[int, int]]:
    (doubled,) = struct.unpack(">H", cmap[offset + 6 : offset + 8])
    segments = doubled // 2
    at = offset + 14
    ends = struct.unpack(f">{segments}H", cmap[at : at + doubled])
    at += doubled + 2
    begins = struct.unpack(f">{segments}H", cmap[at : at + doubled])
    for begin, end in zip(begins, ends, strict=True):
        if begin <= end and begin != _LAST_BASIC:
            yield begin, end
