"""The same as a picture, in words: for those who cannot see it, and where it cannot be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.insight.pictures import compare, funnel, heat, interval, texts
from bot.insight.pictures.amounts import said
from bot.insight.pictures.plan import Plan

#: Lines of a text; the rest is counted.
_LINES = 31


def words(plan: Plan) -> str:
    """Title, period and scope, a line for each label, and the foot note."""
    lines = list(_KINDS[plan.kind](plan)) or [texts.NO_DATA]
    shown = lines if len(lines) <= _LINES else [*lines[:_LINES], texts.rest(len(lines) - _LINES)]
    return "\n".join(part for part in (plan.title, plan.subtitle, *shown, plan.note) if part)


def _each(plan: Plan) -> Iterator[str]:
    """All values of a label on its line; the metric's name where there are several."""
    for at, label in enumerate(plan.labels):
        values = [
            (f"{one.name} " if len(plan.series) > 1 else "") + said(one.values[at], one.unit)
            for one in plan.series
        ]
        goes_on = f"（{plan.so_far}）" if plan.so_far and at == len(plan.labels) - 1 else ""
        yield f"{label}{goes_on}：{'，'.join(values)}"


def _number(plan: Plan) -> Iterator[str]:
    if plan.labels:
        yield said(plan.first.values[0], plan.first.unit)
        if len(plan.series) > 1:
            other = plan.series[1]
            yield f"{other.name} {said(other.values[0], plan.first.unit)} {compare.change(plan, 0)}".strip()


def _compared(plan: Plan) -> Iterator[str]:
    now, before = compare.pair(plan)
    for at, label in enumerate(plan.labels):
        values = f"{said(now[at], plan.first.unit)}，{plan.series[1].name if len(plan.series) > 1 else ''}"
        yield f"{label}：{values} {said(before[at], plan.first.unit)} {compare.change(plan, at)}".strip()


def _funnel(plan: Plan) -> Iterator[str]:
    values = plan.first.values
    for at, label in enumerate(plan.labels):
        rate = funnel.rate(values[at - 1], values[at]) if at else ""
        yield f"{label}：{said(values[at], plan.first.unit)}" + (f"（{rate}）" if rate else "")
    if funnel.remark(plan):
        yield funnel.remark(plan)


def _heat(plan: Plan) -> Iterator[str]:
    for one in plan.series:
        values = zip(plan.labels, one.values, strict=True)
        yield f"{one.name}：" + "，".join(f"{label} {said(value, one.unit)}" for label, value in values)
    yield heat.what_it_means(plan)


def _interval(plan: Plan) -> Iterator[str]:
    unit = plan.first.unit
    for at, label in enumerate(plan.labels):
        band = texts.band(interval.at_(plan.low, at), interval.at_(plan.high, at), unit)
        parts = [
            f"{interval.name_of(plan, 0)} {said(plan.first.values[at], unit)}",
            band,
            interval.beside(plan, at),
        ]
        yield f"{label}：{'，'.join(part for part in parts if part)}"


_KINDS: dict[str, Callable[[Plan], Iterator[str]]] = {
    "number": _number,
    "bar": _each,
    "line": _each,
    "compare": _compared,
    "funnel": _funnel,
    "heat": _heat,
    "interval": _interval,
}
