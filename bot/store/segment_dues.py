"""When time alone may next change whether a condition holds of a lead: due rows, looked up by index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, select

from bot.crm.condition import Bought, Condition, Elapsed, FieldRegistry, Happened, leaves
from bot.store import condition_columns as columns
from bot.store import condition_subqueries as sub
from bot.store.conditions import begin
from bot.store.desk import Desk
from bot.store.tables.segments import segment_dues

_COME = (
    select(segment_dues.c.lead_id)
    .where(segment_dues.c.due_at <= bindparam("now_at"))
    .order_by(segment_dues.c.due_at, segment_dues.c.lead_id)
    .limit(bindparam("at_most"))
)
_OF = select(segment_dues).where(segment_dues.c.lead_id.in_(bindparam("ids", expanding=True)))
_DROP = delete(segment_dues).where(segment_dues.c.lead_id.in_(bindparam("ids", expanding=True)))
#: Moments in a lead's document are compared to the millisecond.
_FINE = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """From where a span of days is counted: at its end an answer may change."""

    column: ColumnElement[Any]
    days: int

    def end(self, at: datetime | str | None) -> datetime | None:
        """When the span is over."""
        if at is None:
            return None
        if isinstance(at, str):
            at = datetime.fromisoformat(at).replace(tzinfo=timezone.utc) + _FINE
        return at + timedelta(days=self.days)


def moments(conditions: Iterable[Condition], fields: FieldRegistry) -> tuple[Moment, ...]:
    """Every moment from which these conditions count, each once."""
    found: dict[object, Moment] = {}
    for condition in conditions:
        for leaf in leaves(condition):
            match leaf:
                case Elapsed():
                    found.setdefault((leaf.since, leaf.days), Moment(_since(leaf, fields), leaf.days))
                case Happened(within_days=int(days)):
                    # Only the oldest of the window leaves it next; what comes then is looked at again.
                    first = sub.first_done(leaf.measured, begin(days))
                    found.setdefault(leaf.measured, Moment(first, days))
                case Bought(within_days=int(days), product=product):
                    first = sub.moment(is_last=False, product=product or "", after=begin(days))
                    found.setdefault(("bought", product, days), Moment(first, days))
                case _:
                    pass
    return tuple(found.values())


async def come(desk: Desk, *, at_most: int) -> list[str]:
    """The leads whose time has come."""
    return [row.lead_id for row in await desk.tx.all(_COME, now_at=desk.now, at_most=at_most)]


async def keep(desk: Desk, lead_ids: Sequence[str], wanted: Mapping[str, datetime | None]) -> None:
    """Put down when to look at these leads again; those that are not wanted are not looked at."""
    kept = {row.lead_id: row.due_at for row in await desk.tx.all(_OF, ids=list(lead_ids))}
    stale = [lead_id for lead_id, due_at in kept.items() if wanted.get(lead_id) != due_at]
    if stale:
        await desk.tx.run(_DROP, ids=stale)
    rows: list[dict[str, Any]] = [
        {"lead_id": lead_id, "due_at": due_at}
        for lead_id, due_at in wanted.items()
        if due_at is not None and kept.get(lead_id) != due_at
    ]
    if rows:
        await desk.tx.insert_all_new(segment_dues, rows)


def _since(leaf: Elapsed, fields: FieldRegistry) -> ColumnElement[Any]:
    if leaf.since in ("first_order_at", "last_order_at"):
        return sub.moment(is_last=leaf.since == "last_order_at")
    return columns.column(fields[leaf.since])
