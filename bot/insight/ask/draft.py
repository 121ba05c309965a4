"""A question under construction: what has been said so far, before rights and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.crm.query import Compare, Order, Period, Rank
from bot.insight.ask.meanings import Whose
from bot.insight.ask.said import Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a follow-up turn may keep or change."""

    metrics: tuple[tuple[str, ...], ...] = ()
    by: tuple[tuple[str, ...], ...] = ()
    named: tuple[Spoken, ...] = ()
    whose: Whose | None = None
    period: Period | None = None
    compare: Compare | None = None
    rank: Rank | None = None
    #: 最慢 and 最快 mean worst and best; of a metric that is no time their order is another.
    paced: bool = False
    idle_days: int | None = None
    attribution: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values for storing between two messages."""
        return {
            "metrics": [list(one) for one in self.metrics],
            "by": [list(one) for one in self.by],
            "named": [
                {
                    "choices": [list(c) for c in one.choices],
                    "within": [list(c) for c in one.within],
                    "sure": one.sure,
                }
                for one in self.named
            ],
            "whose": self.whose.value if self.whose else None,
            "period": [self.period.begins.isoformat(), self.period.ends.isoformat()] if self.period else None,
            "compare": self.compare.value if self.compare else None,
            "rank": [self.rank.order.value, self.rank.limit] if self.rank else None,
            "paced": self.paced,
            "idle_days": self.idle_days,
            "attribution": self.attribution,
        }

    @classmethod
    def from_json(cls, shape: Mapping[str, Any]) -> Draft:
        """Read what `to_json` wrote."""
        period, rank = shape["period"], shape["rank"]
        return cls(
            metrics=tuple(map(tuple, shape["metrics"])),
            by=tuple(map(tuple, shape["by"])),
            named=tuple(
                Spoken(tuple(map(_pair, one["choices"])), tuple(map(_pair, one["within"])), one["sure"])
                for one in shape["named"]
            ),
            whose=Whose(shape["whose"]) if shape["whose"] else None,
            period=Period(*map(date.fromisoformat, period)) if period else None,
            compare=Compare(shape["compare"]) if shape["compare"] else None,
            rank=Rank(Order(rank[0]), rank[1]) if rank else None,
            paced=bool(shape.get("paced")),
            idle_days=shape["idle_days"],
            attribution=shape["attribution"],
        )


def _pair(shape: list[str]) -> tuple[str, str]:
    return shape[0], shape[1]
