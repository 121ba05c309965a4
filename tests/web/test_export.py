"""Tables as files: whatever people wrote stays text in every program that opens them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.export import as_csv, as_xlsx, harmless

ZONE = ZoneInfo("Asia/Shanghai")
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


@pytest.mark.parametrize(
    "evil",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x", " =1", "\u3000=1", "\ufeff=1",
        "\0=1", "\u200b=1", "=cmd|' /C calc'!A0", '"=1"\n=2', "|x", "%0A=1",
    ],
)  # fmt: skip
def test_what_begins_like_a_formula_becomes_text(evil: str) -> None:
    """In cells and headers, in both kinds of file; blanks and invisible signs before it hide nothing."""
    lines = list(csv.reader(io.StringIO(as_csv([evil], [[evil]], zone=ZONE).decode("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([evil], [[evil]], zone=ZONE, name=evil)))
    cells = [*lines[0], *lines[1], *(cell.value for row in book.active.iter_rows() for cell in row)]
    assert len(cells) == 4
    for cell in cells:
        assert not cell.lstrip(" \u3000\u200b\ufeff\0").startswith(ACTIVE), cell
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "inlineStr"}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=4))
def test_any_text_can_be_written_and_read_back(lines: list[list[str]]) -> None:
    """As many lines and cells as were given, each what it was but for the quote and signs no sheet can hold."""
    read = list(
        csv.reader(io.StringIO(as_csv(["甲", "乙"], lines, zone=ZONE).decode("utf-8-sig"), newline=""))
    )
    assert read == [["甲", "乙"], *([harmless(cell) for cell in line] for line in lines)]
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(["甲", "乙"], lines, zone=ZONE, name="明细")))
    assert book.active.max_row == len(lines) + 1


def test_numbers_stay_numbers_and_moments_are_local() -> None:
    at = datetime(2026, 11, 17, 16, 30, tzinfo=timezone.utc)
    cells = ["王芳", 3, Decimal("-48000.50"), at, date(2026, 11, 1), None]
    lines = list(csv.reader(io.StringIO(as_csv(list("abcdef"), [cells], zone=ZONE).decode("utf-8-sig"))))
    assert lines[1] == ["王芳", "3", "-48000.50", "2026-11-18 00:30", "2026-11-01", ""]
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(list("abcdef"), [cells], zone=ZONE, name="[明细]:*?")))
    row = [cell.value for cell in list(book.active.iter_rows())[1]]
    assert row[:4] == ["王芳", 3, -48000.5, "2026-11-18 00:30"]
    assert book.active.title == "_明细____"
