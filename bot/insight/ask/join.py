"""Joining a turn to the turns before: what it does not change stays."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from bot.crm.metrics.dimension import WHO, Dimension
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Compare, Period
from bot.insight.ask import texts
from bot.insight.ask.draft import Draft
from bot.insight.ask.lexicon import Asker, Lexicon
from bot.insight.ask.meanings import Moment, Whose
from bot.insight.ask.read_shape import DAY, has_unit
from bot.insight.ask.said import Problem, Said, Spoken
from bot.insight.ask.times import spans

T = TypeVar("T")

OWNER = (Dimension.OWNER.value,)
WIDTH = {key.value: index for index, key in enumerate(WHO)}


def is_fresh(said: Said) -> bool:
    """Whether the turn is a whole question of its own."""
    return bool(said.metrics) and (said.times.is_said or said.times.says_now) and not said.changes


def join(before: Draft, said: Said, *, asker: Asker, lexicon: Lexicon, today: date) -> Draft | Problem:
    """The question after this turn."""
    metrics = said.metrics or before.metrics
    snapshot = bool(metrics) and all(_is_snapshot(ids) for ids in metrics)
    times = _times(before, said, metrics, today, snapshot=snapshot)
    if isinstance(times, Problem):
        return times
    period, compare = times
    named = _named(before, said, asker, lexicon)
    whose = _whose(before, said)
    by = _by(before, said, named)
    if isinstance(by, Problem):
        return by
    if said.metrics and snapshot and not (said.by or said.trend):
        by = tuple(keys for keys in by if not has_unit((keys,)))
    rank = said.rank or before.rank
    return Draft(
        metrics=metrics,
        by=by or ((OWNER,) if rank else ()),
        named=named,
        whose=whose,
        period=period,
        compare=compare,
        rank=rank,
        idle_days=_kept(said, said.idle_days, before.idle_days),
        attribution=_kept(said, said.attribution, before.attribution),
    )


def _kept(said: Said, new: T | None, old: T | None) -> T | None:
    return new if new is not None or said.metrics else old


def _is_snapshot(ids: tuple[str, ...]) -> bool:
    return all(metric_id in METRICS and METRICS[metric_id].is_snapshot for metric_id in ids)


def _by(before: Draft, said: Said, named: tuple[Spoken, ...]) -> tuple[tuple[str, ...], ...] | Problem:
    by = said.by
    several = _several(named)
    if said.asks_who and not by:
        by = several or (OWNER,)
    elif said.groups_named:
        by = (*by, *(keys for keys in several if keys not in by))
        if not by and len(said.metrics or before.metrics) == 1 and not before.by:
            return Problem(texts.COMPARE_WITH_WHAT)
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
        kept = [one for one in before.named if not any(_replaces(later, one, lexicon) for later in new)]
    return tuple(dict.fromkeys((*kept, *new)))


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
        return _compared(period, times.target(at), times.compare, today)
    return period, None if said.metrics and snapshot and not times.compare else compare


def _period(said: Said, at: Moment) -> Period | Problem | None:
    found = [resolve(at) for resolve in said.times.bases]
    known = sorted(period for period in found if period)
    if len(known) < len(found):
        return Problem(texts.NO_SUCH_DAY)
    if not known:
        return None
    if len(known) > 1 and known[0].ends != known[1].begins:
        return Problem(texts.NOT_ADJACENT)
    return Period(known[0].begins, known[-1].ends)


def _compared(
    base: Period | None, target: Period | None, said: Compare | None, today: date
) -> tuple[Period | None, Compare | None] | Problem:
    """What the named other period is to this one."""
    if target is None:
        return Problem(texts.NO_SUCH_DAY)
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
    return Problem(texts.NOT_COMPARABLE)


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
    return (base, said or Compare.PREVIOUS) if base else Problem(texts.NOT_COMPARABLE)


def _current(today: date) -> tuple[Period, ...]:
    return (spans.day(today), spans.week(today), spans.month(today), spans.quarter(today))
