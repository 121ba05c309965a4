"""WeChat contacts of ours: who added whom of us, by which code, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store.desk import Desk
from bot.store.tables.leads import external_contacts
from bot.store.tx import Tx

#: What became of the greeting: there was no code for one, it was queued, or its time was over.
NONE, PENDING, MISSED = "none", "pending", "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One customer and one of us."""

    platform: str
    external_id: str
    user_id: str
    lead_id: str | None = None
    state: str = ""
    added_at: datetime
    ended_at: datetime | None = None
    welcome: str = NONE


_KEY = (
    external_contacts.c.platform == bindparam("on_platform"),
    external_contacts.c.external_id == bindparam("of_customer"),
    external_contacts.c.user_id == bindparam("of_user"),
)
_FIND = select(external_contacts).where(*_KEY).with_for_update()
_LEAD = (
    select(external_contacts.c.lead_id)
    .where(
        external_contacts.c.platform == bindparam("on_platform"),
        external_contacts.c.external_id == bindparam("of_customer"),
        external_contacts.c.lead_id.is_not(None),
    )
    .order_by(external_contacts.c.added_at)
    .limit(1)
)
_WRITE = (
    update(external_contacts)
    .where(*_KEY)
    .values(
        lead_id=bindparam("to_lead"),
        state=bindparam("by_state"),
        added_at=bindparam("since"),
        ended_at=bindparam("until"),
        welcome=bindparam("greeting"),
    )
)


async def find(tx: Tx, platform: str, external_id: str, user_id: str) -> Tie | None:
    """What we know of this customer and this colleague."""
    row = await tx.first(_FIND, on_platform=platform, of_customer=external_id, of_user=user_id)
    return None if row is None else _tie(row)


async def lead_of(tx: Tx, platform: str, external_id: str) -> str | None:
    """The lead whom somebody's contact was found to be, by whomever of us he was added."""
    row = await tx.first(_LEAD, on_platform=platform, of_customer=external_id)
    return None if row is None else row.lead_id


async def keep(desk: Desk, tie: Tie) -> None:
    """Put down how it stands between a customer and one of us."""
    key = {"platform": tie.platform, "external_id": tie.external_id, "user_id": tie.user_id}
    values = {
        "lead_id": tie.lead_id,
        "state": tie.state,
        "added_at": tie.added_at,
        "ended_at": tie.ended_at,
        "welcome": tie.welcome,
    }
    if await desk.tx.insert_new(external_contacts, {**key, **values}):
        return
    await desk.tx.run(
        _WRITE,
        on_platform=tie.platform,
        of_customer=tie.external_id,
        of_user=tie.user_id,
        to_lead=tie.lead_id,
        by_state=tie.state,
        since=tie.added_at,
        until=tie.ended_at,
        greeting=tie.welcome,
    )


def _tie(row: Any) -> Tie:  # noqa: ANN401 - a row
    return Tie(
        platform=row.platform,
        external_id=row.external_id,
        user_id=row.user_id,
        lead_id=row.lead_id,
        state=row.state,
        added_at=row.added_at,
        ended_at=row.ended_at,
        welcome=row.welcome,
    )
