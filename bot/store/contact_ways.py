"""QR codes made for a lead, by our own word in them, from their making to their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store.desk import Desk
from bot.store.tables.leads import contact_ways
from bot.store.tables.people import logins
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class ContactWay:
    """One QR code."""

    state: str
    platform: str
    lead_id: str
    user_ids: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None
    deleted_at: datetime | None


_BY_STATE = select(contact_ways).where(contact_ways.c.state == bindparam("of"))
_LIVE = (
    select(contact_ways)
    .where(contact_ways.c.lead_id == bindparam("of_lead"), contact_ways.c.deleted_at.is_(None))
    .order_by(contact_ways.c.state)
)
_USED = (
    update(contact_ways)
    .where(contact_ways.c.state == bindparam("of"), contact_ways.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
_DELETED = (
    update(contact_ways)
    .where(contact_ways.c.state == bindparam("of"), contact_ways.c.deleted_at.is_(None))
    .values(deleted_at=bindparam("at"), config_id=bindparam("config"), qr_url=bindparam("address"))
)
_ACCOUNT = select(logins.c.account).where(
    logins.c.platform == bindparam("on_platform"), logins.c.user_id == bindparam("of_user")
)


async def find(tx: Tx, state: str) -> ContactWay | None:
    """The code of this word."""
    row = await tx.first(_BY_STATE, of=state)
    return None if row is None else _way(row)


async def live(tx: Tx, lead_id: str) -> list[ContactWay]:
    """The lead's codes that were not taken back."""
    return [_way(row) for row in await tx.all(_LIVE, of_lead=lead_id)]


async def add(desk: Desk, state: str, *, platform: str, lead_id: str, user_ids: Sequence[str]) -> bool:
    """Remember a code that is to be made; False if it is remembered already."""
    return await desk.tx.insert_new(
        contact_ways,
        {
            "state": state,
            "platform": platform,
            "lead_id": lead_id,
            "user_ids": list(user_ids),
            "created_at": desk.now,
        },
    )


async def used(desk: Desk, state: str) -> None:
    """A customer came by it."""
    await desk.tx.run(_USED, of=state, at=desk.now)


async def deleted(desk: Desk, state: str, *, config_id: str, qr_url: str) -> bool:
    """It is being taken back; False if it was before."""
    changed = await desk.tx.run(
        _DELETED, of=state, at=desk.now, config=config_id or None, address=qr_url or None
    )
    return changed == 1


async def accounts(tx: Tx, platform: str, user_ids: Sequence[str]) -> tuple[str, ...]:
    """Under what the platform knows these people; those it does not know are left out."""
    found = [await tx.first(_ACCOUNT, on_platform=platform, of_user=one) for one in user_ids]
    return tuple(row.account for row in found if row is not None)


def _way(row: Any) -> ContactWay:  # noqa: ANN401 - a row
    return ContactWay(
        row.state,
        row.platform,
        row.lead_id,
        tuple(row.user_ids),
        row.created_at,
        row.used_at,
        row.deleted_at,
    )
