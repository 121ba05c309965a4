"""Quota attainment: won amount ÷ target, for everybody who won something or has a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from bot.crm.query import Period
from bot.store.metrics.deals import MEASURES
from bot.store.metrics.guard import Permit
from bot.store.metrics.quota import LEVELS, WHOLE, Targets, Unit, targets_of
from bot.store.metrics.sums import Figure, Key, sums
from bot.store.tx import Tx

_CENTS = 100
_YEAR = 12
_MONTHS = {"month": 1, "quarter": 3, "year": _YEAR}


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
    target = sum(known, Decimal(0))
    return Figure(Fraction(cents) / Fraction(target * _CENTS) if target else None, target)


def _span(named: Mapping[str, str], period: Period) -> Period:
    """The month, quarter or year of a row, as far as it was asked for; else the whole period."""
    unit = next((one for one in named if one in _MONTHS), None)
    if unit is None:
        return period
    begins = date.fromisoformat(named[unit])
    after = begins.year * _YEAR + begins.month - 1 + _MONTHS[unit]
    ends = date(after // _YEAR, after % _YEAR + 1, 1)
    return Period(max(begins, period.begins), min(ends, period.ends))


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
    """Who has a target of his own, when it is cut by one thing that has targets."""
    by, where = permit.query.by, permit.query.where
    if len(by) != 1 or by[0] not in LEVELS:
        return
    for name in found.named(by[0]):
        unit = Unit(by[0], name)
        chain = dict(_chain(unit, found))
        is_inside = all(chain.get(level) in where[level] for level in LEVELS if level in where)
        if is_inside and found.of(unit, period) is not None:
            yield (name,)
