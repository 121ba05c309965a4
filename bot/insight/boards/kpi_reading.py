"""Read one's indicators: the period so far, the one before as far, and the target where there is one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.crm.company import Company
from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Period, Query
from bot.crm.user import User
from bot.insight import wording
from bot.insight.answers.rows import table
from bot.insight.ask.times import spans
from bot.insight.boards.board import scope_of
from bot.insight.boards.kpi import Group, kpi
from bot.insight.forecast import forecasting
from bot.store.metrics.guard import permit
from bot.store.metrics.registry import is_recorded
from bot.store.metrics.sums import Figure
from bot.store.tx import Tx

_DAY = timedelta(days=1)
#: A funnel counts those who came in a period, these count what happened in it.
_WHICH = dict.fromkeys(("mql", "sql"), "这段时间达到的，不管哪天进来")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One number: how much, what it stands on, and as far into the period before."""

    metric: Metric
    figure: Figure
    before: Figure | None

    @property
    def says_something(self) -> bool:
        """Whether there is a number for now or for before."""
        return any(one is not None and one.value is not None for one in (self.figure, self.before))


@dataclass(frozen=True, slots=True)
class Indicators:
    """A group and its numbers; those that there is nothing to say of are named alone."""

    group: Group
    found: tuple[Indicator, ...]
    missing: tuple[Metric, ...]


def before_of(period: Period, today: date) -> Period:
    """The period before, as far as this one has come."""
    before = spans.previous(period)
    if not period.begins <= today < period.ends:
        return before
    return Period(before.begins, min(before.ends, before.begins + (today - period.begins) + _DAY))


@dataclass(frozen=True, slots=True)
class _Asked:
    tx: Tx
    company: Company
    viewer: User
    period: Period
    forecast: forecasting.Learned
    now: datetime


async def indicators(
    tx: Tx, company: Company, viewer: User, period: Period, *, now: datetime
) -> tuple[Indicators, ...]:
    """All that the viewer's role looks at, in his own scope; NotPermittedError if he has none."""
    asked = _Asked(tx, company, viewer, period, await forecasting.learned(tx, company, now), now)
    found = []
    for group in kpi(viewer.role):
        read_ones = {key: await _one(asked, METRICS[key]) for key in group.metrics}
        there = {key: one for key, one in read_ones.items() if one is not None and one.says_something}
        missing = tuple(METRICS[key] for key in group.metrics if key not in there)
        found.append(Indicators(group, tuple(there.values()), missing))
    return tuple(found)


async def _one(asked: _Asked, metric: Metric) -> Indicator | None:
    query = Query(metrics=(metric.id,), where=scope_of(asked.viewer, metric), period=asked.period)
    if metric.id == forecasting.METRIC:
        allowed = await permit(asked.tx, query, asked.viewer, asked.company)
        found = await forecasting.figures(asked.tx, allowed, asked.forecast, asked.period, now=asked.now)
        return Indicator(metric, found[()], None) if found else None
    if not is_recorded(metric.id):
        return None
    today = asked.now.astimezone(asked.company.org.zone).date()
    before = before_of(asked.period, today)
    then = replace(query, period=before)
    return Indicator(metric, await _figure(asked, query, today), await _figure(asked, then, today))


async def _figure(asked: _Asked, query: Query, today: date) -> Figure:
    """As an answer says it, also where there are no facts."""
    allowed = await permit(asked.tx, query, asked.viewer, asked.company)
    found = await table(asked.tx, allowed, query.definitions(), today=today, now=asked.now)
    return found.rows[0].figures[0]


def line(one: Indicator, currency: str) -> str:
    """赢单金额：¥240,000（对比期 ¥200,000，+20%）."""
    notes = [_WHICH.get(one.metric.id, ""), wording.base(one.metric, one.figure, currency)]
    if one.before is not None:
        notes.append(wording.change(one.metric, one.figure, one.before, currency))
    said = wording.amount(one.metric, one.figure, currency)
    return wording.named(one.metric.name, wording.noted(said, [note for note in notes if note]))
