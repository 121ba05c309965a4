"""Forecasts of a permitted question: what the company's history teaches, applied to the asker's deals."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.crm.company import Company
from bot.crm.deal_history import Deal
from bot.crm.metrics.dimension import TIME_UNITS
from bot.crm.query import Period
from bot.insight.ask.times import spans
from bot.insight.forecast import backtest, spelled
from bot.insight.forecast.backtest import Trial, trial
from bot.insight.forecast.model import FURTHEST, LATELY, Model, TooThin, learn
from bot.insight.forecast.outlook import Outlook, of_coming, of_open
from bot.store import forecast_models
from bot.store.desk import Desk
from bot.store.metrics.calendar import parts_of
from bot.store.metrics.guard import Permit
from bot.store.metrics.registry import is_recorded
from bot.store.metrics.sums import Figure, Key
from bot.store.reads import forecast as reads
from bot.store.tx import Tx

METRIC = "forecast_amount"
#: Past periods that a forecast is tried on, the latest ones.
QUARTERS, MONTHS = 8, 12
UNITS = frozenset(unit.value for unit in TIME_UNITS)
#: A period longer than this is judged by quarters, a shorter one by months.
_LONG = 45
_CENTS = 100
#: Of more deals only the night tries it on the past: somebody is waiting.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of a night, or of now where no night has passed: a model, and how past ones did."""

    model: Model | TooThin
    quarters: tuple[Trial, ...] = ()
    months: tuple[Trial, ...] = ()

    def trials(self, period: Period) -> tuple[Trial, ...]:
        """Those of periods about as long."""
        return self.quarters if (period.ends - period.begins).days > _LONG else self.months


#: For a period that is over: what was won is no forecast.
NOTHING_NEEDED = Learned(TooThin(0, 0, 0))


def is_told(metric_id: str) -> bool:
    """Whether there can be a number: its facts are kept, or it is worked out of them here."""
    return metric_id == METRIC or is_recorded(metric_id)


def study(deals: Sequence[Deal], today: date, *, tries: bool = True) -> Learned:
    """Learn, and try it on the past; takes seconds, so not on the loop."""
    model = learn(deals, today.toordinal())
    if isinstance(model, TooThin) or not tries:
        return Learned(model)
    quarters = [spans.quarter(today, -back) for back in range(QUARTERS, 0, -1)]
    months = [spans.month(today, -back) for back in range(MONTHS, 0, -1)]
    return Learned(model, _tried(deals, quarters), _tried(deals, months))


def _tried(deals: Sequence[Deal], periods: Sequence[Period]) -> tuple[Trial, ...]:
    days = [(one.begins.toordinal(), one.ends.toordinal()) for one in periods]
    found = (trial(deals, origin=begins, begins=begins, ends=ends) for begins, ends in days)
    return tuple(one for one in found if one is not None)


async def keep(desk: Desk, learned: Learned) -> None:
    """Write down what came of a night."""
    model = learned.model
    thin = isinstance(model, TooThin)
    await forecast_models.keep(
        desk,
        outcome=forecast_models.TOO_THIN if thin else forecast_models.READY,
        counts=(model.closed, model.won, model.days),
        model={} if isinstance(model, TooThin) else spelled.spell(model),
        trials=[spelled.spell_trial(one) for one in (*learned.quarters, *learned.months)],
    )


async def learned(tx: Tx, company: Company, now: datetime) -> Learned:
    """The newest night's; before the first one it is worked out on the spot."""
    kept = await forecast_models.latest(tx)
    if kept is None or kept.outcome == forecast_models.TOO_THIN:
        # A list may have brought years of history since.
        zone = company.org.zone
        deals = await reads.history(tx, zone)
        today, tries = now.astimezone(zone).date(), len(deals) <= _AT_ONCE
        return await _beside(lambda: study(deals, today, tries=tries))
    trials = [spelled.read_trial(one) for one in kept.trials]
    quarters = tuple(one for one in trials if one.ends - one.begins > _LONG)
    return Learned(spelled.read(kept.model), quarters, tuple(one for one in trials if one not in quarters))


