"""Tags on leads: put on and taken away, each with a row of who did it and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.store.desk import Desk
from bot.store.tables.segments import lead_tags, tag_changes
from bot.store.tx import Tx

_OF = (
    select(lead_tags.c.tag, lead_tags.c.by)
    .where(lead_tags.c.lead_id == bindparam("of"))
    .order_by(lead_tags.c.at, lead_tags.c.tag)
)
_REMOVE = delete(lead_tags).where(
    lead_tags.c.lead_id == bindparam("of"), lead_tags.c.tag == bindparam("named")
)
_LAST = (
    select(tag_changes.c.given, tag_changes.c.by)
    .where(tag_changes.c.lead_id == bindparam("of"), tag_changes.c.tag == bindparam("named"))
    .order_by(tag_changes.c.id.desc())
    .limit(1)
)
_HISTORY = select(tag_changes).where(tag_changes.c.lead_id == bindparam("of")).order_by(tag_changes.c.id)
RULE = "rule:"


@dataclass(frozen=True, slots=True)
class TagChange:
    """One row of a lead's history of tags."""

    tag: str
    given: bool
    by: str
    reason: str
    at: datetime


async def of(tx: Tx, lead_id: str) -> Mapping[str, str]:
    """A lead's tags in the order in which they came, each with who put it there."""
    return {row.tag: row.by for row in await tx.all(_OF, of=lead_id)}


async def put(desk: Desk, lead_id: str, tag: str, *, by: str, reason: str) -> bool:
    """Put a tag on a lead; False if it is there."""
    row = {"lead_id": lead_id, "tag": tag, "by": by, "reason": reason, "at": desk.now}
    if not await desk.tx.insert_new(lead_tags, row):
        return False
    await desk.tx.insert(tag_changes, {**row, "given": True})
    return True


async def take(desk: Desk, lead_id: str, tag: str, *, by: str, reason: str) -> bool:
    """Take a tag away; False if it was not there."""
    if await desk.tx.run(_REMOVE, of=lead_id, named=tag) != 1:
        return False
    row = {"lead_id": lead_id, "tag": tag, "by": by, "reason": reason, "at": desk.now, "given": False}
    await desk.tx.insert(tag_changes, row)
    return True


async def was_taken_by_hand(tx: Tx, lead_id: str, tag: str) -> bool:
    """Whether a person took it away last: what he decided, no rule undoes by itself."""
    last = await tx.first(_LAST, of=lead_id, named=tag)
    return last is not None and not last.given and not last.by.startswith(RULE)


async def history(tx: Tx, lead_id: str) -> tuple[TagChange, ...]:
    """Everything that happened to a lead's tags, the earliest first."""
    rows = await tx.all(_HISTORY, of=lead_id)
    return tuple(TagChange(row.tag, row.given, row.by, row.reason, row.at) for row in rows)
