"""How a dashboard says a difference and a step."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from bot.crm.metrics.metric import Metric, Unit
from bot.store.metrics.sums import Figure

_HUNDRED = 100
EQUAL = "持平"


def difference(metric: Metric, now: Figure, before: Figure) -> str:
    """By how much it differs: points of a share, else per cent; empty where nothing can be said."""
    if now.value is None or before.value is None:
        return ""
    if metric.unit is Unit.PERCENT:
        return _said((Fraction(now.value) - Fraction(before.value)) * _HUNDRED, " 个百分点")
    if not before.value:
        return ""
    grown = (Fraction(now.value) - Fraction(before.value)) / abs(Fraction(before.value))
    return _said(grown * _HUNDRED, "%")


def step(count: int, rate: float | None) -> str:
    """A step of the funnel: 120（31.5%）."""
    return f"{count:,}" if rate is None else f"{count:,}（上一步的 {_plain(Fraction(rate) * _HUNDRED)}%）"


def _said(value: Fraction, unit: str) -> str:
    text = _plain(value)
    if text in {"0", "-0"}:
        return EQUAL
    return f"{'' if text.startswith('-') else '+'}{text}{unit}"


def _plain(value: Fraction) -> str:
    text = f"{Decimal(round(value * 10)) / 10:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
