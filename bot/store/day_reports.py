"""A rep's report of one day: drafted, put into his own words, sent or left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select, update

from bot.store.desk import Desk
from bot.store.tables.digests import day_reports
from bot.store.types import UTCDateTime

DRAFT, SENT, LEFT = "draft", "sent", "left"


@dataclass(frozen=True, slots=True)
class DayReport:
    """One of them."""

    user_id: str
    day: date
    state: str
    body: str
    #: In his own words.
    edited: bool
    sent_at: datetime | None


_OF = (day_reports.c.user_id == bindparam("of_user"), day_reports.c.day == bindparam("on_day"))
_FIND = select(day_reports).where(*_OF)
_WRITE = (
    update(day_reports)
    .where(*_OF, day_reports.c.state != SENT)
    .values(body=bindparam("sealed"), edited=bindparam("by_hand"), state=DRAFT)
)
_MOVE = (
    update(day_reports)
    .where(*_OF, day_reports.c.state != SENT)
    .values(state=bindparam("to_state"), sent_at=bindparam("now_at", type_=UTCDateTime))
)


async def find(desk: Desk, user_id: str, day: date) -> DayReport | None:
    """His report of this day."""
    row = await desk.tx.first(_FIND, of_user=user_id, on_day=day)
    if row is None:
        return None
    body = desk.vault.open(row.body, _place(user_id, day)).decode()
    return DayReport(user_id, day, row.state, body, bool(row.edited), row.sent_at)


async def write(desk: Desk, user_id: str, day: date, body: str, *, edited: bool) -> bool:
    """Put these words down; False if it has been sent."""
    sealed = desk.vault.seal(body.encode(), _place(user_id, day))
    row = {"user_id": user_id, "day": day, "state": DRAFT, "body": sealed, "edited": edited}
    if await desk.tx.insert_new(day_reports, {**row, "created_at": desk.now, "sent_at": None}):
        return True
    return await desk.tx.run(_WRITE, of_user=user_id, on_day=day, sealed=sealed, by_hand=edited) == 1


async def move(desk: Desk, user_id: str, day: date, state: str) -> bool:
    """Sent or left; False if it was sent before."""
    at = desk.now if state == SENT else None
    return await desk.tx.run(_MOVE, of_user=user_id, on_day=day, to_state=state, now_at=at) == 1


def _place(user_id: str, day: date) -> str:
    return f"day_reports.body:{user_id}:{day.isoformat()}"
