"""What can be asked instead of a condition that no query holds; each way is one tap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from bot.crm.metrics.dimension import TIME_UNITS, Dimension
from bot.crm.query import Compare, Order, Period, Query, Rank
from bot.insight.ask.draft import Draft
from bot.insight.ask.echo import echo
from bot.insight.ask.quick import QUICK
from bot.insight.ask.said import Problem, Way
from bot.insight.ask.settle import Settler
from bot.insight.ask.times import spans
from bot.insight.ask.trouble import Option

MOST = 4
D = Dimension
DAY = (D.DAY.value,)
UNITS = frozenset(unit.value for unit in TIME_UNITS)
#: Along what something is ranked or parted when nothing was said: the first that may be had.
PARTS = ((D.OWNER.value,), (D.TEAM.value,), (D.REGION.value,), (D.SOURCE.value,), (D.CHANNEL.value,))


def ways_out(problem: Problem, draft: Draft, settler: Settler) -> Iterator[Option]:
    """The ways that lead to an answer which the asker may have, each labelled by how it will be read."""
    return islice(_open(problem, draft, settler), MOST)


def _open(problem: Problem, draft: Draft, settler: Settler) -> Iterator[Option]:
    labels = set[str]()
    for way in problem.ways:
        tried = _DRAFTS[way](draft, problem, settler)
        found = ((one, settler.settle(one)) for one in tried if one.metrics)
        good = [(one, query) for one, query in found if isinstance(query, Query)]
        for one, query in good[: None if way in _SEVERAL else 1]:
            label = echo(query, settler.lexicon)
            if label not in labels:
                labels.add(label)
                yield Option(label, one)


_SEVERAL = frozenset({Way.PARTED, Way.RECENT, Way.BOTH_ENDS, Way.IDLE, Way.EACH_METRIC, Way.EACH_TIME})


def _without(draft: Draft, problem: Problem, _settler: Settler) -> Iterator[Draft]:
    yield replace(draft, named=tuple(one for one in draft.named if one not in problem.about))


def _each_but(draft: Draft, problem: Problem, settler: Settler) -> Iterator[Draft]:
    keys = [key for one in problem.about for key in sorted(one.dimensions)]
    if keys:
        yield replace(next(_without(draft, problem, settler)), by=((keys[0],),))


def _ranked(draft: Draft, problem: Problem, settler: Settler) -> Iterator[Draft]:
    bare = next(_without(draft, problem, settler))
    alike: list[tuple[str, ...]] = [(key,) for one in problem.about for key in sorted(one.dimensions)]
    if problem.along and not alike:
        alike = [problem.along]
    for by in (draft.by,) if draft.by and not alike else tuple((keys,) for keys in (*alike, *PARTS)):
        yield replace(bare, by=by, rank=Rank(draft.rank.order if draft.rank else Order.DESC), paced=False)


def _parted(draft: Draft, problem: Problem, settler: Settler) -> Iterator[Draft]:
    bare = next(_without(draft, problem, settler))
    for keys in (problem.along,) if problem.along else PARTS:
        if keys not in draft.by:
            yield replace(bare, by=(*draft.by, keys))


def _by_day(draft: Draft, problem: Problem, settler: Settler) -> Iterator[Draft]:
    kept = () if draft.rank else tuple(keys for keys in draft.by if keys[0] not in UNITS)
    yield replace(next(_without(draft, problem, settler)), by=(*kept, DAY))


def _compared(draft: Draft, _problem: Problem, _settler: Settler) -> Iterator[Draft]:
    # Of a ranking the change of each: the ranking itself is by value.
    yield replace(draft, compare=Compare.PREVIOUS, rank=None)


def _last_year(draft: Draft, _problem: Problem, _settler: Settler) -> Iterator[Draft]:
    yield replace(draft, compare=Compare.LAST_YEAR, rank=None)


def _recent(draft: Draft, _problem: Problem, settler: Settler) -> Iterator[Draft]:
    today = settler.today
    until = today + spans.DAY
    yield replace(draft, period=Period(until - spans.WEEK, until))
    yield replace(draft, period=Period(until - 30 * spans.DAY, until))
    yield replace(draft, period=spans.month(today))
    yield replace(draft, period=spans.month(today, -1))
    yield replace(draft, period=None)


def _both_ends(draft: Draft, _problem: Problem, _settler: Settler) -> Iterator[Draft]:
    for order in (Order.DESC, Order.ASC):
        yield replace(draft, by=draft.by or (PARTS[0],), rank=Rank(order, 1), paced=False)


def _as_time(draft: Draft, _problem: Problem, _settler: Settler) -> Iterator[Draft]:
    """谁跟进最快 is the time until the first one, 谁成交最快 the time it took."""
    for metric in ("first_response_minutes", "sales_cycle_days"):
        if any(metric_id in QUICK[metric] for ids in draft.metrics for metric_id in ids):
            yield replace(draft, metrics=((metric,),))


def _about(metric: str) -> Callable[[Draft, Problem, Settler], Iterator[Draft]]:
    def drafts(draft: Draft, problem: Problem, settler: Settler) -> Iterator[Draft]:
        bare = next(_without(draft, problem, settler))
        yield replace(bare, metrics=((metric,),), rank=None, compare=None)
        yield replace(bare, metrics=((metric,),), by=(), rank=None, compare=None, period=None)

    return drafts


def _idle(draft: Draft, _problem: Problem, _settler: Settler) -> Iterator[Draft]:
    for days in (3, 7, 15):
        yield replace(draft, metrics=(("stale_leads",),), idle_days=days, period=None, compare=None)


def _each_metric(draft: Draft, _problem: Problem, _settler: Settler) -> Iterator[Draft]:
    for ids in draft.metrics:
        yield replace(draft, metrics=(ids,))


def _each_time(draft: Draft, problem: Problem, _settler: Settler) -> Iterator[Draft]:
    for period in problem.periods:
        yield replace(draft, period=period)


_DRAFTS: Mapping[Way, Callable[[Draft, Problem, Settler], Iterator[Draft]]] = {
    Way.WITHOUT: _without, Way.EACH_BUT: _each_but, Way.RANKED: _ranked, Way.PARTED: _parted,
    Way.BY_DAY: _by_day, Way.COMPARED: _compared, Way.LAST_YEAR: _last_year, Way.RECENT: _recent,
    Way.BOTH_ENDS: _both_ends, Way.ATTAINED: _about("quota_attainment"), Way.OVERDUE: _about("overdue_tasks"),
    Way.EXPECTED: _about("forecast_amount"), Way.IDLE: _idle,
    Way.EACH_METRIC: _each_metric, Way.EACH_TIME: _each_time,
    Way.AS_TIME: _as_time,
}  # fmt: skip
