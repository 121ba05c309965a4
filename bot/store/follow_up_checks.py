"""What each follow-up was worth for the owner's protection."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select

from bot.crm.follow_up_quality import Verdict
from bot.store.desk import Desk
from bot.store.follow_ups import FollowUp
from bot.store.tables.assignment import follow_up_checks
from bot.store.tx import Tx

_LAST = select(func.max(follow_up_checks.c.at, type_=follow_up_checks.c.at.type).label("at")).where(
    follow_up_checks.c.lead_id == bindparam("of_lead"), follow_up_checks.c.verdict == Verdict.COUNTS.value
)


async def note(desk: Desk, follow_up: FollowUp, verdict: Verdict) -> None:
    """Write the verdict down beside the follow-up, which is kept whatever it says."""
    await desk.tx.insert(
        follow_up_checks,
        {
            "follow_up_id": follow_up.id,
            "lead_id": follow_up.lead_id,
            "user_id": follow_up.user_id,
            "verdict": verdict.value,
            "at": follow_up.at,
        },
    )


async def last_counted(tx: Tx, lead_id: str) -> datetime | None:
    """When somebody last did something with this lead that counts."""
    row = await tx.first(_LAST, of_lead=lead_id)
    at: datetime | None = None if row is None else row.at
    return at
