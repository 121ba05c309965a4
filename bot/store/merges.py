"""Mergings: which lead went into which, by whom, and the sealed journal by which that is undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from bot.store import merge_journal
from bot.store.desk import Desk
from bot.store.merge_journal import Journal
from bot.store.tables.leads import leads
from bot.store.tables.quality import merges
from bot.store.tx import Tx

#: How long a merging can be undone.
UNDO_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Merge:
    """One of them."""

    id: str
    kept: str
    gone: str
    by: str
    at: datetime
    undo_until: datetime
    conflicts: tuple[str, ...] = ()
    undone_at: datetime | None = None


_OF = (
    select(merges)
    .where(or_(merges.c.kept == bindparam("of"), merges.c.gone == bindparam("of")))
    .order_by(merges.c.at.desc(), merges.c.id.desc())
)
_STANDING = _OF.where(merges.c.undone_at.is_(None)).limit(1)
_BY_ID = select(merges).where(merges.c.id == bindparam("of"))
_UNDONE = (
    update(merges)
    .where(merges.c.id == bindparam("of"), merges.c.undone_at.is_(None))
    .values(undone_at=bindparam("at"), undone_by=bindparam("by_user"), body=None)
)
_FORGET = (
    update(merges).where(merges.c.body.is_not(None), merges.c.undo_until < bindparam("at")).values(body=None)
)
_AWAY = update(leads).where(leads.c.id == bindparam("of")).values(merged_into=bindparam("to_lead"))


async def keep(
    desk: Desk, *, kept: str, gone: str, by: str, how: str, prefers: str, conflicts: tuple[str, ...]
) -> Merge:
    """Write down that it begins; the journal comes when it is done."""
    merge = Merge(
        f"M{await desk.tx.number('merge')}", kept, gone, by, desk.now, desk.now + UNDO_FOR, conflicts
    )
    row = {"id": merge.id, "kept": kept, "gone": gone, "by": by, "how": how, "prefers": prefers}
    more = {"conflicts": list(conflicts), "at": desk.now, "undo_until": merge.undo_until}
    await desk.tx.insert(merges, {**row, **more})
    return merge


_JOURNAL = update(merges).where(merges.c.id == bindparam("of")).values(body=bindparam("sealed"))


async def write_journal(desk: Desk, merge: Merge, journal: Journal) -> None:
    """Keep what it changed."""
    sealed = desk.vault.seal(merge_journal.spell(journal), _place(merge.id))
    await desk.tx.run(_JOURNAL, of=merge.id, sealed=sealed)


async def journal(desk: Desk, merge: Merge) -> Journal | None:
    """What it changed; None if that was forgotten."""
    row = await desk.tx.first(_BY_ID, of=merge.id)
    if row is None or row.body is None:
        return None
    return merge_journal.parse(desk.vault.open(row.body, _place(merge.id)))


async def find(tx: Tx, merge_id: str) -> Merge | None:
    """The merging of this number."""
    row = await tx.first(_BY_ID, of=merge_id)
    return None if row is None else _merge(row)


async def standing(tx: Tx, lead_id: str) -> Merge | None:
    """The latest merging of this lead that was not undone, whichever of the two it was."""
    row = await tx.first(_STANDING, of=lead_id)
    return None if row is None else _merge(row)


async def of_lead(tx: Tx, lead_id: str) -> list[Merge]:
    """All of them, the latest first."""
    return [_merge(row) for row in await tx.all(_OF, of=lead_id)]


async def undone(desk: Desk, merge: Merge, *, by: str) -> bool:
    """It was undone; False if it had been before."""
    return await desk.tx.run(_UNDONE, of=merge.id, at=desk.now, by_user=by) == 1


async def forget(tx: Tx, now: datetime) -> int:
    """Journals that are too old to be used hold names and numbers for nothing: how many went."""
    return await tx.run(_FORGET, at=now)


async def lead_away(tx: Tx, lead_id: str, *, to: str | None) -> None:
    """Say into which lead this one was merged, or that it stands for itself again."""
    await tx.run(_AWAY, of=lead_id, to_lead=to)


def _merge(row: Any) -> Merge:  # noqa: ANN401 - a row
    return Merge(
        row.id, row.kept, row.gone, row.by, row.at, row.undo_until, tuple(row.conflicts), row.undone_at
    )


def _place(merge_id: str) -> str:
    return f"merges.body:{merge_id}"
