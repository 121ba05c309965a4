"""Targets of won amount: set by month, for a person, a team or a region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import bindparam, select

from bot.crm.metrics.dimension import Dimension
from bot.crm.query import Period
from bot.crm.user import User
from bot.store.metrics.calendar import month_shares
from bot.store.metrics.guard import Permit
from bot.store.tables.sales import targets
from bot.store.tx import Tx

ID = "quota_attainment"
OWNER, TEAM, REGION = Dimension.OWNER.value, Dimension.TEAM.value, Dimension.REGION.value
#: From the narrowest to the widest; the company itself has no name.
LEVELS = (OWNER, TEAM, REGION)
_IMPORTED = select(targets).where(
    targets.c.month >= bindparam("begins", type_=targets.c.month.type),
    targets.c.month < bindparam("ends", type_=targets.c.month.type),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Whose target: a level and a name."""

    level: str
    name: str


WHOLE = Unit("", "")


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets of some months, and who belongs to whom."""

    amounts: Mapping[tuple[str, str, date], Decimal]
    below: Mapping[Unit, tuple[Unit, ...]]

    def of(self, unit: Unit, period: Period) -> Fraction | None:
        """The targets of its months, of a part of a month by its days; None if one of them has none."""
        whole = Fraction(0)
        for month, days, of in month_shares(period):
            amount = self._month(unit, month)
            if amount is None:
                return None
            whole += Fraction(amount) * days / of
        return whole

    def _month(self, unit: Unit, month: date) -> Decimal | None:
        """Its own, else the sum of those below it."""
        own = self.amounts.get((unit.level, unit.name, month))
        if own is not None:
            return own
        parts = [self._month(part, month) for part in self.below.get(unit, ())]
        known = [amount for amount in parts if amount is not None]
        return sum(known, Decimal(0)) if known else None

    def named(self, level: str) -> tuple[str, ...]:
        """Everybody on this level who has a target himself."""
        return tuple(dict.fromkeys(name for one, name, _ in self.amounts if one == level))

    def above(self, unit: Unit) -> Unit | None:
        """What it belongs to."""
        return next((above for above, parts in self.below.items() if unit in parts), None)


async def targets_of(tx: Tx, permit: Permit, period: Period) -> Targets:
    """Those in the configuration and those imported; an imported one takes the other's place."""
    amounts: dict[tuple[str, str, date], Decimal] = {}
    for one in permit.company.targets.targets:
        whose = {OWNER: one.owner, TEAM: one.team, REGION: one.region}
        level, name = next((level, name) for level, name in whose.items() if name is not None)
        amounts[level, name, date.fromisoformat(f"{one.month}-01")] = one.amount
    for row in await tx.all(_IMPORTED, begins=period.begins.replace(day=1), ends=period.ends):
        amounts[row.scope, row.name, row.month.replace(day=1)] = row.amount
    return Targets(amounts, _below(permit, amounts))


def _below(permit: Permit, amounts: Iterable[tuple[str, str, date]]) -> dict[Unit, tuple[Unit, ...]]:
    """Regions of the company, teams and lone people of a region, people of a team."""
    org = permit.company.org
    above: dict[Unit, Unit] = {Unit(REGION, region.name): WHOLE for region in org.regions}
    above |= {Unit(TEAM, team.name): Unit(REGION, team.region) for team in org.teams}
    for person in permit.people.values():
        for unit, parent in _places(person):
            above.setdefault(unit, parent)
    for level, name, _ in amounts:
        above.setdefault(Unit(level, name), WHOLE)
    below: dict[Unit, list[Unit]] = {}
    for unit, parent in above.items():
        below.setdefault(parent, []).append(unit)
    return {parent: tuple(units) for parent, units in below.items()}


def _places(person: User) -> Iterator[tuple[Unit, Unit]]:
    """A person lies in his team, else in his region, else in the company; his team in his region."""
    region = Unit(REGION, person.region) if person.region else WHOLE
    team = Unit(TEAM, person.team) if person.team else region
    yield Unit(OWNER, person.id), team
    if team is not region:
        yield team, region
    if region is not WHOLE:
        yield region, WHOLE
