"""Joining a turn to the turns before: what it does not change stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from bot.crm.metrics.dimension import WHO, Dimension
from bot.crm.metrics.registry import LESS_IS_BETTER, METRICS
from bot.crm.query import Compare, Order, Period, Rank
from bot.insight.ask import texts
from bot.insight.ask.draft import Draft
from bot.insight.ask.lexicon import Asker, Lexicon
from bot.insight.ask.meanings import Moment, Whose
from bot.insight.ask.quick import is_time
from bot.insight.ask.read_shape import DAY, has_unit
from bot.insight.ask.said import Problem, Said, Spoken, Way
from bot.insight.ask.times import spans

T = TypeVar("T")

#: What one can be set against.
AGAINST = (Way.EACH_BUT, Way.COMPARED, Way.LAST_YEAR)
#: Between these something may be asked of.
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
OWNER = (Dimension.OWNER.value,)
WIDTH = {key.value: index for index, key in enumerate(WHO)}


def is_fresh(said: Said) -> bool:
    """Whether the turn is a whole question of its own."""
    return bool(said.metrics) and (said.times.is_said or said.times.says_now) and not said.changes


def join(before: Draft, said: Said, *, asker: Asker, lexicon: Lexicon, today: date) -> Draft | Problem:
    """The question after this turn."""
    if said.asks_which and not said.by and before.by and not has_unit(before.by):
        # 各大区…, then 最高的是哪个: which of those.
        said = replace(said, asks_who=False)
    metrics = said.metrics or before.metrics
    snapshot = bool(metrics) and all(_is_snapshot(ids) for ids in metrics)
    times = _times(before, said, metrics, today, snapshot=snapshot)
    if isinstance(times, Problem):
        return times
    period, compare = times
    if _mixes(before, said):
        return Problem(texts.NOT_ADDED)
    named = _named(before, said, asker, lexicon)
    whose = _whose(before, said)
    by = _by(before, said, named)
    if isinstance(by, Problem):
        return by
    if said.metrics and snapshot and not (said.by or said.trend):
        by = tuple(keys for keys in by if not has_unit((keys,)))
    rank = said.rank or _carried(before, said)
    if said.rank and said.paced and not said.problems and metrics and not _may_be_times(metrics):
        return Problem(texts.ONLY_TIMES_ARE_QUICK, ways=(Way.AS_TIME, Way.BOTH_ENDS))
    return Draft(
        metrics=metrics,
        by=by or ((OWNER,) if rank else ()),
        named=named,
        whose=whose,
        period=period,
        compare=compare,
        rank=rank,
        paced=said.paced if said.rank else before.paced and _are_times(metrics),
        idle_days=_kept(said, said.idle_days, before.idle_days),
        attribution=_kept(said, said.attribution, before.attribution),
    )


def _carried(before: Draft, said: Said) -> Rank | None:
    """The ranking of before; 最慢 and 最快 stay worst and best of a metric that is no time."""
    if before.rank is None or not (said.metrics and before.paced) or _are_times(said.metrics):
        return before.rank
    is_best = before.rank.order is Order.ASC
    high = is_best is not (said.metrics[0][0] in LESS_IS_BETTER)
    return Rank(Order.DESC if high else Order.ASC, before.rank.limit)


def _are_times(metrics: tuple[tuple[str, ...], ...]) -> bool:
    """Whether all of these are spans of time, which alone are quick or slow."""
    return bool(metrics) and all(is_time(metric_id) for ids in metrics for metric_id in ids)


def _may_be_times(metrics: tuple[tuple[str, ...], ...]) -> bool:
    return any(map(is_time, metrics[0]))


def _kept(said: Said, new: T | None, old: T | None) -> T | None:
    return new if new is not None or said.metrics else old


def _is_snapshot(ids: tuple[str, ...]) -> bool:
    return all(metric_id in METRICS and METRICS[metric_id].is_snapshot for metric_id in ids)


def _by(before: Draft, said: Said, named: tuple[Spoken, ...]) -> tuple[tuple[str, ...], ...] | Problem:
    by = said.by
    several = _several(named)
    whose = [one for one in named if one.dimensions & set(WIDTH)]
    if said.asks_who and (said.groups_named or said.joins) and whose and not several:
        return Problem(texts.COMPARE_WITH_WHAT, ways=AGAINST, about=named)
    if said.asks_who and not by:
        by = several or (OWNER,)
    elif said.groups_named:
        by = (*by, *(keys for keys in several if keys not in by))
        if not by and len(said.metrics or before.metrics) == 1 and not before.by:
            return Problem(texts.COMPARE_WITH_WHAT, ways=AGAINST, about=named)
    if said.trend and not has_unit(by):
        by = (*by, DAY)
    if said.ungrouped:
        return ()
    return by or before.by


def _several(named: tuple[Spoken, ...]) -> tuple[tuple[str, ...], ...]:
    """Dimensions of which more than one value is named."""
    bearers: dict[str, set[Spoken]] = {}
    for one in named:
        for dimension in sorted(one.dimensions):
            bearers.setdefault(dimension, set()).add(one)
    alike: dict[frozenset[Spoken], tuple[str, ...]] = {}
    for dimension, found in bearers.items():
        if len(found) > 1:
            alike[frozenset(found)] = (*alike.get(frozenset(found), ()), dimension)
    return tuple(alike.values())


def _named(before: Draft, said: Said, asker: Asker, lexicon: Lexicon) -> tuple[Spoken, ...]:
    """New names replace those of the same dimension; wider or unrelated places replace people."""
    new = said.named
    if said.whose is Whose.MINE:
        new = (*new, Spoken((("owner", asker.user_id),)))
    if said.whose and said.whose is not Whose.OURS:
        kept = [one for one in before.named if not one.dimensions & set(WIDTH)]
    else:
        kept = [
            one
            for one in before.named
            if not any(
                _replaces(later, one, lexicon) and not _stands_beside(said, later, one) for later in new
            )
        ]
    return tuple(dict.fromkeys((*_opened(kept, said), *new)))


def _opened(kept: list[Spoken], said: Said) -> list[Spoken]:
    """谁, 各人 and 按渠道 ask over all of them: the only one named before is no filter any longer."""
    by = {key for keys in said.by for key in keys} | ({OWNER[0]} if said.asks_who and not said.by else set())
    if any(one.dimensions & by for one in said.named):
        return kept
    asked = {key for key in by if sum(key in one.dimensions for one in kept) == 1}
    widest = min((WIDTH[key] for key in by if key in WIDTH), default=len(WIDTH))
    return [
        one
        for one in kept
        if len(one.choices) > 1
        or not (one.dimensions & asked or any(WIDTH.get(key, -1) > widest for key in one.dimensions))
    ]


def _mixes(before: Draft, said: Said) -> bool:
    """华东, then 加上张三: a sum over different dimensions, which a query cannot hold."""
    people = set(WIDTH)
    before_them = [one.dimensions for one in before.named if one.dimensions & people]
    added = [one.dimensions for one in said.named if one.dimensions & people]
    return said.joins and bool(before_them) and any(not new & old for new in added for old in before_them)


def _stands_beside(said: Said, new: Spoken, old: Spoken) -> bool:
    """跟李娜比, 加上李娜: both of them."""
    return said.joins and new.dimensions == old.dimensions


def _replaces(new: Spoken, old: Spoken, lexicon: Lexicon) -> bool:
    if new.dimensions & old.dimensions:
        return True
    if not (new.dimensions <= set(WIDTH) and old.dimensions <= set(WIDTH)):
        return False
    wider = min(WIDTH[key] for key in new.dimensions) < max(WIDTH[key] for key in old.dimensions)
    return wider or not any(_inside(inner, outer, lexicon) for inner in new.choices for outer in old.choices)


def _inside(inner: tuple[str, str], outer: tuple[str, str], lexicon: Lexicon) -> bool:
    """Whether a team or person belongs to a region or team."""
    if inner[0] == Dimension.TEAM:
        return outer[1] in lexicon.regions_of(inner[1])
    person = lexicon.person(inner[1])
    return person is not None and outer[1] in {person.region, person.team}


def _whose(before: Draft, said: Said) -> Whose | None:
    if said.whose:
        return said.whose
    changed = any(one.dimensions & set(WIDTH) for one in said.named)
    return None if changed else before.whose


def _times(
    before: Draft, said: Said, metrics: tuple[tuple[str, ...], ...], today: date, *, snapshot: bool
) -> tuple[Period | None, Compare | None] | Problem:
    at = Moment(today, ahead=any("forecast_amount" in ids for ids in metrics))
    times = said.times
    period = _period(said, at)
    if isinstance(period, Problem):
        return period
    if period is None and not times.says_now and not (said.metrics and snapshot):
        period = before.period
    if snapshot and times.says_today:
        period = None
    compare = times.compare or before.compare
    if times.target:
        target = resolved(times.target, at)
        if period and target and times.target_is_before and _are_alike(period, target):
            # 9月比上月: before the one named, whenever that was.
            return period, times.compare or Compare.PREVIOUS
        return _compared(period, target, times.compare, today)
    return period, None if said.metrics and snapshot and not times.compare else compare


def resolved(resolve: Callable[[Moment], Period | None], at: Moment) -> Period | None:
    """The period of a phrase; None if no calendar has it, or nobody here lived in it: 近3000年."""
    try:
        found = resolve(at)
    except (ValueError, OverflowError):
        return None
    is_known = found is not None and found.begins >= EARLIEST and found.ends <= LATEST
    return found if is_known else None


def _period(said: Said, at: Moment) -> Period | Problem | None:
    found = [resolved(resolve, at) for resolve in said.times.bases]
    known = sorted(period for period in found if period)
    if len(known) < len(found):
        return Problem(texts.NO_SUCH_DAY, ways=(Way.RECENT,))
    if not known:
        return None
    if len(known) > 1 and known[0].ends != known[1].begins:
        return Problem(texts.NOT_ADJACENT, ways=(Way.EACH_TIME,))
    return Period(known[0].begins, known[-1].ends)


def _compared(
    base: Period | None, target: Period | None, said: Compare | None, today: date
) -> tuple[Period | None, Compare | None] | Problem:
    """What the named other period is to this one."""
    if target is None:
        return Problem(texts.NO_SUCH_DAY, ways=(Way.RECENT,))
    if base is None:
        return _compared_with(target, said, today)
    last_year = spans.year(today.year - 1)
    for first, second in ((base, target), (target, base)):
        is_year = spans.previous(first) == second and spans.year(second.begins.year) == second
        if (
            spans.year_before(first) == second
            or is_year
            or (second == last_year and first.begins.year == today.year)
        ):
            return first, Compare.LAST_YEAR
        if spans.previous(first) == second:
            return first, said or Compare.PREVIOUS
    return Problem(texts.NOT_COMPARABLE, ways=(Way.COMPARED, Way.LAST_YEAR))


def _are_alike(one: Period, other: Period) -> bool:
    """Whether both are a day, a week, a month or a quarter."""
    whole = (spans.day, spans.week, spans.month, spans.quarter)
    return any(unit(one.begins) == one and unit(other.begins) == other for unit in whole)


def _compared_with(
    target: Period, said: Compare | None, today: date
) -> tuple[Period | None, Compare | None] | Problem:
    """What is set against the only period named."""
    if target == spans.year(today.year - 1):
        return spans.year(today.year), Compare.LAST_YEAR
    if said is Compare.LAST_YEAR:
        later = spans.year_after(target)
        return (later if later.begins <= today else target), said
    base = next((one for one in _current(today) if spans.previous(one) == target), None)
    return (
        (base, said or Compare.PREVIOUS)
        if base
        else Problem(texts.NOT_COMPARABLE, ways=(Way.COMPARED, Way.LAST_YEAR))
    )


def _current(today: date) -> tuple[Period, ...]:
    return (spans.day(today), spans.week(today), spans.month(today), spans.quarter(today))
