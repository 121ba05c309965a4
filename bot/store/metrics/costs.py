"""What leads cost: amounts booked on a source or a campaign, what came for them, and what they earned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from bot.crm.query import Period
from bot.store.metrics.attribution import earned
from bot.store.metrics.deals import cents
from bot.store.metrics.fact import Dim, Fact, Measure, rows, total
from bot.store.metrics.guard import Permit
from bot.store.metrics.leads import MEASURES as OF_LEADS
from bot.store.metrics.sums import Figure, Key, sums
from bot.store.tables.imports import costs
from bot.store.tx import Tx

ID, ROI = "cost_per_lead", "channel_roi"
_CENTS = 100
_BOOKED = Fact(
    source=costs, at=costs.c.on, dims={"source": Dim(costs.c.source), "campaign": Dim(costs.c.campaign)}
)
MEASURES: Mapping[str, Measure] = {"channel_cost": Measure(_BOOKED, (total(cents(costs.c.amount)),))}


#: Whether anybody booked anything there: what nobody entered is not nought.
_ENTRIES = Measure(_BOOKED, (rows(),))


async def entered(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> frozenset[Key]:
    """The keys with at least one booking, be it of nought."""
    found = await sums(tx, permit, _ENTRIES, period, now=now)
    return frozenset(key for key, (entries,) in found.items() if entries)


async def cost_per_lead(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> dict[Key, Figure]:
    """By key; None where something was spent and nobody came."""
    spent = await sums(tx, permit, MEASURES["channel_cost"], period, now=now)
    came = await sums(tx, permit, OF_LEADS["new_leads"], period, now=now)
    found = {}
    for key in dict.fromkeys((*spent, *came)):
        leads, amount = came.get(key, (0,))[0], spent.get(key, (0,))[0]
        found[key] = Figure(Fraction(amount, leads * _CENTS) if leads else None, leads)
    return found


async def channel_roi(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> dict[Key, Figure]:
    """By key, on the cost; None where nothing was spent."""
    spent = await sums(tx, permit, MEASURES["channel_cost"], period, now=now)
    won = await earned(tx, permit, period, now=now)
    found = {}
    for key in dict.fromkeys((*spent, *won)):
        cost = spent.get(key, (0,))[0]
        gain = won.get(key, Fraction(0)) - cost
        found[key] = Figure(gain / cost if cost else None, Decimal(cost) / _CENTS)
    return found
