"""A chart as it comes, read into what is safe to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.insight.pictures.amounts import number
from bot.insight.pictures.measure import clean

#: More labels or series than anybody looks at: the rest is not even read.
_MOST = 2000
_LONG = 400
_UNITS = frozenset({"count", "money", "percent", "minutes", "days", "mark", "ratio"})


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each label; None where nobody knows it."""

    name: str
    unit: str
    values: tuple[float | None, ...]
    #: Of a time that has passed, although the others' still goes on.
    is_over: bool = False

    @property
    def known(self) -> list[float]:
        """The values there are."""
        return [value for value in self.values if value is not None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What every kind is drawn from."""

    kind: str
    title: str
    subtitle: str
    note: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    #: up, down, or empty where neither way is the good one.
    good: str = ""
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    target: tuple[float | None, ...] = ()
    done: tuple[float | None, ...] = ()
    names: tuple[str, ...] = ()
    #: What a last moment is called that still goes on; empty where it is whole.
    so_far: str = ""

    @property
    def first(self) -> Series:
        """The series that the kinds with only one look at."""
        return self.series[0]


def plan_of(chart: Mapping[str, Any]) -> Plan:
    """Read it; ValueError for what is no chart at all."""
    labels = tuple(clean(label) for label in _list(chart.get("labels"))[:_MOST])
    series = tuple(_series(one, len(labels)) for one in _list(chart.get("series"))[:_MOST])
    if not isinstance(chart.get("kind"), str) or not series:
        msg = "a chart has a kind and at least one series"
        raise ValueError(msg)
    good = str(chart.get("good", ""))
    return Plan(
        kind=chart["kind"],
        title=clean(chart.get("title", "")),
        subtitle=clean(chart.get("subtitle", "")),
        note=clean(chart.get("note", ""), _LONG),
        labels=labels,
        series=series,
        good=good if good in {"up", "down"} else "",
        **{name: _values(chart.get(name), len(labels)) for name in ("low", "high", "target", "done")},
        names=tuple(clean(name) for name in _list(chart.get("names"))),
        so_far=clean(chart.get("so_far", "")),
    )


def _series(one: object, wanted: int) -> Series:
    given = one if isinstance(one, Mapping) else {}
    unit = str(given.get("unit", "count"))
    return Series(
        clean(given.get("name", "")),
        unit if unit in _UNITS else "count",
        _values(given.get("values"), wanted) or (None,) * wanted,
        is_over=given.get("is_over") is True,
    )


def _values(given: object, wanted: int) -> tuple[float | None, ...]:
    """As many as there are labels; empty if none are given."""
    found = [number(value) for value in _list(given)[:wanted]]
    return (*found, *(None,) * (wanted - len(found))) if found else ()


def _list(given: object) -> list[Any]:
    return list(given) if isinstance(given, Sequence) and not isinstance(given, str | bytes) else []
