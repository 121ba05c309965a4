"""Quota attainment: won amount ÷ target, for everybody who won something or has a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import product

from bot.crm.metrics.dimension import TIME_UNITS
from bot.crm.query import Period
from bot.store.metrics.calendar import parts_of, within
from bot.store.metrics.deals import MEASURES
from bot.store.metrics.guard import Permit
from bot.store.metrics.quota import LEVELS, WHOLE, Targets, Unit, targets_of
from bot.store.metrics.sums import Figure, Key, sums
from bot.store.tx import Tx

_CENTS = 100
_UNITS = frozenset(unit.value for unit in TIME_UNITS)


async def attainment(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> dict[Key, Figure]:
    """By key; None where a month of the period has no target."""
    won = await sums(tx, permit, MEASURES["won_amount"], period, now=now)
    found = await targets_of(tx, permit, period)
    keys = dict.fromkeys((*won, *_with_targets(permit, found, period)))
    return {key: _figure(permit, key, won.get(key, (0,))[0], found, period) for key in keys}


def _figure(permit: Permit, key: Key, cents: int, found: Targets, period: Period) -> Figure:
    named = dict(zip(permit.query.by, key, strict=True))
    amounts = [found.of(one, _span(named, period)) for one in _whose(permit, named, found)]
    known = [amount for amount in amounts if amount is not None]
    if not amounts or len(known) < len(amounts):
        return Figure(None)
    target = sum(known, Fraction(0))
    shown = Decimal(round(target * _CENTS)) / _CENTS
    return Figure(Fraction(cents) / (target * _CENTS) if target else None, shown)


def _span(named: Mapping[str, str], period: Period) -> Period:
    """The day, week, month, quarter or year of a row, as far as it was asked for; else the whole period."""
    unit = next((one for one in named if one in _UNITS), None)
    return period if unit is None else within(unit, date.fromisoformat(named[unit]), period)


def _whose(permit: Permit, named: Mapping[str, str], found: Targets) -> tuple[Unit, ...]:
    """Whose targets a row is set against: the narrowest that is asked by or filtered by."""
    where = permit.query.where
    for level in LEVELS:
        if level in named:
            return (Unit(level, named[level]),)
        if level in where:
            units = (Unit(level, str(name)) for name in where[level])
            return tuple(unit for unit in units if _lies_in(unit, named, found))
    return (WHOLE,)


def _lies_in(unit: Unit, wider: Mapping[str, str], found: Targets) -> bool:
    """Whether it belongs to the teams and regions named."""
    chain = dict(_chain(unit, found))
    return all(chain.get(level) == name for level, name in wider.items() if level in LEVELS)


def _chain(unit: Unit, found: Targets) -> Iterator[tuple[str, str]]:
    above: Unit | None = unit
    while above is not None:
        yield above.level, above.name
        above = found.above(above)


def _with_targets(permit: Permit, found: Targets, period: Period) -> Iterator[Key]:
    """Who has a target and when, also where nothing was won; cut by one level at the most."""
    by = permit.query.by
    levels = [one for one in by if one in LEVELS]
    if not by or len(levels) > 1:
        return
    sides = [
        [name for name, _ in parts_of(period, one)] if one in _UNITS else _inside(permit, found, one)
        for one in by
    ]
    for key in product(*sides):
        named = dict(zip(by, key, strict=True))
        if any(found.of(one, _span(named, period)) is not None for one in _whose(permit, named, found)):
            yield key


def _inside(permit: Permit, found: Targets, level: str) -> list[str]:
    """Those on a level with targets of their own who belong to what is filtered by."""
    where = permit.query.where
    chains = {name: dict(_chain(Unit(level, name), found)) for name in found.named(level)}
    return [
        name
        for name, chain in chains.items()
        if all(chain.get(one) in where[one] for one in LEVELS if one in where)
    ]
