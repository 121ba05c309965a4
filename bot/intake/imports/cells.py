"""What stands in a cell, freed from what Excel does to phones and days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from bot.crm.written import half_width, read_number
from bot.intake.clean.phone import read_phone
from bot.intake.imports import texts
from bot.kit.masked import Phone

_SCIENTIFIC = re.compile(r"(\d(?:\.\d+)?)[eE]\+?(\d{1,2})")
_AFLOAT = re.compile(r"(\d{5,15})\.0+")
#: Fewer digits than these of a number in scientific spelling: the rest was rounded away.
_DIGITS_KEPT = 8
_BETWEEN = re.compile(r"\s*[/、,，;；|\n]+\s*|\s+或\s*|\s{2,}")
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x)\s*\d{1,6}$", re.IGNORECASE)
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(\d{1,2})\s*日?|月)?"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_EITHER_WAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_PACKED = re.compile(r"(20\d\d|19\d\d)(\d{2})(\d{2})")
#: Days that a spreadsheet counts from here; between these two numbers lies 1954 to 2119.
_SERIAL_BEGINS = date(1899, 12, 30)
_SERIAL_FROM, _SERIAL_TO = 20_000, 80_000
_MONTH_FIRST, _DAY_FIRST = "month_first", "day_first"
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 12
_MONEY_SIGNS = re.compile(r"[\s¥$€£￥元整]|rmb|cny|usd", re.IGNORECASE)


class BadCellError(ValueError):
    """A cell does not hold what it should; the text is for people."""


def plain(cell: str) -> str:
    """A cell without the apostrophe with which Excel marks text."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:2].isdigit() else cell


@dataclass(frozen=True, slots=True)
class Phones:
    """The number, and others that stand in the same cell."""

    first: Phone = Phone()  # noqa: RUF009 - text cannot change
    more: tuple[Phone, ...] = ()


def read_phones(cell: str) -> Phones:
    """Read one number or several; BadCellError if none can be one, or digits were lost."""
    text = half_width(plain(cell))
    quick = read_phone(text)
    if quick is not None:
        return Phones(quick)
    if lost := _SCIENTIFIC.fullmatch(text):
        text = _expanded(lost)
    if afloat := _AFLOAT.fullmatch(text):
        text = afloat[1]
    parts = [_EXTENSION.sub("", part) for part in _BETWEEN.split(text) if part.strip()]
    found = [number for part in parts if (number := read_phone(part)) is not None]
    if not found:
        raise BadCellError(texts.BAD_PHONE)
    return Phones(found[0], tuple(dict.fromkeys(number for number in found[1:] if number != found[0])))


def _expanded(lost: re.Match[str]) -> str:
    """1.3800138E+10 as 13800138000; Excel shows 1.38E+10 when it has thrown the rest away."""
    if len(lost[1].replace(".", "")) < _DIGITS_KEPT:
        raise BadCellError(texts.DIGITS_LOST)
    return str(int(Decimal(f"{lost[1]}e{lost[2]}")))


def read_day(cell: str, zone: ZoneInfo, order: str = "") -> datetime:
    """A day or a moment, in UTC; a day alone is its local midnight. BadCellError otherwise.

    `order` says what 01/02/2018 means; without it a day that could be read both ways is refused.
    """
    text = half_width(plain(cell))
    try:
        return _moment(text, zone, order)
    except ValueError as exc:
        if isinstance(exc, BadCellError):
            raise
        raise BadCellError(texts.bad_day(text[:20])) from exc


def _moment(text: str, zone: ZoneInfo, order: str) -> datetime:
    if found := _DAY.fullmatch(text):
        return _named_parts(found, zone)
    if found := _EITHER_WAY.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        month, day = _ordered(first, second, order, text)
        return _local(datetime(year, month, day, *_clock(found, 4), tzinfo=zone))
    if found := _PACKED.fullmatch(text):
        return _local(datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=zone))
    serial = float(text)
    if not _SERIAL_FROM <= serial <= _SERIAL_TO:
        raise ValueError(text)
    day_of = _SERIAL_BEGINS + timedelta(days=int(serial))
    at = datetime.combine(day_of, time(), tzinfo=zone) + timedelta(seconds=round((serial % 1) * 86400))
    return _local(at)


def _named_parts(found: re.Match[str], zone: ZoneInfo) -> datetime:
    at = datetime(int(found[1]), int(found[2]), int(found[3] or 1), *_clock(found, 4), tzinfo=zone)
    if found[7] is None:
        return _local(at)
    offset = "+00:00" if found[7] == "Z" else found[7]
    return _local(datetime.fromisoformat(at.replace(tzinfo=None).isoformat() + offset))


def _clock(found: re.Match[str], at: int) -> tuple[int, int, int]:
    return int(found[at] or 0), int(found[at + 1] or 0), int(found[at + 2] or 0)


def _local(at: datetime) -> datetime:
    return at.astimezone(timezone.utc)


def _ordered(first: int, second: int, order: str, text: str) -> tuple[int, int]:
    if order == _MONTH_FIRST or (not order and second > 12 >= first):  # noqa: PLR2004 - months
        return first, second
    if order == _DAY_FIRST or (not order and first > 12 >= second):  # noqa: PLR2004 - months
        return second, first
    if first == second:
        return first, second
    raise BadCellError(texts.either_way(text))


def order_of(samples: list[str]) -> str:
    """Whether the days of a column are written month first or day first; empty if nothing tells."""
    found = [match for one in samples if (match := _EITHER_WAY.match(half_width(plain(one))))]
    if any(int(one[2]) > 12 for one in found):  # noqa: PLR2004 - months
        return _MONTH_FIRST
    return _DAY_FIRST if any(int(one[1]) > 12 for one in found) else ""  # noqa: PLR2004 - months


def read_month(cell: str, zone: ZoneInfo) -> date:
    """The first day of the month that is meant."""
    return read_day(cell, zone).astimezone(zone).date().replace(day=1)


def read_money(cell: str) -> Decimal:
    """An amount of at most two decimals: 1,054.00, ¥4.8万; BadCellError otherwise. It may be nought."""
    text = _MONEY_SIGNS.sub("", half_width(plain(cell)).lower()).replace(",", "")
    value: Decimal | None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = read_number(text) if text else None
    if value is None or not value.is_finite() or not 0 <= value <= _MOST:
        raise BadCellError(texts.bad_amount(cell[:20]))
    return value.quantize(_CENT)
