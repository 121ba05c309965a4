"""The sums of a measure for a permitted question, and the exact number that they make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

from bot.crm.metrics.metric import Unit
from bot.crm.metrics.snapshots import STALE_AFTER_DAYS
from bot.crm.query import Period
from bot.store.metrics import rollup_read
from bot.store.metrics.fact import Measure
from bot.store.metrics.guard import Permit
from bot.store.metrics.statement import Slice, params, statement
from bot.store.tx import Tx

#: The values of the dimensions asked by, in that order; nothing known is an empty text.
Key: TypeAlias = tuple[str, ...]
Sums: TypeAlias = dict[Key, tuple[int, ...]]
_CENTS, _DAY = 100, 24 * 60 * 60
_SCALES = {Unit.MONEY: _CENTS, Unit.DAYS: _DAY}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: exact, in the metric's own unit; None where there was nothing to divide by.

    `base` is what was divided by; None for what was not divided.
    """

    value: int | Decimal | Fraction | None
    base: int | Decimal | None = None


def figure(unit: Unit, parts: tuple[int, ...]) -> Figure:
    """Divide what was added up."""
    top, base = parts[0], parts[1] if len(parts) > 1 else None
    if base is None:
        return Figure(Decimal(top) / _CENTS if unit is Unit.MONEY else top)
    return Figure(Fraction(top, base * _SCALES.get(unit, 1)) if base else None, base)


async def sums(tx: Tx, permit: Permit, measure: Measure, period: Period | None, *, now: datetime) -> Sums:
    """One row of whole numbers for each key that has facts: from what is kept of them, else counted."""
    asked = asked_of(permit, period)
    found = await rollup_read.kept(
        tx, permit.company, measure, asked, now=now, count=partial(count, tx, permit, measure, now=now)
    )
    return await count(tx, permit, measure, asked, now=now) if found is None else found


def asked_of(permit: Permit, period: Period | None) -> Slice:
    """What a permitted question asks of a measure."""
    query, zone = permit.query, permit.company.org.zone
    return Slice(by=query.by, where=query.where, period=period, zone=zone, pools=permit.pools)


async def count(tx: Tx, permit: Permit, measure: Measure, asked: Slice, *, now: datetime) -> Sums:
    """As `sums`, from the facts themselves."""
    query = permit.query
    idle = timedelta(days=int(next(iter(query.where.get("idle_days", ())), STALE_AFTER_DAYS)))
    quoting = permit.company.pipeline.quoting
    told = params(asked, now=now, stale_at=now - idle, quoting=quoting)
    found = await tx.all(statement(measure, asked), **told)
    return dict(_split(row, len(query.by)) for row in found)


def _split(row: Any, keys: int) -> tuple[Key, tuple[int, ...]]:  # noqa: ANN401 - a row
    return tuple(str(value) for value in row[:keys]), tuple(int(value) for value in row[keys:])
