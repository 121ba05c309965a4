"""Files as people have them: encodings, delimiters, workbooks old and new, and those that mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
import xlwt

from bot.errors import ImportFileError
from bot.intake.imports import limits, sheet_file
from bot.intake.imports.table import open_table

HEADER = ("姓名", "手机号", "公司")
ROW = ("王小明", "13800138000", "云帆科技")


def read(data: bytes, name: str = "f.csv") -> tuple[tuple[str, ...], list[list[str]], str]:
    opened = open_table(data, name)
    return opened.header, [list(row.cells) for row in opened], opened.form


def text(delimiter: str = ",", lines: int = 1) -> str:
    return "\r\n".join([delimiter.join(HEADER), *[delimiter.join(ROW)] * lines]) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_reads_alike(encoding: str, delimiter: str) -> None:
    """Told apart by what the file holds, not by its name."""
    header, rows, form = read(text(delimiter).encode(encoding))

    assert header == HEADER
    assert rows == [list(ROW)]
    names = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 BOM", "utf-16": "UTF-16"}
    assert form.startswith(names.get(encoding, "GB18030"))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("姓名\n".encode("gb18030"), "GB18030"),
        ("姓名\n".encode(), "UTF-8"),
        # Valid in both: as UTF-8 these would be Cyrillic and Greek letters.
        ("一\n一\n".encode("gb18030"), "GB18030"),
        ("name,city\n一,二\n".encode("gb18030"), "GB18030"),
        ("name\nJosé\n".encode(), "UTF-8"),
        ("name\nMüller\n".encode(), "UTF-8"),
        ("name,x\nИван,1\n".encode(), "UTF-8"),
        (b"name,phone\nwang,138\n", "UTF-8"),
        ("联通,移动\n".encode("gb18030"), "GB18030"),
        ("𠮷野家,1\n".encode("gb18030"), "GB18030"),
    ],
)
def test_short_files_are_told_apart(data: bytes, encoding: str) -> None:
    """Two words are enough, where a guess by frequencies fails."""
    assert read(data)[2].startswith(encoding)


def test_quotes_newlines_titles_and_empty_lines() -> None:
    """A title above the header and empty lines are passed over; row numbers are the spreadsheet's."""
    data = '2026年客户表\n\n姓名,备注\n王小明,"第一行\n第二行,逗号"\n\n,\n李四,""""\n'.encode()
    opened = open_table(data, "f.csv")

    assert opened.header == ("姓名", "备注")
    assert [(row.number, list(row.cells)) for row in opened] == [
        (4, ["王小明", "第一行\n第二行,逗号"]),
        (7, ["李四", '"']),
    ]


def test_a_separator_line_of_excel_is_obeyed() -> None:
    header, rows, _ = read(b"sep=|\nname|phone\na,b|1\n")
    assert (header, rows) == (("name", "phone"), [["a,b", "1"]])


def test_repeated_and_missing_headers_get_their_place() -> None:
    """No column is lost for want of a name."""
    assert read("电话,,电话\n1,2,3\n".encode())[0] == ("电话", "第2列", "电话 (3)")


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "空"
    sheet = book.create_sheet("客户")
    sheet.append(["姓名", "手机号", "日期", "金额", "是否"])
    sheet.append(["王小明", 13800138000, datetime(2026, 11, 18), 1234.5, True])  # noqa: DTZ001 - workbooks know no zones
    sheet.append(["李四", "'13900139000", datetime(2026, 11, 18, 9, 30), 1e3, None])  # noqa: DTZ001 - likewise
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_xlsx_is_read_as_people_see_it() -> None:
    """The first sheet that holds anything; phones without .0, days without midnight."""
    header, rows, form = read(workbook(), "f.xlsx")

    assert form == "Excel, 客户"
    assert header == ("姓名", "手机号", "日期", "金额", "是否")
    assert rows == [
        ["王小明", "13800138000", "2026-11-18", "1234.5", "是"],
        ["李四", "'13900139000", "2026-11-18 09:30:00", "1000", ""],
    ]


def test_xls_is_read_too() -> None:
    """The old binary kind, whatever the file is called."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("客户")
    for at, name in enumerate(HEADER):
        sheet.write(0, at, name)
    for at, value in enumerate((*ROW[:1], 13800138000, ROW[2])):
        sheet.write(1, at, value)
    out = io.BytesIO()
    book.save(out)

    assert read(out.getvalue(), "f.csv")[:2] == (HEADER, [list(ROW)])


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", body)
    return out.getvalue()


BOMBS = {
    "ratio": packed(xl__sharedStrings=b" " * (limits._SMALL * 40)),
    "entities": packed(xl__workbook=b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    "cut zip": packed(xl__workbook=b"<x/>")[:40],
    "no workbook": packed(hello=b"<x/>"),
    "ole": sheet_file.OLE + b"\x00" * 600,
    "quotes": b'name,phone\n"' + b"a" * 200_000,
    "columns": b"," * 300 + b"\na\n",
    "cell": b"name,b\n" + b"x" * 40_000 + b",1\n",
    "empty": b"",
    "blank": b"\n\n  \n",
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
    "nul": b"a,b\n\x00,\x00\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_means_harm_or_nothing_is_refused(name: str) -> None:
    """With a sentence for people, before it unfolds."""
    with pytest.raises(ImportFileError) as refused:
        list(open_table(BOMBS[name], "f"))

    assert 0 < len(str(refused.value)) < 100


def test_a_workbook_of_a_whole_is_not_a_bomb() -> None:
    """Two thousand equal rows pack well and are read."""
    book = openpyxl.Workbook()
    for _ in range(2_000):
        book.active.append(["王小明", "13800138000", "云帆科技有限公司"])
    out = io.BytesIO()
    book.save(out)

    assert len(read(out.getvalue())[1]) == 1_999
