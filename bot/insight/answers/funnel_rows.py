"""The funnel's steps, for all leads of the question or for each of its groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

from bot.crm.metrics.funnel import STEPS
from bot.crm.query import Period
from bot.insight import names, wording
from bot.insight.answers.plain import keys
from bot.insight.answers.rows import moved_key
from bot.insight.ask.lexicon import Lexicon
from bot.store.metrics.guard import Permit
from bot.store.metrics.read import funnel
from bot.store.metrics.sums import Key
from bot.store.tx import Tx

_PLACES = 6


@dataclass(frozen=True, slots=True)
class Funnel:
    """One group of leads on its way."""

    name: str
    #: A lead that skipped a step has passed it.
    counts: tuple[int, ...]
    said: str
    rows: tuple[dict[str, Any], ...]


async def funnel_rows(
    tx: Tx, permit: Permit, lexicon: Lexicon, *, before: Period | None, now: datetime
) -> list[Funnel]:
    """The largest group first; with the counts of the other period, if there is one."""
    query = permit.query
    found = await funnel(tx, permit, query.period, now=now)
    other = await funnel(tx, permit, before, now=now) if before else {}
    moved = {moved_key(query, key, before): counts for key, counts in other.items()}
    ordered = sorted(found.items(), key=lambda pair: (-pair[1][0], pair[0]))
    none = (0,) * len(STEPS)
    return [
        _funnel(permit, lexicon, key, counts, moved.get(key, none) if before else None)
        for key, counts in ordered
    ]


def _funnel(
    permit: Permit, lexicon: Lexicon, key: Key, counts: tuple[int, ...], before: tuple[int, ...] | None
) -> Funnel:
    query = permit.query
    shown = (names.shown(dim, value, lexicon) for dim, value in zip(query.by, key, strict=True))
    rates = list(_rates(counts))
    said = wording.steps(zip(STEPS, counts, rates, strict=True))
    if before is not None:
        said = wording.noted(
            said, [wording.compared(wording.steps(zip(STEPS, before, _rates(before), strict=True)))]
        )
    rows = [
        {
            **keys(query, key, lexicon),
            "step": name,
            "count": counts[at],
            "rate": _rounded(rates[at]),
            **({} if before is None else {"count_before": before[at]}),
        }
        for at, name in enumerate(STEPS)
    ]
    return Funnel("·".join(shown), counts, said, tuple(rows))


def _rates(counts: Sequence[int]) -> Iterator[Fraction | None]:
    """Of those on the step before, how many came to this one."""
    yield None
    yield from (Fraction(after, before) if before else None for before, after in pairwise(counts))


def _rounded(rate: Fraction | None) -> float | None:
    return None if rate is None else round(float(rate), _PLACES)
