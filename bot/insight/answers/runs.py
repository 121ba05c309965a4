"""Which rows of an answer make a line of the reply: most of them one, empty days together one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.crm.metrics.dimension import TIME_UNITS, Dimension
from bot.crm.query import Query
from bot.insight.answers.rows import Row, Table

#: Lines of a reply; the rest is counted.
MOST_LINES = 15
#: So many in a row are said in one line: without a number, of nought.
_UNKNOWN, _NOUGHTS = 2, 3
_BY_TIME = frozenset(unit.value for unit in TIME_UNITS)
Run = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """The lines that are said, each with the places of its rows, and how many rows are not."""

    said: tuple[Run, ...]
    #: Rows of the time before, rows after the last line, and rows of nothing.
    earlier: int = 0
    later: int = 0
    empty: int = 0


def runs(query: Query, found: Table) -> Runs:
    """Of days the latest are looked for, of everything else the first."""
    told = _telling(query, found.rows)
    lines = list(_folded(query, found.rows, told))
    cut = max(len(lines) - MOST_LINES, 0)
    empty = len(found.rows) - len(told)
    if query.rank is None and query.by[:1] and query.by[0] in _BY_TIME:
        return Runs(tuple(lines[cut:]), earlier=sum(map(len, lines[:cut])), empty=empty)
    return Runs(tuple(lines[:MOST_LINES]), later=sum(map(len, lines[MOST_LINES:])), empty=empty)


def _telling(query: Query, rows: Sequence[Row]) -> list[int]:
    """Where two things are crossed most are noughts, which say nothing."""
    every = list(range(len(rows)))
    if len(query.by) < 2 or query.rank is not None:  # noqa: PLR2004 - of one thing each nought is worth a line
        return every
    return [at for at in every if any(one.value for one in (*rows[at].figures, *rows[at].before))] or every


def _folded(query: Query, rows: Sequence[Row], told: Sequence[int]) -> Iterator[Run]:
    """Neighbouring days without anything are one line."""
    if query.by != (Dimension.DAY.value,) or query.rank is not None:
        yield from ((at,) for at in told)
        return
    for kind, group in groupby(told, key=lambda at: _kind(rows[at])):
        places = tuple(group)
        if kind is not None and len(places) >= kind:
            yield places
        else:
            yield from ((at,) for at in places)


def _kind(row: Row) -> int | None:
    """How many like this make one line; None for a day of which there is something to say."""
    values = [one.value for one in (*row.figures, *row.before)]
    if all(value is None for value in values):
        return _UNKNOWN
    return _NOUGHTS if all(value == 0 for value in values) else None
