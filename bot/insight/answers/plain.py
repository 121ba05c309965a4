"""Rows as plain values, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import Unit
from bot.crm.query import Query
from bot.insight import names
from bot.insight.answers.rows import Row, Table
from bot.insight.ask.lexicon import Lexicon
from bot.store.metrics.sums import Figure

_PLACES = 6
_MONEY_PLACES = 2


def number(unit: Unit, figure: Figure) -> int | float | None:
    """A share is a fraction of one; money has two decimals."""
    if figure.value is None:
        return None
    if unit is Unit.COUNT:
        return int(figure.value)
    return float(round(Fraction(figure.value), _MONEY_PLACES if unit is Unit.MONEY else _PLACES))


def plain_rows(query: Query, found: Table, lexicon: Lexicon) -> list[dict[str, Any]]:
    """One object per row: its dimensions by key, then the numbers by metric."""
    return [{**keys(query, row.key, lexicon), **_numbers(found, row)} for row in found.rows]


def keys(query: Query, key: Sequence[str], lexicon: Lexicon) -> dict[str, Any]:
    """User ids, names and first days; what belongs to nobody is called so."""
    shown: dict[str, Any] = {}
    for dimension, value in zip(query.by, key, strict=True):
        shown[dimension] = value or names.shown(dimension, value, lexicon)
        if dimension == Dimension.OWNER:
            shown["owner_name"] = names.shown(dimension, value, lexicon)
    return shown


def _numbers(found: Table, row: Row) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for at, one in enumerate(found.metrics):
        shown[one.id] = number(one.unit, row.figures[at])
        if row.before:
            shown[f"{one.id}_before"] = number(one.unit, row.before[at])
    return shown
