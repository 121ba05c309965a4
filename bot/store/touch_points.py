"""Every way by which somebody came to us. The first one's source stays on the lead; these are all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store.tables.behaviour import touch_points
from bot.store.tx import Tx

#: The same way within this span is the same visit: a page carries its campaign into each of its events.
VISIT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchPoint:
    """One way by which somebody came."""

    at: datetime
    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""
    #: Where from, without what stands behind a question mark.
    referrer: str = ""
    page: str = ""
    #: By its parameter: `{"bd_vid": "…"}`.
    click_id: Mapping[str, str] = field(default_factory=dict)
    lead_id: str | None = None
    visitor: str | None = None

    @property
    def says_something(self) -> bool:
        """Whether it tells more than that somebody came."""
        return bool(self.source or self.campaign or self.referrer or self.click_id)


_WAYS = ("source", "medium", "campaign", "term", "content", "referrer", "click_id")
_RECENT = (
    select(touch_points)
    .where(touch_points.c.visitor == bindparam("by"), touch_points.c.at > bindparam("since"))
    .order_by(touch_points.c.at.desc())
    .limit(20)
)
_OF_LEAD = (
    select(touch_points)
    .where(touch_points.c.lead_id == bindparam("of"))
    .order_by(touch_points.c.at, touch_points.c.id)
    .limit(bindparam("most"))
)
_FIRST = (
    select(touch_points)
    .where(touch_points.c.visitor == bindparam("by"))
    .order_by(touch_points.c.at, touch_points.c.id)
    .limit(1)
)
_GIVE = (
    update(touch_points)
    .where(touch_points.c.visitor.in_(bindparam("those", expanding=True)), touch_points.c.lead_id.is_(None))
    .values(lead_id=bindparam("to_lead"))
)


async def add(tx: Tx, one: TouchPoint) -> bool:
    """Keep it; False if it is the same visit as one we have."""
    if one.visitor is not None:
        recent = await tx.all(_RECENT, by=one.visitor, since=one.at - VISIT)
        if any(all(getattr(row, way) == getattr(one, way) for way in _WAYS) for row in recent):
            return False
    values: dict[str, Any] = {way: getattr(one, way) for way in _WAYS}
    await tx.insert(
        touch_points,
        {
            **values,
            "click_id": dict(one.click_id),
            "page": one.page,
            "lead_id": one.lead_id,
            "visitor": one.visitor,
            "at": one.at,
        },
    )
    return True


async def touch_points_of(tx: Tx, lead_id: str, *, most: int = 200) -> tuple[TouchPoint, ...]:
    """All ways by which a lead came, the first one first."""
    return tuple(_read(row) for row in await tx.all(_OF_LEAD, of=lead_id, most=most))


async def first_of(tx: Tx, visitor: str) -> TouchPoint | None:
    """How a visitor came the first time."""
    row = await tx.first(_FIRST, by=visitor)
    return None if row is None else _read(row)


async def give(tx: Tx, visitors: Iterable[str], lead_id: str) -> int:
    """The ways of these visitors are this lead's."""
    those = sorted(visitors)
    return await tx.run(_GIVE, those=those, to_lead=lead_id) if those else 0


def _read(row: Any) -> TouchPoint:  # noqa: ANN401 - a row
    return TouchPoint(
        at=row.at, source=row.source, medium=row.medium, campaign=row.campaign, term=row.term,
        content=row.content, referrer=row.referrer, page=row.page, click_id=row.click_id,
        lead_id=row.lead_id, visitor=row.visitor,
    )  # fmt: skip
