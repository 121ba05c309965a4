"""A question about the numbers, as every part of the program and the outside world write it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS

FUNNEL = "funnel"


class Compare(enum.StrEnum):
    """What a number is set against."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"


class Order(enum.StrEnum):
    """By value, whether high is good or not."""

    DESC = "desc"
    ASC = "asc"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Local days, half open: `ends` is the first day after it."""

    begins: date
    ends: date

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.ends - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rank:
    """Sort by value and keep the first `limit`, or all."""

    order: Order
    limit: int | None = None


Value = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is counted, cut by what, of whom, when."""

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    where: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    #: None for a snapshot.
    period: Period | None = None
    compare: Compare | None = None
    rank: Rank | None = None

    def definitions(self) -> tuple[Metric, ...]:
        """The metrics asked for, as they are registered."""
        return tuple(METRICS[metric_id] for metric_id in self.metrics)

    def to_json(self) -> dict[str, Any]:
        """The outside world's shape; values are sorted, so equal queries give equal text."""
        shape: dict[str, Any] = {
            "metrics": list(self.metrics),
            "by": list(self.by),
            "where": {key: sorted(values, key=str) for key, values in sorted(self.where.items())},
            "from": self.period.begins.isoformat() if self.period else None,
            "to": self.period.ends.isoformat() if self.period else None,
            "compare": self.compare.value if self.compare else None,
            "rank": {"order": self.rank.order.value, "limit": self.rank.limit} if self.rank else None,
        }
        return {**shape, "view": FUNNEL} if FUNNEL in self.metrics else shape

    @classmethod
    def from_json(cls, shape: Mapping[str, Any]) -> Query:
        """Read the outside world's shape; ValueError names what is wrong with it."""
        metrics = _texts(shape, "metrics")
        unknown = [metric_id for metric_id in metrics if metric_id not in METRICS]
        if unknown or not metrics:
            msg = f"metrics: unknown or none: {unknown}"
            raise ValueError(msg)
        rank, compare = shape.get("rank"), shape.get("compare")
        return cls(
            metrics=metrics,
            by=_texts(shape, "by"),
            where=_where(shape.get("where") or {}),
            period=_period(shape.get("from"), shape.get("to")),
            compare=Compare(compare) if compare else None,
            rank=Rank(Order(rank["order"]), rank.get("limit")) if rank else None,
        )


def _texts(shape: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = shape.get(key) or []
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        msg = f"{key}: not a list of text"
        raise ValueError(msg)
    return tuple(values)


def _where(shape: Mapping[str, Any]) -> dict[str, tuple[Value, ...]]:
    for key, values in shape.items():
        if not isinstance(values, list | tuple) or not all(isinstance(one, str | int) for one in values):
            msg = f"where.{key}: not a list of values"
            raise ValueError(msg)
    return {key: tuple(values) for key, values in shape.items()}


def _period(begins: str | None, ends: str | None) -> Period | None:
    if begins is None and ends is None:
        return None
    if begins is None or ends is None:
        msg = "from, to: both or none"
        raise ValueError(msg)
    period = Period(date.fromisoformat(begins), date.fromisoformat(ends))
    if period.begins >= period.ends:
        msg = "from, to: the period is empty"
        raise ValueError(msg)
    return period
