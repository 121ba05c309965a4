"""The process that turns charts into PNG: it reads charts from its input and writes pictures.

It runs beside the bot, because the renderer holds the interpreter's lock while it works. A chart comes as
its length (4 bytes) and JSON; what goes back is one byte (0 a picture, 1 a reason), how many letters no
font had (4), a length (4), and PNG or words. The first answer comes unasked: how many letters the shipped
font has, or why nothing can be drawn.
"""

from __future__ import annotations

import json
import math
import re
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from bot.insight.pictures import draw
from bot.insight.pictures.glyphs import FONT, NEEDED, STAND_IN, Letters, letters_of, missing, system_fonts
from bot.insight.pictures.measure import clean

PICTURE, REASON = 0, 1
ANSWER = struct.Struct(">BII")
LENGTH = struct.Struct(">I")
_FAMILY = "Noto Sans CJK SC"
#: Pixels for each unit of a picture: sharp on a phone. What a picture takes grows with its pixels more than
#: with what is on it (fonts are a tenth of it), so that a tall one gets fewer, and never less than is read.
_SHARPEST, _BLUNTEST, _PIXELS = 1.2, 0.86, 400_000
_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


class Painter:
    """Draws charts with the shipped font; other fonts only for letters that it lacks."""

    def __init__(self) -> None:
        # Here, so that only this process needs it.
        from resvg_py import svg_to_bytes  # noqa: PLC0415 - see above

        self._render = svg_to_bytes
        self.letters = letters_of(FONT)
        if lacks := missing([NEEDED], self.letters):
            msg = f"{FONT.name} lacks {len(lacks)} of the letters that every picture needs"
            raise ValueError(msg)
        self._others: list[tuple[Path, Letters]] | None = None

    def paint(self, chart: Mapping[str, Any]) -> tuple[bytes, int]:
        """PNG, and how many letters no font had; ValueError for what is no chart."""
        fonts, lacking = [FONT], set[str]()
        for letter in sorted(missing(map(clean, _texts(chart)), self.letters)):
            font = self._font_with(letter)
            if font is None:
                lacking.add(letter)
            elif font not in fonts:
                fonts.append(font)
        shown = _replaced(chart, lacking) if lacking else chart
        svg = draw(shown)
        png: bytes = self._render(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(font) for font in fonts],
            font_family=_FAMILY,
            zoom=sharpness(svg),
        )
        return png, len(lacking)

    def _font_with(self, letter: str) -> Path | None:
        if self._others is None:
            self._others = list(_readable())
        return next((path for path, letters in self._others if letter in letters), None)


def sharpness(svg: str) -> float:
    """Pixels for each unit of this picture."""
    found = _SIZE.search(svg)
    units = int(found[1]) * int(found[2]) if found else _PIXELS
    return min(max(math.sqrt(_PIXELS / units), _BLUNTEST), _SHARPEST)


def _readable() -> Iterator[tuple[Path, Letters]]:
    for path in system_fonts():
        try:
            yield path, letters_of(path)
        except (OSError, ValueError):
            continue


def _texts(value: object) -> Iterator[str]:
    """Every text in a chart."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _replaced(value: Any, lacking: set[str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return "".join(STAND_IN if letter in lacking else letter for letter in clean(value, len(value)))
    if isinstance(value, Mapping):
        return {name: _replaced(one, lacking) for name, one in value.items()}
    return [_replaced(one, lacking) for one in value] if isinstance(value, list | tuple) else value


def _answer(out: BinaryIO, kind: int, lacking: int, said: bytes) -> None:
    out.write(ANSWER.pack(kind, lacking, len(said)) + said)
    out.flush()


def main(into: BinaryIO, out: BinaryIO) -> None:
    """Paint until the input ends."""
    try:
        painter = Painter()
    except (ImportError, OSError, ValueError) as exc:
        _answer(out, REASON, 0, f"{type(exc).__name__}: {exc}".encode())
        return
    _answer(out, PICTURE, 0, str(len(painter.letters)).encode())
    while head := into.read(LENGTH.size):
        chart = into.read(LENGTH.unpack(head)[0])
        try:
            png, lacking = painter.paint(json.loads(chart))
        except Exception as exc:  # noqa: BLE001 - whatever it is, the next chart may be well
            _answer(out, REASON, 0, f"{type(exc).__name__}: {exc}"[:300].encode())
        else:
            _answer(out, PICTURE, lacking, png)


def run() -> None:
    """Serve whoever started this process."""
    main(sys.stdin.buffer, sys.stdout.buffer)
