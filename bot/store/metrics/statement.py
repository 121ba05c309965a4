"""From a question to one SELECT: the measure's sums, cut and filtered as asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Select, func, literal, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import String

from bot.crm.metrics.dimension import TIME_UNITS
from bot.crm.query import Period, Value
from bot.store.metrics.fact import BEGINS_AT, BEGINS_ON, ENDS_AT, ENDS_ON, Bucket, Dim, Fact, Measure, Parts
from bot.store.metrics.local_days import begin_of, bucket

_UNITS = frozenset(unit.value for unit in TIME_UNITS)
#: Parts of `where` that are settings of a metric, not filters.
SETTINGS = frozenset({"idle_days", "attribution"})


class CustomField(FunctionElement[str]):
    """One of a lead's own fields, as text; arguments: the JSON document and the field's key."""

    type = String()
    inherit_cache = True
    name = "custom_field"


@compiles(CustomField, "sqlite")
def _on_sqlite(element: CustomField, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    document, key = (compiler.process(one, **options) for one in element.clauses)
    return f"CAST(json_extract({document}, '$.\"' || {key} || '\"') AS TEXT)"


@compiles(CustomField, "postgresql")
def _on_postgres(element: CustomField, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    document, key = (compiler.process(one, **options) for one in element.clauses)
    return f"(CAST({document} AS jsonb) ->> CAST({key} AS text))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What is asked of a measure."""

    by: tuple[str, ...]
    where: Mapping[str, tuple[Value, ...]]
    period: Period | None
    zone: tzinfo
    #: The pools that may be counted; None for all.
    pools: tuple[str, ...] | None = None
    #: Whether the edges of the period come as parameters, so that one statement serves every such period.
    is_any: bool = False


class NoSuchDimensionError(ValueError):
    """A fact has no column for what it is to be cut by."""


def statement(measure: Measure, asked: Slice) -> Select[Any]:
    """Keys come back as k0, k1…, sums as p0, p1…."""
    fact = measure.fact
    dims = {key: _dim(fact, key) for key in (*asked.by, *asked.where) if key not in _UNITS | SETTINGS}
    cut = _bucket(fact, asked)
    parts = measure.parts if measure.cut is None else measure.cut(cut)
    keys = [_key(fact, key, dims, cut).label(f"k{at}") for at, key in enumerate(asked.by)]
    needs = (need for key, dim in dims.items() for need in _needs(key, dim, asked))
    found = select(*keys, *_labelled(parts)).select_from(_joined(fact, [*measure.needs, *needs]))
    found = found.where(*fact.keep, *_within(fact, asked), *_filters(dims, asked))
    return found.group_by(*(key.name for key in keys)) if keys else found


def _labelled(parts: Parts) -> list[ColumnElement[Any]]:
    return [part.label(f"p{at}") for at, part in enumerate(parts)]


def _dim(fact: Fact, key: str) -> Dim:
    found = fact.dims.get(key)
    if found is not None:
        return found
    if fact.custom is None or not key.replace("_", "").replace("-", "").isalnum():
        raise NoSuchDimensionError(key)
    return Dim(CustomField(fact.custom.column, literal(key)), fact.custom.needs)


def _bucket(fact: Fact, asked: Slice) -> Bucket:
    units = [key for key in asked.by if key in _UNITS]
    if not units:
        return None
    if asked.period is None or fact.at is None or len(units) > 1:
        raise NoSuchDimensionError(units[-1])
    period, unit, zone = asked.period, units[0], asked.zone
    return lambda at: bucket(at, unit, period=period, zone=zone)


def _key(fact: Fact, key: str, dims: Mapping[str, Dim], cut: Bucket) -> ColumnElement[Any]:
    if cut is not None and fact.at is not None and key in _UNITS:
        return cut(fact.at)
    return func.coalesce(dims[key].column, "")


def _joined(fact: Fact, needs: list[str]) -> FromClause:
    source, joined = fact.source, set[str]()

    def add(name: str) -> None:
        nonlocal source
        if name in joined:
            return
        join = fact.joins[name]
        for need in join.needs:
            add(need)
        joined.add(name)
        source = source.outerjoin(join.target, join.on)

    for name in needs:
        add(name)
    return source


def _within(fact: Fact, asked: Slice) -> list[ColumnElement[bool]]:
    if fact.at is None:
        return [] if asked.pools is None or fact.pool is None else [fact.pool.in_(list(asked.pools))]
    if asked.period is None:
        msg = "a metric of a period was asked without one"
        raise ValueError(msg)
    if asked.is_any:
        is_day = isinstance(fact.at.type, Date)
        first, after = (BEGINS_ON, ENDS_ON) if is_day else (BEGINS_AT, ENDS_AT)
        return [fact.at >= first, fact.at < after]
    begins, ends = _edges(fact.at, asked.period, asked.zone)
    return [fact.at >= literal(begins, fact.at.type), fact.at < literal(ends, fact.at.type)]


def _edges(at: ColumnElement[Any], period: Period, zone: tzinfo) -> tuple[Any, Any]:
    if isinstance(at.type, Date):
        return period.begins, period.ends
    return begin_of(period.begins, zone), begin_of(period.ends, zone)


def _needs(key: str, dim: Dim, asked: Slice) -> tuple[str, ...]:
    return dim.needs if dim.has is None or key in asked.by else dim.has_needs


def _filters(dims: Mapping[str, Dim], asked: Slice) -> list[ColumnElement[bool]]:
    return [
        _one_of(dims[key], [str(value) for value in values], is_cut=key in asked.by) if values else ~true()
        for key, values in asked.where.items()
        if key not in SETTINGS
    ]


def _one_of(dim: Dim, values: list[str], *, is_cut: bool) -> ColumnElement[bool]:
    if dim.has is None or is_cut:
        return func.coalesce(dim.column, "").in_(values)
    return dim.has(values)


def params(asked: Slice, *, now: datetime, stale_at: datetime, quoting: tuple[str, ...]) -> dict[str, Any]:
    """The moments and stages that measures refer to."""
    edges = (asked.period.begins, asked.period.ends) if asked.period else ()
    begins, ends = (begin_of(day, asked.zone) for day in edges) if edges else (now, now)
    told = {"now_at": now, "stale_at": stale_at, "begins_at": begins, "ends_at": ends}
    days = dict(zip(("begins_on", "ends_on"), edges, strict=False))
    return {**told, **days, "quoting": list(quoting)}
