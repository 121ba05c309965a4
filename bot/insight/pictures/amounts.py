"""Numbers as they are read on a phone: 1.2万, 3,450万, 1.1亿, 63.2%."""

from __future__ import annotations

import math

NONE = "—"
_WAN, _YI, _ZHAO = 1e4, 1e8, 1e12
#: From here on a number has no digits worth reading.
_BEYOND = 1e16
_COUNTED = 1e5
_HUNDRED = 100
#: Beyond it lies a fault, not a figure.
_MOST = 1e18
#: Cents are worth reading below this.
_SMALL = 100
_SUFFIX = {"minutes": "分钟", "days": "天", "mark": "分"}


def said(value: float | None, unit: str) -> str:
    """A value with its unit; a dash for one that nobody knows."""
    if value is None or not math.isfinite(value):
        return NONE
    if unit == "percent":
        return f"{_large(value * _HUNDRED, _COUNTED, 1)}%"
    if unit == "money":
        return _large(value, _WAN, 2 if abs(value) < _SMALL else 0)
    if unit == "count":
        return _large(value, _COUNTED, 0 if value == int(value) else 1)
    return f"{_large(value, _COUNTED, 2 if unit == 'ratio' else 1)}{_SUFFIX.get(unit, '')}"


def difference(now: float | None, before: float | None, unit: str) -> str:
    """By how much it differs: per cent, or points where it is a share; empty where that says nothing."""
    if now is None or before is None:
        return ""
    if unit == "percent":
        return f"{_signed((now - before) * _HUNDRED)} 个百分点"
    grown = (now - before) / abs(before) * _HUNDRED if before else math.inf
    return f"{_signed(grown)}%" if math.isfinite(grown) else ""


def _signed(value: float) -> str:
    shown = _rounded(value, 1) if abs(value) < _BEYOND else _far(value)
    if shown == "0":
        return "±0"
    return shown if value < 0 else f"+{shown}"


def _large(value: float, from_: float, places: int) -> str:
    size = abs(value)
    if size >= _BEYOND:
        return _far(value)
    # What would round up to the next word takes that word: 9,999.6 is 1万.
    if size < from_ and abs(round(value, places)) < from_:
        return _rounded(value, places)
    for step, word in ((_WAN, "万"), (_YI, "亿"), (_ZHAO, "万亿")):
        scaled = value / step
        shown = _rounded(scaled, 1 if abs(scaled) < _HUNDRED else 0)
        if abs(float(shown.replace(",", ""))) < _WAN:
            return f"{shown}{word}"
    return f"{_rounded(value / _ZHAO, 0)}万亿"


def _rounded(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _far(value: float) -> str:
    return f"{value:.1e}".replace("e+", "e")


def number(value: object) -> float | None:
    """A number that a company can have, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if abs(found) <= _MOST else None
