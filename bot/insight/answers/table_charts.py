"""The picture of an answer's rows: which kind they make, and with which labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypedDict

from bot.crm.metrics.dimension import dimension_name
from bot.crm.metrics.metric import Kind, Metric, Subject
from bot.crm.query import Query
from bot.insight import charts, names, wording
from bot.insight.answers.plain import number
from bot.insight.answers.rows import UNITS, Row, Table, span_of
from bot.insight.ask.echo import echo
from bot.insight.ask.lexicon import Lexicon

#: More lines than this are no picture of anything: they become a field of squares.
_LINES = 5
_CROSSED = 2


class _About(TypedDict):
    subtitle: str
    note: str


def chart(
    query: Query,
    found: Table,
    lexicon: Lexicon,
    *,
    title: str,
    today: date,
    subtitle: str = "",
    note: str = "",
) -> charts.Chart | None:
    """A line over time, bars for everything else; None for a single number."""
    if not query.by or not found.rows:
        return None
    times = [at for at, key in enumerate(query.by) if key in UNITS]
    about = _About(subtitle=subtitle, note=note)
    if times and len(query.by) > 1:
        return _over_time(query, found, lexicon, times[0], title=title, today=today, about=about)
    if _is_crossed(query, found):
        return _field(query, found, lexicon, title=title, about=about)
    labels = [_label(query, row, lexicon) for row in found.rows]
    first, unit = found.metrics[0], found.metrics[0].unit
    values = [number(unit, row.figures[0]) for row in found.rows]
    if times:
        series = _series(found) if found.before is None else _with_before(found)
        so_far = _so_far(query.by[0], found.rows[-1].key[0], today)
        return charts.trend_chart(title, labels, series, so_far=so_far, **about)
    if found.before is not None:
        before = [number(unit, row.before[0]) if row.before else None for row in found.rows]
        return charts.comparison_chart(
            title, labels, values, before, names=wording.PERIODS, unit=unit, **about
        )
    shown = charts.ranking_chart(title, labels, values, unit=unit, name=first.name, **about)
    return {**shown, "series": _series(found)}


def _is_crossed(query: Query, found: Table) -> bool:
    """Two things against each other, each of which has several values."""
    if (
        len(query.by) != _CROSSED
        or query.rank is not None
        or len(found.metrics) > 1
        or found.before is not None
    ):
        return False
    return all(len({row.key[at] for row in found.rows}) > 1 for at in range(_CROSSED))


def _field(query: Query, found: Table, lexicon: Lexicon, *, title: str, about: _About) -> charts.Chart:
    """A row of squares for each of the one, a column for each of the other, the largest first."""
    metric = found.metrics[0]
    by_key = {row.key: number(metric.unit, row.figures[0]) for row in found.rows}
    is_counted = metric.kind in {Kind.FLOW, Kind.SNAPSHOT} and metric.subject is not Subject.COST
    rows, columns = (
        _largest_first([(key[at], value or 0) for key, value in by_key.items()]) for at in (0, 1)
    )
    return charts.heat_chart(
        title,
        [names.shown(query.by[1], one, lexicon) for one in columns],
        {
            names.shown(query.by[0], row, lexicon): [
                by_key.get((row, one), 0 if is_counted else None) for one in columns
            ]
            for row in rows
        },
        unit=metric.unit,
        **about,
    )


def _largest_first(values: Sequence[tuple[str, float]]) -> list[str]:
    sums: defaultdict[str, float] = defaultdict(float)
    for name, value in values:
        sums[name] += value
    return sorted(sums, key=lambda name: (not name, -sums[name], name))


def heading(query: Query, metrics: Sequence[Metric], lexicon: Lexicon) -> str:
    """What is counted, and along what."""
    name = wording.SEVERAL.join(one.name for one in metrics)
    by = wording.SEVERAL.join(lexicon.labels.get(key) or dimension_name(key) for key in query.by)
    return wording.along(name, by, is_ranked=query.rank is not None)


def scope_of(query: Query, lexicon: Lexicon) -> str:
    """Of when and of whom: what is left of the echo without metric and order."""
    bare = echo(replace(query, by=(), compare=None, rank=None), lexicon)
    scope = bare.removesuffix("和".join(one.name for one in query.definitions())).rstrip("，")
    return scope if query.where else f"{scope}，{wording.EVERYTHING}"


def _series(found: Table) -> list[dict[str, Any]]:
    return [
        charts.series_of(one.name, [number(one.unit, row.figures[at]) for row in found.rows], unit=one.unit)
        for at, one in enumerate(found.metrics)
    ]


def _with_before(found: Table) -> list[dict[str, Any]]:
    """One metric as two lines: this period's and the other's."""
    unit = found.metrics[0].unit
    return [
        charts.series_of(wording.PERIODS[0], [number(unit, row.figures[0]) for row in found.rows], unit=unit),
        charts.series_of(
            wording.PERIODS[1],
            [number(unit, row.before[0]) if row.before else None for row in found.rows],
            unit=unit,
            is_over=True,
        ),
    ]


def _so_far(unit: str, last: str, today: date) -> str:
    """What the last moment is called if today is in it: 本周至今; empty if it is whole."""
    span = span_of(date.fromisoformat(last), unit)
    return wording.so_far(unit) if span.begins <= today < span.ends else ""


def _label(query: Query, row: Row, lexicon: Lexicon, *, but: int | None = None) -> str:
    pairs = zip(query.by, row.key, strict=True)
    shown = [names.shown(key, value, lexicon) for at, (key, value) in enumerate(pairs) if at != but]
    return "·".join(shown)


def _over_time(
    query: Query, found: Table, lexicon: Lexicon, time: int, *, title: str, today: date, about: _About
) -> charts.Chart:
    """One line for each of the others, or one row of squares if they are many."""
    moments = sorted({row.key[time] for row in found.rows})
    labels = [names.shown(query.by[time], at, lexicon) for at in moments]
    by_name: dict[str, dict[str, Row]] = {}
    for row in found.rows:
        by_name.setdefault(_label(query, row, lexicon, but=time), {})[row.key[time]] = row
    series = [
        charts.series_of(
            name if len(found.metrics) == 1 else f"{name}·{one.name}",
            [number(one.unit, rows[at].figures[place]) if at in rows else None for at in moments],
            unit=one.unit,
        )
        for name, rows in by_name.items()
        for place, one in enumerate(found.metrics)
    ]
    if len(series) > _LINES and len(found.metrics) == 1:
        fields = {one["name"]: one["values"] for one in series}
        return charts.heat_chart(title, labels, fields, unit=found.metrics[0].unit, **about)
    so_far = _so_far(query.by[time], moments[-1], today)
    return charts.trend_chart(title, labels, series, so_far=so_far, **about)
