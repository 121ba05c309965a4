"""What conditions ask of a lead that is no column of it: tags, purchases, behaviour in a window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, select

from bot.crm.condition import Condition, Measured, field_keys, measured
from bot.crm.condition_values import NOW, Value
from bot.store import condition_subqueries as sub
from bot.store.conditions import begin, begins
from bot.store.tables.leads import leads
from bot.store.tables.segments import lead_tags
from bot.store.tx import Tx

_KEYS = ("tags", "order_count", "order_amount", "first_order_at", "last_order_at")
_TAGS = select(lead_tags.c.tag).where(lead_tags.c.lead_id == bindparam("of"))


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What some conditions ask for, and the one query that answers it."""

    keys: frozenset[str]
    numbers: tuple[Measured, ...]
    query: Select[Any] | None

    @property
    def is_nothing(self) -> bool:
        """Whether the columns of a lead are enough."""
        return self.query is None and "tags" not in self.keys


def wanted(conditions: Iterable[Condition]) -> Wanted:
    """Look through conditions once; the answer is kept as long as they are."""
    listed = list(conditions)
    keys = field_keys(listed) & set(_KEYS)
    numbers = tuple(sorted(measured(listed), key=repr))
    columns = [*(_column(key) for key in sorted(keys - {"tags"})), *map(_number, numbers)]
    named = [column.label(f"c{n}") for n, column in enumerate(columns)]
    query = select(*named).select_from(leads).where(leads.c.id == bindparam("of")) if named else None
    return Wanted(keys, numbers, query)


async def work_out(tx: Tx, lead_id: str, what: Wanted, now: datetime) -> Mapping[Any, Value]:
    """The facts that these conditions ask for, typed, and the moment itself."""
    facts: dict[Any, Value] = {NOW: now}
    if "tags" in what.keys:
        facts["tags"] = frozenset(row.tag for row in await tx.all(_TAGS, of=lead_id))
    if what.query is None:
        return facts
    spans = {one.within_days for one in what.numbers if one.within_days}
    row = await tx.first(what.query, of=lead_id, **begins(spans, now))
    if row is None:
        return facts
    for n, key in enumerate([*sorted(what.keys - {"tags"}), *what.numbers]):
        value = getattr(row, f"c{n}")
        if value is not None:
            is_amount = key == "order_amount" or (isinstance(key, Measured) and key.what == "amount")
            facts[key] = Decimal(int(value)) / 100 if is_amount else value
    return facts


def _column(key: str) -> Any:  # noqa: ANN401 - a column
    match key:
        case "order_count":
            return sub.purchases("count")
        case "order_amount":
            return sub.purchases("amount")
        case _:
            return sub.moment(is_last=key == "last_order_at")


def _number(what: Measured) -> Any:  # noqa: ANN401 - a column
    after = begin(what.within_days) if what.within_days else None
    if what.what == "times":
        return sub.times_done(what, after)
    return sub.purchases(what.what, product=what.of, after=after)
