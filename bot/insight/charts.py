"""What an answer would look like as a picture: kind, labels and series; others draw it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.crm.metrics.funnel import STEPS
from bot.crm.metrics.metric import Unit
from bot.crm.query import Query
from bot.insight import names
from bot.insight.ask.lexicon import Lexicon
from bot.insight.plain import number
from bot.insight.rows import UNITS, Row, Table


def chart(query: Query, found: Table, lexicon: Lexicon, *, title: str) -> dict[str, Any] | None:
    """A line over time, bars for everything else; None for a single number."""
    if not query.by or not found.rows:
        return None
    times = [at for at, key in enumerate(query.by) if key in UNITS]
    shape = {"kind": "line" if times else "bar", "title": title}
    if times and len(query.by) > 1:
        return {**shape, **_lines(query, found, lexicon, times[0])}
    labels = [_label(query, row, lexicon) for row in found.rows]
    series = [
        {
            "name": one.name,
            "unit": one.unit.value,
            "values": [number(one.unit, row.figures[at]) for row in found.rows],
        }
        for at, one in enumerate(found.metrics)
    ]
    return {**shape, "labels": labels, "series": series}


def funnel_chart(title: str, counts: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Steps from the widest to the narrowest, all groups added up."""
    values = [sum(steps) for steps in zip(*counts, strict=True)] or [0] * len(STEPS)
    series = [{"name": title, "unit": Unit.COUNT.value, "values": values}]
    return {"kind": "funnel", "title": title, "labels": list(STEPS), "series": series}


def _label(query: Query, row: Row, lexicon: Lexicon, *, but: int | None = None) -> str:
    pairs = zip(query.by, row.key, strict=True)
    shown = [names.shown(key, value, lexicon) for at, (key, value) in enumerate(pairs) if at != but]
    return "·".join(shown)


def _lines(query: Query, found: Table, lexicon: Lexicon, time: int) -> dict[str, Any]:
    """One line for each of the others."""
    moments = sorted({row.key[time] for row in found.rows})
    by_name: dict[str, dict[str, Row]] = {}
    for row in found.rows:
        by_name.setdefault(_label(query, row, lexicon, but=time), {})[row.key[time]] = row
    series = [
        {
            "name": name if len(found.metrics) == 1 else f"{name}·{one.name}",
            "unit": one.unit.value,
            "values": [number(one.unit, rows[at].figures[place]) if at in rows else None for at in moments],
        }
        for name, rows in by_name.items()
        for place, one in enumerate(found.metrics)
    ]
    return {"labels": [names.shown(query.by[time], at, lexicon) for at in moments], "series": series}