async def _beside(work: Callable[[], Learned]) -> Learned:
    """Beside the loop, if there is one: a unit of the writer has a thread of its own and no loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    return await asyncio.to_thread(work)


def speaks(known: Learned, period: Period, today: date) -> bool:
    """Whether there is a number: what is over was won, and needs no history."""
    if period.ends <= today:
        return True
    return isinstance(known.model, Model) and (period.ends - today).days <= FURTHEST


async def won_so_far(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> dict[Key, Outlook]:
    """By the question's keys, where nothing can be said of what is ahead."""
    won = await reads.won_already(tx, permit, period, now=now)
    return {key: Outlook(won=float(cents)) for key, cents in won.items()}


async def outlooks(
    tx: Tx, permit: Permit, known: Learned, period: Period, *, now: datetime
) -> dict[Key, Outlook]:
    """By the question's keys; nothing where `speaks` says so."""
    zone = permit.company.org.zone
    today = now.astimezone(zone).date()
    if not speaks(known, period, today):
        return {}
    found = defaultdict(Outlook, await won_so_far(tx, permit, period, now=now))
    if period.ends > today and isinstance(known.model, Model):
        for key, ahead in (await _ahead(tx, permit, known.model, period, now=now)).items():
            found[key] = found[key] + ahead
    return dict(found) if permit.query.by else {(): found[()]}


async def figures(
    tx: Tx, permit: Permit, known: Learned, period: Period | None, *, now: datetime
) -> dict[Key, Figure]:
    """By the question's keys: to the cent what is won, to the yuan what is not."""
    if period is None:
        msg = "a forecast belongs to a period"
        raise ValueError(msg)
    found = await outlooks(tx, permit, known, period, now=now)
    return {key: Figure(amount_of(one)) for key, one in found.items()}


def amount_of(one: Outlook) -> Decimal:
    """To the cent what is won, to the yuan what is not."""
    return Decimal(round(one.won)) / _CENTS + round(one.ahead / _CENTS)


def error_of(known: Learned, period: Period) -> float:
    """The share by which such forecasts missed what was ahead, beyond chance."""
    return backtest.beyond_chance(known.trials(period))


async def _ahead(
    tx: Tx, permit: Permit, model: Model, period: Period, *, now: datetime
) -> dict[Key, Outlook]:
    company = permit.company
    day = now.astimezone(company.org.zone).date()
    days = min(LATELY, model.days)
    standing = await reads.standing(tx, permit)
    created = await reads.created_lately(
        tx, permit, today=day, days=days, first_stage=company.pipeline.first.name, now=now
    )
    found: dict[Key, Outlook] = defaultdict(Outlook)
    for name, span in _spans(permit, period, day):
        begins, ends = span.begins.toordinal(), span.ends.toordinal()
        for one in standing:
            key = _timed(permit, one.key, name)
            found[key] += of_open(model, [one.deal], today=day.toordinal(), begins=begins, ends=ends)
        for lately, count in created.items():
            key = _timed(permit, lately, name)
            found[key] += of_coming(model, count / days, today=day.toordinal(), begins=begins, ends=ends)
    return found


def _spans(permit: Permit, period: Period, today: date) -> list[tuple[str, Period]]:
    """What is still ahead of the period, in one piece or by the unit of time that it is cut by."""
    unit = next((key for key in permit.query.by if key in UNITS), None)
    left = Period(max(period.begins, today), period.ends)
    return [("", left)] if unit is None else list(parts_of(left, unit))


def _timed(permit: Permit, key: Key, name: str) -> Key:
    """Put the bucket where the question has its unit of time."""
    place = next((at for at, one in enumerate(permit.query.by) if one in UNITS), None)
    return key if place is None else (*key[:place], name, *key[place:])
