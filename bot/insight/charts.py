"""What an answer looks like as a picture: kind, labels and series, as plain JSON; `pictures` draws it.

Every chart says what it is (`title`), of when and whom (`subtitle`) and what it means or how fresh it is
(`note`); `labels` run along it, each of `series` has one value per label. Shares are fractions of one,
None is a value that nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from bot.crm.metrics.funnel import STEPS
from bot.crm.metrics.metric import Unit

Value: TypeAlias = int | float | None
Chart: TypeAlias = dict[str, Any]
#: Which way is the good one; empty where neither is.
Good: TypeAlias = Literal["up", "down", ""]


def number_chart(
    title: str,
    value: Value,
    *,
    unit: str = Unit.COUNT,
    before: tuple[str, Value] | None = None,
    good: Good = "",
    subtitle: str = "",
    note: str = "",
) -> Chart:
    """One number, large; `before` is what it is set against and its name (上月)."""
    series = [series_of(title, [value], unit=unit)]
    if before is not None:
        series.append(series_of(before[0], [before[1]], unit=unit))
    return {**_head("number", title, subtitle, note), "labels": [title], "series": series, "good": good}


def trend_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Mapping[str, Any]],
    *,
    so_far: str = "",
    subtitle: str = "",
    note: str = "",
) -> Chart:
    """Lines over time, one to five; see `series_of`. `so_far` names a last moment that still goes on."""
    drawn = {**_head("line", title, subtitle, note), "labels": list(labels), "series": list(series)}
    return {**drawn, "so_far": so_far} if so_far else drawn


def ranking_chart(
    title: str,
    labels: Sequence[str],
    values: Sequence[Value],
    *,
    unit: str = Unit.COUNT,
    name: str = "",
    subtitle: str = "",
    note: str = "",
) -> Chart:
    """Bars in the order given, a name and a value each."""
    series = [series_of(name or title, values, unit=unit)]
    return {**_head("bar", title, subtitle, note), "labels": list(labels), "series": series}


def comparison_chart(
    title: str,
    labels: Sequence[str],
    now: Sequence[Value],
    before: Sequence[Value],
    *,
    names: tuple[str, str] = ("本期", "对比期"),
    unit: str = Unit.COUNT,
    good: Good = "",
    subtitle: str = "",
    note: str = "",
) -> Chart:
    """Two periods side by side and the difference; `names` are theirs, this one first."""
    series = [series_of(names[0], now, unit=unit), series_of(names[1], before, unit=unit)]
    head = _head("compare", title, subtitle, note)
    return {**head, "labels": list(labels), "series": series, "good": good}


def heat_chart(
    title: str,
    columns: Sequence[str],
    rows: Mapping[str, Sequence[Value]],
    *,
    unit: str = Unit.COUNT,
    subtitle: str = "",
    note: str = "",
) -> Chart:
    """A field of squares, darker for more: weekday by hour, person by week."""
    series = [series_of(name, values, unit=unit) for name, values in rows.items()]
    return {**_head("heat", title, subtitle, note), "labels": list(columns), "series": series}


def interval_chart(
    title: str,
    labels: Sequence[str],
    values: Sequence[Value],
    band: Sequence[tuple[Value, Value]],
    *,
    target: Sequence[Value] = (),
    done: Sequence[Value] = (),
    names: tuple[str, str, str] = ("预测", "目标", "已赢单"),
    unit: str = Unit.MONEY,
    subtitle: str = "",
    note: str = "",
) -> Chart:
    """Forecasts: for each label the expected value, the band it lies in, and if known target and done.

    `names` says what value, target and done are called.
    """
    return {
        **_head("interval", title, subtitle, note),
        "labels": list(labels),
        "series": [series_of(names[0], values, unit=unit)],
        "low": [low for low, _ in band],
        "high": [high for _, high in band],
        "target": list(target),
        "done": list(done),
        "names": list(names),
    }


def funnel_chart(
    title: str,
    counts: Sequence[Sequence[int]],
    *,
    labels: Sequence[str] = STEPS,
    subtitle: str = "",
    note: str = "",
) -> Chart:
    """Steps from the widest to the narrowest, all groups added up."""
    values = [sum(steps) for steps in zip(*counts, strict=True)] or [0] * len(labels)
    series = [series_of(title, values)]
    return {**_head("funnel", title, subtitle, note), "labels": list(labels), "series": series}


def series_of(name: str, values: Sequence[Value], *, unit: str = Unit.COUNT, is_over: bool = False) -> Chart:
    """One line, or all the bars of one colour; `unit` is a value of Unit, `is_over`: of a time that is."""
    drawn = {"name": name, "unit": str(unit), "values": list(values)}
    return {**drawn, "is_over": True} if is_over else drawn


def _head(kind: str, title: str, subtitle: str, note: str) -> Chart:
    return {"kind": kind, "title": title, "subtitle": subtitle, "note": note}
