"""Promises beside forecast and target, for one's own or for one's people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.insight import charts
from bot.insight.boards.board import scope_of
from bot.insight.forecast import forecasting
from bot.insight.forecast.model import TooThin
from bot.insight.forecast.outlook import Outlook, interval
from bot.store import commitments
from bot.store.commitments import Commitment
from bot.store.desk import Desk
from bot.store.metrics.guard import permit
from bot.store.metrics.quota import OWNER, REGION, WHOLE, Unit, targets_of

_CENTS = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's, or everybody's; None where there is no such number."""

    user_id: str
    promised: Decimal | None
    forecast: Decimal | None
    low: Decimal | None
    high: Decimal | None
    won: Decimal
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class Standings:
    """The people in order, the sum of them, what each said before, and why there is no forecast."""

    people: tuple[Standing, ...]
    whole: Standing
    said: Mapping[str, Sequence[Commitment]]
    thin: TooThin | None


async def standings(desk: Desk, viewer: User, period: Period) -> Standings:
    """Of those whom the viewer leads, else his own; NotPermittedError if he sees no sales numbers."""
    where = scope_of(viewer, METRICS[forecasting.METRIC])
    query = Query(metrics=(forecasting.METRIC,), by=(OWNER,), where=where, period=period)
    allowed = await permit(desk.tx, query, viewer, desk.company)
    known = await forecasting.learned(desk.tx, desk.company, desk.now)
    today = desk.now.astimezone(desk.company.org.zone).date()
    speaks = forecasting.speaks(known, period, today)
    found = await forecasting.outlooks(desk.tx, allowed, known, period, now=desk.now)
    if not speaks:
        found = await forecasting.won_so_far(desk.tx, allowed, period, now=desk.now)
    there = [one for one in allowed.people.values() if _counts(one, viewer, where)]
    said = await commitments.said(desk.tx, [one.id for one in there], period)
    # Whoever leads others stands among them once he has promised something himself.
    people = [one for one in there if one.role is Role.REP or said.get(one.id)]
    targets = await targets_of(desk.tx, allowed, period)
    error = forecasting.error_of(known, period)

    def standing(unit: Unit, outlook: Outlook, promised: Decimal | None) -> Standing:
        target = targets.of(unit, period)
        low, high = interval(outlook, error)
        return Standing(
            user_id=unit.name,
            promised=promised,
            forecast=forecasting.amount_of(outlook) if speaks else None,
            low=_yuan(low) if speaks else None,
            high=_yuan(high) if speaks else None,
            won=Decimal(round(outlook.won)) / _CENTS,
            target=None if target is None else Decimal(round(target * _CENTS)) / _CENTS,
        )

    each = [
        standing(Unit(OWNER, one.id), found.get((one.id,), Outlook()), _last(said.get(one.id, ())))
        for one in people
    ]
    each.sort(key=lambda one: (-(one.forecast or one.won), one.user_id))
    promises = [one.promised for one in each if one.promised is not None]
    whole = standing(
        _unit_of(viewer), sum(found.values(), Outlook()), sum(promises, Decimal(0)) if promises else None
    )
    thin = known.model if isinstance(known.model, TooThin) and not speaks else None
    return Standings(tuple(each), whole, said, thin)


def chart(title: str, found: Sequence[tuple[str, Standing]], *, note: str) -> dict[str, Any] | None:
    """Each person's forecast with its interval, what is won, and what he promised."""
    known = [(name, one) for name, one in found if one.forecast is not None]
    # Who has nothing in sight and promised nothing is said in words; his row would make all others smaller.
    shown = [(name, one) for name, one in known if one.forecast or one.promised][:10]
    if not shown:
        return None
    return charts.interval_chart(
        title,
        [name for name, _ in shown],
        [float(one.forecast or 0) for _, one in shown],
        [(float(one.low or 0), float(one.high or 0)) for _, one in shown],
        target=[None if one.promised is None else float(one.promised) for _, one in shown],
        done=[float(one.won) for _, one in shown],
        names=("预测", "承诺", "已赢单"),
        note=note,
    )


def _counts(one: User, viewer: User, where: Mapping[str, Any]) -> bool:
    """A rep is shown himself, others all who sell where they lead."""
    if viewer.role is Role.REP:
        return one.id == viewer.id
    region = where.get(Dimension.REGION.value)
    return one.active and one.role.sells and (region is None or one.region in region)


def _unit_of(viewer: User) -> Unit:
    if viewer.role is Role.REP:
        return Unit(OWNER, viewer.id)
    return Unit(REGION, viewer.region) if viewer.role is Role.MANAGER else WHOLE


def _last(said: Sequence[Commitment]) -> Decimal | None:
    return said[-1].amount if said else None


def _yuan(cents: float) -> Decimal:
    return Decimal(round(cents / _CENTS))
