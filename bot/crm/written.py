"""Chinese as people type it: full-width signs, and numbers in digits, in words or in both."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}
_DIGITS = {sign: Decimal(n) for n, sign in enumerate("零一二三四五六七八九")} | {
    "〇": Decimal(0),
    "两": Decimal(2),
    "俩": Decimal(2),
    "半": Decimal("0.5"),
}
_SMALL = {"十": 10, "百": 100, "千": 1000, "k": 1000}
_LARGE = {"万": 10_000, "w": 10_000, "亿": 100_000_000}
_LITERAL = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TOKEN = re.compile(rf"{_LITERAL}|.", re.DOTALL)
#: What a number may look like, for use inside other patterns; `read_number` has the last word.
#: Atomic: four hundred digits that are no number are not split in every way there is.
_HANZI = "零〇一二两俩三四五六七八九十百千万亿"
NUMBER = rf"(?>(?:{_LITERAL}|[{_HANZI}])(?:[{_HANZI}kw]|\d)*)"


def half_width(text: str) -> str:
    """Write full-width letters, digits and signs as half-width ones; the length stays the same."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


@dataclass(slots=True)
class _Sum:
    """A number while it is read: 三百五十 万 is a section of 350, ten thousand times."""

    total: Decimal = field(default_factory=Decimal)
    section: Decimal = field(default_factory=Decimal)
    #: A digit or literal that waits for its unit.
    waiting: Decimal | None = None
    unit: int = 1
    #: The 万 or 亿 that came last.
    large_unit: int = 0
    #: 四万八 is 48,000, but 四万零八 is 40,008.
    after_zero: bool = False

    def digit(self, value: Decimal, *, literal: bool) -> bool:
        if self.waiting is not None:
            return False
        if value == 0 and not literal and self.unit > 1:
            self.after_zero = True
            return True
        self.waiting = value
        return True

    def small(self, unit: int) -> None:
        self.section += (1 if self.waiting is None else self.waiting) * unit
        self.waiting, self.unit, self.after_zero = None, unit, False

    def large(self, unit: int) -> bool:
        section = self.section + (self.waiting or 0)
        if not section and not self.total:
            return False
        is_larger = unit > self.large_unit
        self.total = (self.total + section) * unit if is_larger else self.total + section * unit
        self.section, self.waiting, self.after_zero = Decimal(0), None, False
        self.unit = self.large_unit = unit
        return True

    def value(self) -> Decimal:
        last = self.waiting or Decimal(0)
        is_loose = self.unit > 1 and not self.after_zero and last < 10 and last == int(last)  # noqa: PLR2004
        return self.total + self.section + (last * (self.unit // 10) if is_loose else last)


def read_number(text: str) -> Decimal | None:
    """Read `48,000`, `4.8万`, `5w`, `四万八` (48,000), `十五`, `3万5千`; None for anything else."""
    reading = _Sum()
    tokens = _TOKEN.findall(text)
    for token in tokens:
        if token in _SMALL:
            reading.small(_SMALL[token])
        elif token in _LARGE:
            if not reading.large(_LARGE[token]):
                return None
        elif token in _DIGITS or token[0].isdecimal():
            value = _DIGITS[token] if token in _DIGITS else Decimal(token.replace(",", ""))
            if not reading.digit(value, literal=token not in _DIGITS):
                return None
        else:
            return None
    return reading.value() if tokens else None
