"""Tables as files that a spreadsheet opens without running anything in them: CSV and xlsx."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

Cell: TypeAlias = str | int | Decimal | datetime | date | None
#: What a spreadsheet would take for a formula, also behind blanks; wide signs are as good in Chinese ones.
_ACTIVE = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0", "\ufeff")
#: Signs of one cell that Excel takes; XML takes no other control signs than these.
_MOST, _BLANKS = 32_767, "\t\n\r"
_XLSX = "http://schemas.openxmlformats.org"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def harmless(text: str) -> str:
    """Text that stays text: a sign of a formula gets a quote before it, and what no sheet can hold goes."""
    kept = "".join(sign for sign in text[:_MOST] if sign.isprintable() or sign in _BLANKS or sign == "\u3000")
    is_active = text.startswith(_ACTIVE) or kept.lstrip(" \u3000\u00a0\u200b").startswith(_ACTIVE)
    return f"'{kept}"[:_MOST] if is_active else kept


def as_csv(headers: Sequence[str], lines: Iterable[Sequence[Cell]], *, zone: ZoneInfo) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(one) for one in headers])
    writer.writerows([_text(cell, zone) for cell in line] for line in lines)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(headers: Sequence[str], lines: Iterable[Sequence[Cell]], *, zone: ZoneInfo, name: str) -> bytes:
    """One sheet: text as text, numbers as numbers, moments as local text; nothing in it is a formula."""
    rows = [_row(1, [harmless(one) for one in headers], zone, style=1)]
    rows += (_row(at, line, zone) for at, line in enumerate(lines, 2))
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS.format(kind="officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": _BOOK.format(name=escape(_sheet_name(name), {'"': "&quot;"})),
        "xl/_rels/workbook.xml.rels": _BOOK_RELS,
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": _SHEET.format(rows="".join(rows)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in parts.items():
            # A fixed moment: the same table is the same file.
            packed.writestr(
                zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), f"{_HEAD}{text}", zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def _text(cell: Cell, zone: ZoneInfo) -> str:
    """As it stands in a CSV; a number of ours bears no sign of a formula but its own minus."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(zone):%Y-%m-%d %H:%M}"
    return cell.isoformat() if isinstance(cell, date) else f"{cell}"


def _row(number: int, cells: Sequence[Cell], zone: ZoneInfo, *, style: int = 0) -> str:
    return f'<row r="{number}">{"".join(_cell(cell, zone, style) for cell in cells)}</row>'


def _cell(cell: Cell, zone: ZoneInfo, style: int) -> str:
    if isinstance(cell, int | Decimal):
        return f'<c s="{style}"><v>{cell}</v></c>'
    text = escape(_text(cell, zone))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _sheet_name(name: str) -> str:
    return (
        "".join("_" if sign in "[]:*?/\\'" or not sign.isprintable() else sign for sign in name)[:31] or "1"
    )


_TYPES = (
    f'<Types xmlns="{_XLSX}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument'
    '.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument'
    '.spreadsheetml.styles+xml"/></Types>'
)
_RELS = (
    f'<Relationships xmlns="{_XLSX}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{_XLSX}/officeDocument/2006/relationships/{{kind}}" Target="{{target}}"/></Relationships>'
)
_BOOK_RELS = (
    f'<Relationships xmlns="{_XLSX}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_XLSX}/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_XLSX}/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
    "</Relationships>"
)
_BOOK = (
    f'<workbook xmlns="{_XLSX}/spreadsheetml/2006/main" xmlns:r="{_XLSX}/officeDocument/2006/relationships">'
    '<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_STYLES = (
    f'<styleSheet xmlns="{_XLSX}/spreadsheetml/2006/main">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
    'patternType="gray125"/></fill></fills><borders count="1">'
    "<border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_SHEET = (
    f'<worksheet xmlns="{_XLSX}/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    "<sheetData>{rows}</sheetData></worksheet>"
)
