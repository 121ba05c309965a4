"""The few words of a picture that its chart does not bring along."""

from __future__ import annotations

from bot.insight.pictures.amounts import said

NO_DATA = "这个范围里没有数据"
SAME = "持平"
TOTAL_RATE = "{first} → {last} 总转化 {rate}"


def rest(count: int, noun: str = "项") -> str:
    """What is not drawn."""
    return f"其余 {count} {noun}"


def band(low: float | None, high: float | None, unit: str) -> str:
    """Between what and what."""
    return "" if low is None or high is None else f"{said(low, unit)} 至 {said(high, unit)}"


def depth(low: str, high: str) -> str:
    """What the colours of a heat map mean."""
    return low if low == high else f"颜色由浅到深：{low} 至 {high}"
