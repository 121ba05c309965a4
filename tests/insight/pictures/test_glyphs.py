"""No letter is drawn as a blank: the font is read, what it lacks is looked for, or marked."""

from __future__ import annotations

import hashlib
import json
import struct
from io import BytesIO
from pathlib import Path

import pytest

from bot.insight import charts
from bot.insight.pictures.glyphs import FONT, NEEDED, STAND_IN, letters_of, missing
from bot.insight.pictures.process import ANSWER, LENGTH, PICTURE, REASON, Painter, main
from tests.insight.pictures.samples import SAMPLES

SHIPPED = "9f9f15f3d179eef382422089cfd9d01cb6ce0285d6637d139cc29b24c67056c1"
PNG = b"\x89PNG\r\n\x1a\n"
#: In no font that is likely to be installed: Linear A.
NOBODYS = "\U00010600"


def font(*, cmap: bytes, outlines: bytes = b"glyf") -> bytes:
    """A file with nothing but a table of letters."""
    head = struct.pack(">4sHHHH", b"\x00\x01\x00\x00", 2, 0, 0, 0)
    at = len(head) + 32
    entries = struct.pack(">4sIII", outlines, 0, at, 0) + struct.pack(">4sIII", b"cmap", 0, at, len(cmap))
    return head + entries + cmap


def table(form: bytes) -> bytes:
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + form


def basic(*runs: tuple[int, int]) -> bytes:
    every = [*runs, (0xFFFF, 0xFFFF)]
    n = len(every)
    body = struct.pack(f">{n}H", *(end for _, end in every)) + b"\0\0"
    body += struct.pack(f">{n}H", *(begin for begin, _ in every)) + bytes(4 * n)
    return struct.pack(">HHHHHHH", 4, 14 + len(body), 0, 2 * n, 0, 0, 0) + body


def test_the_shipped_font_is_the_listed_one():
    """Its hash stands in the notice beside it."""
    assert hashlib.sha256(FONT.read_bytes()).hexdigest() == SHIPPED
    assert SHIPPED in (FONT.parent / "NOTICE.md").read_text()
    assert "SIL OPEN FONT LICENSE" in (FONT.parent / "OFL.txt").read_text()


def test_it_has_what_names_and_numbers_are_written_with():
    """The characters of the national table, of GB 2312, of common traditional text, and ours."""
    letters = letters_of(FONT)
    gb2312 = {bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)}
    assert missing([NEEDED, "张三李娜欧阳娜娜喆堃旻玥祎𠮷龘臺灣繁體", *gb2312], letters) == set()
    assert missing([NOBODYS, "🔥"], letters) == {NOBODYS, "🔥"}
    assert len(letters) > 12_000


def test_a_table_of_letters_is_read(tmp_path):
    """The short form, and the long one with a first letter that means nothing."""
    short, long = tmp_path / "a.ttf", tmp_path / "b.ttf"
    short.write_bytes(font(cmap=table(basic((0x41, 0x43), (0x4E00, 0x4E02)))))
    groups = struct.pack(">HHIII", 12, 0, 40, 0, 2) + struct.pack(">6I", 0x41, 0x43, 0, 0x20000, 0x20001, 5)
    long.write_bytes(font(cmap=table(groups)))
    assert [one in letters_of(short) for one in "ABC@D一丁丂七"] == [
        *[True] * 3,
        False,
        False,
        *[True] * 3,
        False,
    ]
    assert [one in letters_of(long) for one in "ABCD\U00020000\U00020002"] == [
        False,
        True,
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", font(cmap=b""), font(cmap=table(basic()), outlines=b"CBDT")]
)
def test_what_is_no_font_is_refused(tmp_path, data):
    """Also one that has only coloured pictures: they would be drawn as nothing."""
    path = tmp_path / "x.ttf"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"x\.ttf"):
        letters_of(path)


def test_a_letter_that_no_font_has_is_marked_and_counted():
    """The picture with the mark is the very same: no blank, no box of somebody else's."""
    painter = Painter()
    rare, lacking = painter.paint(charts.ranking_chart("排名", [f"张{NOBODYS}", "李娜"], [2, 1]))
    marked, none = painter.paint(charts.ranking_chart("排名", [f"张{STAND_IN}", "李娜"], [2, 1]))
    assert (lacking, none) == (1, 0)
    assert rare == marked


def test_another_font_lends_what_the_shipped_one_lacks(tmp_path):
    """Any that is installed; here the shipped one plays it, under a name of its own."""
    painter = Painter()
    lent = tmp_path / "lent.otf"
    lent.write_bytes(FONT.read_bytes())
    letters = letters_of(FONT)
    few = type(letters)((0x20,), (0x7E,))
    painter.letters, painter._others = few, [(lent, letters)]
    png, lacking = painter.paint(SAMPLES["bar"])
    assert lacking == 0
    assert png.startswith(PNG)


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_each_kind_is_drawn_small_enough(kind):
    """A platform takes 2 MB; a phone on a train takes less."""
    png, lacking = Painter().paint(SAMPLES[kind])
    assert png.startswith(PNG)
    assert lacking == 0
    assert len(png) < 200_000


def test_the_process_answers_each_chart_in_turn():
    """Ready first; a chart that is none costs only itself."""
    asked = b"".join(
        LENGTH.pack(len(body)) + body
        for body in (json.dumps(SAMPLES["bar"]).encode(), b"{", json.dumps(SAMPLES["number"]).encode())
    )
    out = BytesIO()
    main(BytesIO(asked), out)
    out.seek(0)
    answers = []
    while head := out.read(ANSWER.size):
        kind, _, length = ANSWER.unpack(head)
        answers.append((kind, out.read(length)[:8]))
    assert answers == [(PICTURE, b"12028"), (PICTURE, PNG), (REASON, b"JSONDeco"), (PICTURE, PNG)]


def test_a_page_of_the_product_needs_no_font_from_elsewhere():
    """It ships in the package."""
    assert FONT.is_relative_to(Path(charts.__file__).parent)
