"""How many people a journey did not go well with: who went in circles, whose step failed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select

from bot.store.tables.journeys import journey_enrollments
from bot.store.tx import Tx

_e = journey_enrollments.c
_CIRCLING = (
    select(_e.lead_id)
    .where(_e.journey == bindparam("of"), _e.entered_at > bindparam("since"))
    .group_by(_e.lead_id)
    .having(func.count() >= bindparam("times"))
    .limit(bindparam("most"))
)
_FAILED = (
    select(_e.lead_id)
    .where(_e.journey == bindparam("of"), _e.ended_how == "failed", _e.ended_at > bindparam("since"))
    .distinct()
    .limit(bindparam("most"))
)


async def circling(tx: Tx, journey: str, *, since: datetime, times: int, most: int) -> int:
    """People who entered so often since then; no more than `most` are counted."""
    return len(await tx.all(_CIRCLING, of=journey, since=since, times=times, most=most))


async def failed(tx: Tx, journey: str, *, since: datetime, most: int) -> int:
    """People whose step failed whenever it was tried; no more than `most` are counted."""
    return len(await tx.all(_FAILED, of=journey, since=since, most=most))
