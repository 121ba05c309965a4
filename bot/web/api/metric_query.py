"""From a query as another system writes it to one of ours, with the person's own scope in it."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

from bot.crm.metrics.costs import ATTRIBUTIONS
from bot.crm.metrics.dimension import TIME_UNITS
from bot.crm.metrics.registry import METRICS
from bot.crm.query import FUNNEL, Compare, Order, Period, Query, Rank, Value
from bot.insight.ask.lexicon import Asker
from bot.insight.ask.rights import is_open, scoped
from bot.insight.ask.times import spans
from bot.intake.clean.form import FieldError
from bot.store.metrics import churn
from bot.web.api.metric_models import QueryIn
from bot.web.api.problem import Refused

_YEARS, _DAYS = 20, 366
_FIRST, _LAST = date(1990, 1, 1), date(2200, 1, 1)
_TIMES = frozenset(unit.value for unit in TIME_UNITS)
_IDLE, _ATTRIBUTION = "idle_days", "attribution"


def query_of(given: QueryIn, asker: Asker, today: date) -> Query:
    """Read it; Refused names what is wrong, or that it is not his to ask."""
    metrics = _metrics(given)
    _check_cuts(given)
    where = _where(given)
    definitions = tuple(METRICS[key] for key in metrics)
    settings = {key: values for key, values in where.items() if key in {_IDLE, _ATTRIBUTION}}
    filters = {key: {str(one) for one in values} for key, values in where.items() if key not in settings}
    own = scoped(asker, filters, None, everyone_may=is_open(definitions))
    if own is None:
        raise Refused(403, "not this person's to see")
    query = Query(
        metrics=metrics,
        by=tuple(given.by),
        where={**{key: tuple(sorted(values)) for key, values in own.items()}, **settings},
        period=_period(given, metrics, today),
        compare=Compare(given.compare) if given.compare else None,
        rank=Rank(Order(given.rank.order), given.rank.limit) if given.rank else None,
    )
    if churn.is_too_fine(query):
        _refuse("by", f"{churn.ID} is cut into {churn.MOST_PARTS} at the most")
    return query


def _refuse(field: str, why: str) -> NoReturn:
    raise Refused(422, errors=[FieldError(field, why)])


def _metrics(given: QueryIn) -> tuple[str, ...]:
    metrics = tuple(dict.fromkeys(given.metrics))
    if any(key not in METRICS for key in metrics):
        _refuse("metrics", "unknown; GET /metrics lists them")
    if FUNNEL in metrics and len(metrics) > 1:
        _refuse("metrics", "the funnel is asked for alone")
    if given.view is not None and FUNNEL not in metrics:
        _refuse("view", "only the funnel has one")
    if len({METRICS[key].is_snapshot for key in metrics}) > 1:
        _refuse("metrics", "what is so now and what happened in a period are asked for apart")
    return metrics


def _check_cuts(given: QueryIn) -> None:
    if len(set(given.by)) < len(given.by) or len(_TIMES & set(given.by)) > 1:
        _refuse("by", "each once, and one unit of time at the most")
    if given.rank is not None and not given.by:
        _refuse("rank", "there is nothing to rank without `by`")


def _where(given: QueryIn) -> dict[str, tuple[Value, ...]]:
    if any(
        isinstance(one, str) and not one.isprintable() for values in given.where.values() for one in values
    ):
        _refuse("where", "a value that is no text")
    idle, how = given.where.get(_IDLE), given.where.get(_ATTRIBUTION)
    if idle is not None and (len(idle) != 1 or not isinstance(idle[0], int)):
        _refuse("where.idle_days", "one number of days")
    if how is not None and (len(how) != 1 or how[0] not in ATTRIBUTIONS):
        _refuse("where.attribution", "one of " + ", ".join(ATTRIBUTIONS))
    return {key: tuple(values) for key, values in given.where.items()}


def _period(given: QueryIn, metrics: tuple[str, ...], today: date) -> Period | None:
    is_snapshot = METRICS[metrics[0]].is_snapshot
    if given.begins is None and given.ends is None:
        if is_snapshot and given.compare is not None:
            _refuse("compare", "what is so now has no period to compare with")
        return None if is_snapshot else spans.month(today)
    if is_snapshot:
        _refuse("from", "what is so now has no period")
    if given.begins is None or given.ends is None:
        _refuse("to" if given.ends is None else "from", "both or none")
    if not _FIRST <= given.begins < given.ends <= _LAST or (given.ends - given.begins).days > _YEARS * _DAYS:
        _refuse("to", f"after `from`, by {_YEARS} years at the most")
    return Period(given.begins, given.ends)
