"""The sentences of recaps, alerts and comparisons: short, because a chat message holds some 600 signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from bot.crm.metrics.metric import Metric, Unit
from bot.crm.query import Period
from bot.insight import wording
from bot.store.metrics.sums import Figure

#: Bytes of one message that every platform takes; the end is kept free for its own signs.
MOST_BYTES = 2000
LIST = "、"
_HUNDRED = 100
_SAME = "持平"


def line(metric: Metric, now: Figure, before: Figure | None, currency: str, than: str) -> str:
    """新增线索 32 条，比上周 +28%."""
    said = f"{metric.name} {wording.amount(metric, now, currency)}"
    based = wording.base(metric, now, currency)
    if based:
        said += f"（{based}）"
    if before is None:
        return said
    if before.value == 0 and now.value and metric.unit is not Unit.PERCENT:
        return f"{said}，{than}没有"
    moved = delta(metric, now, before)
    if moved == _SAME:
        return f"{said}，和{than}持平"
    return f"{said}，比{than} {moved}" if moved else said


def delta(metric: Metric, now: Figure, before: Figure) -> str:
    """By how much it differs; empty where there is nothing to set it against."""
    if now.value is None or before.value is None:
        return ""
    if now.value == before.value:
        return _SAME
    if metric.unit is Unit.PERCENT:
        return f"{signed((Fraction(now.value) - Fraction(before.value)) * _HUNDRED)} 个百分点"
    return f"{signed(grown(now, before) * _HUNDRED)}%" if before.value else ""


def grown(now: Figure, before: Figure) -> Fraction:
    """The difference as a share of what it was; that must not be nought."""
    return (Fraction(now.value or 0) - Fraction(before.value or 0)) / Fraction(before.value or 1)


def signed(value: Fraction) -> str:
    """+28, -6.5."""
    rounded = Decimal(round(value * 10)) / 10
    text = f"{rounded:,f}".rstrip("0").rstrip(".") if "." in f"{rounded:f}" else f"{rounded:,f}"
    return f"+{text}" if rounded > 0 else text or "0"


def days(period: Period) -> str:
    """11-16 至 11-22; one day alone."""
    begins, last = period.begins, period.last
    return short(begins) if begins == last else f"{short(begins)} 至 {short(last)}"


def short(day: date) -> str:
    """11-16."""
    return f"{day:%m-%d}"


def fresh(local: datetime) -> str:
    """How fresh it is."""
    return wording.as_of(local)


def counted(pairs: Iterable[tuple[str, int]], *, most: int) -> str:
    """张三 5、李娜 4 等."""
    found = list(pairs)
    listed = LIST.join(f"{name} {n}" for name, n in found[:most])
    return f"{listed} 等" if len(found) > most else listed


def fitting(parts: Sequence[str], ending: Sequence[str]) -> str:
    """As many lines as one message holds, from the top, and always the ending; what is left out is said."""
    tail = "\n".join(ending)
    room = MOST_BYTES - len(tail.encode()) - 40
    kept: list[str] = []
    for at, part in enumerate(parts):
        if len("\n".join((*kept, part)).encode()) > room:
            kept.append(f"（还有 {len(parts) - at} 行放不下）")
            break
        kept.append(part)
    return "\n".join((*kept, tail)) if tail else "\n".join(kept)
