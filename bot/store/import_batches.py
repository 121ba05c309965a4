"""Batches: which file, what became of it, how far it has got."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from bot.kit.vault import Vault
from bot.store.desk import Desk
from bot.store.tables.imports import import_batches, import_files, import_rows
from bot.store.tables.leads import leads
from bot.store.tx import Tx

FETCHING, CHECKED, CONFIRMED, RUNNING = "fetching", "checked", "confirmed", "running"
DONE, CANCELLED, FAILED = "done", "cancelled", "failed"
UNDOING, UNDONE, PARTLY_UNDONE = "undoing", "undone", "partly_undone"
#: Waits for the machine, not for people.
UNDER_WAY = (FETCHING, CONFIRMED, RUNNING, UNDOING)
KEPT = "kept"
#: Bytes of one sealed part of a file.
_PART = 256 * 1024
FILE, REPORT = "file", "report"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them."""

    created: int = 0
    merged: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.created + self.merged + self.unchanged + self.rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One file brought in."""

    id: str
    file_name: str
    digest: str
    kind: str
    mapping: Mapping[str, Any]
    state: str
    by: str
    platform: str
    counts: Counts
    kept: int
    done_through: int
    note: str
    created_at: datetime
    changed_at: datetime
    media: bytes | None = field(default=None, repr=False)


_OF = import_batches.c.id == bindparam("of")
_BY_ID = select(import_batches).where(_OF)
_SAME = (
    select(import_batches)
    .where(import_batches.c.digest == bindparam("digest_of"), import_batches.c.state.in_((DONE, RUNNING)))
    .order_by(import_batches.c.created_at.desc())
    .limit(1)
)
_UNDER_WAY = (
    select(import_batches)
    .where(import_batches.c.state.in_(UNDER_WAY))
    .order_by(import_batches.c.created_at, import_batches.c.id)
)
_LATEST = select(import_batches).order_by(import_batches.c.created_at.desc()).limit(bindparam("most"))
_TO_STATE = (
    update(import_batches)
    .where(_OF, import_batches.c.state == bindparam("was"))
    .values(state=bindparam("becomes"), note=bindparam("why"), changed_at=bindparam("at"))
)
_PROGRESS = (
    update(import_batches)
    .where(_OF, import_batches.c.state == RUNNING, import_batches.c.done_through == bindparam("was_through"))
    .values(
        rows=bindparam("n_rows"), created=bindparam("n_created"), merged=bindparam("n_merged"),
        unchanged=bindparam("n_unchanged"), rejected=bindparam("n_rejected"),
        done_through=bindparam("through"), changed_at=bindparam("at"),
    )
)  # fmt: skip
_MEANS = (
    update(import_batches)
    .where(_OF)
    .values(digest=bindparam("digest_of"), kind=bindparam("of_kind"), mapping=bindparam("of_mapping"))
)
_RENAME = update(import_batches).where(_OF).values(file_name=bindparam("called"))
_SET_KEPT = update(import_batches).where(_OF).values(kept=bindparam("n_kept"))
_COUNTED = (
    select(import_rows.c.outcome, func.count().label("n"))
    .where(import_rows.c.batch_id == bindparam("of"))
    .group_by(import_rows.c.outcome)
)
_GIVEN = (
    select(leads.c.owner_id, func.count().label("n"))
    .select_from(import_rows.join(leads, leads.c.id == import_rows.c.entity_id))
    .where(
        import_rows.c.batch_id == bindparam("of"), import_rows.c.outcome == "created",
        leads.c.owner_id.is_not(None),
    )
    .group_by(leads.c.owner_id)
    .order_by(leads.c.owner_id)
)  # fmt: skip
_ROWS = (
    select(import_rows)
    .where(import_rows.c.batch_id == bindparam("of"), import_rows.c.row > bindparam("after"))
    .order_by(import_rows.c.row)
    .limit(bindparam("most"))
)
_ROWS_BACKWARDS = (
    select(import_rows)
    .where(import_rows.c.batch_id == bindparam("of"), import_rows.c.row < bindparam("before_row"))
    .order_by(import_rows.c.row.desc())
    .limit(bindparam("most"))
)
_PARTS = (
    select(import_files)
    .where(import_files.c.batch_id == bindparam("of"), import_files.c.name == bindparam("called"))
    .order_by(import_files.c.part)
)
_DROP_FILE = delete(import_files).where(
    import_files.c.batch_id == bindparam("of"), import_files.c.name == bindparam("called")
)


async def open_batch(
    desk: Desk,
    *,
    file_name: str,
    by: str,
    state: str,
    digest: str = "",
    kind: str = "",
    mapping: Mapping[str, Any] | None = None,
    platform: str = "",
    media: bytes | None = None,
) -> Batch:
    """Write a new batch down."""
    values: dict[str, Any] = {
        "id": f"I{await desk.tx.number('import')}", "file_name": file_name, "digest": digest, "kind": kind,
        "mapping": dict(mapping or {}), "state": state, "by": by, "platform": platform, "media": None,
        "rows": 0, "created": 0, "merged": 0, "unchanged": 0, "rejected": 0, "kept": 0, "done_through": 0,
        "note": "", "created_at": desk.now, "changed_at": desk.now,
    }  # fmt: skip
    if media is not None:
        values["media"] = desk.vault.seal(media, f"import_batches.media:{values['id']}")
    await desk.tx.insert(import_batches, values)
    return await get(desk.tx, str(values["id"]))


async def find(tx: Tx, batch_id: str) -> Batch | None:
    """The batch of this id."""
    row = await tx.first(_BY_ID, of=batch_id)
    return None if row is None else _batch(row)


async def get(tx: Tx, batch_id: str) -> Batch:
    """As `find`; KeyError if there is none."""
    found = await find(tx, batch_id)
    if found is None:
        raise KeyError(batch_id)
    return found


async def same_file(tx: Tx, digest: str) -> Batch | None:
    """The last batch of the same file, taken in the same way, that stands or is under way."""
    row = await tx.first(_SAME, digest_of=digest)
    return None if row is None else _batch(row)


async def under_way(tx: Tx) -> list[Batch]:
    """All that wait for the machine, the oldest first."""
    return [_batch(row) for row in await tx.all(_UNDER_WAY)]


async def latest(tx: Tx, *, most: int) -> list[Batch]:
    """The last ones, the newest first."""
    return [_batch(row) for row in await tx.all(_LATEST, most=most)]


async def to_state(desk: Desk, batch: Batch, state: str, *, note: str = "") -> bool:
    """Bring a batch from the state it was read in to another; False if it moved meanwhile."""
    changed = await desk.tx.run(_TO_STATE, of=batch.id, was=batch.state, becomes=state, why=note, at=desk.now)
    return changed == 1


async def means(tx: Tx, batch_id: str, *, digest: str, kind: str, mapping: Mapping[str, Any]) -> None:
    """Say what a file turned out to be."""
    await tx.run(_MEANS, of=batch_id, digest_of=digest, of_kind=kind, of_mapping=dict(mapping))


async def rename(tx: Tx, batch_id: str, name: str) -> None:
    """Call a file by its name, once the platform has told it."""
    await tx.run(_RENAME, of=batch_id, called=name)


async def progress(tx: Tx, batch_id: str, counts: Counts, *, after: int, through: int, now: datetime) -> bool:
    """Write down how far it has got from `after`; False if somebody else is at it, or it is being undone."""
    changed = await tx.run(
        _PROGRESS, of=batch_id, n_rows=counts.rows, n_created=counts.created, n_merged=counts.merged,
        n_unchanged=counts.unchanged, n_rejected=counts.rejected, was_through=after, through=through, at=now,
    )  # fmt: skip
    return changed == 1


async def set_kept(tx: Tx, batch_id: str, kept: int) -> None:
    """How many rows could not be undone."""
    await tx.run(_SET_KEPT, of=batch_id, n_kept=kept)


async def counted(tx: Tx, batch_id: str) -> dict[str, int]:
    """Outcomes as the rows themselves have them, for holding against what was counted on the way."""
    return {row.outcome: int(row.n) for row in await tx.all(_COUNTED, of=batch_id)}


async def given(tx: Tx, batch_id: str) -> dict[str, int]:
    """Who has how many of the leads that a batch created."""
    return {row.owner_id: int(row.n) for row in await tx.all(_GIVEN, of=batch_id)}


async def rows_after(tx: Tx, batch_id: str, row: int, *, most: int) -> list[Any]:
    """Outcome rows in their order."""
    return await tx.all(_ROWS, of=batch_id, after=row, most=most)


async def rows_before(tx: Tx, batch_id: str, row: int, *, most: int) -> list[Any]:
    """Outcome rows backwards: undoing begins at the end."""
    return await tx.all(_ROWS_BACKWARDS, of=batch_id, before_row=row, most=most)


async def put_file(desk: Desk, batch_id: str, name: str, data: bytes) -> None:
    """Keep a file with its batch, in place of one of the same name."""
    await drop_file(desk.tx, batch_id, name)
    parts = [data[at : at + _PART] for at in range(0, len(data), _PART)]
    rows = [
        {
            "batch_id": batch_id,
            "name": name,
            "part": n,
            "body": desk.vault.seal(part, _place(batch_id, name, n)),
        }
        for n, part in enumerate(parts)
    ]
    if rows:
        await desk.tx.insert_all(import_files, rows)


async def file(tx: Tx, vault: Vault, batch_id: str, name: str) -> bytes | None:
    """A file that was kept; None if there is none."""
    rows = await tx.all(_PARTS, of=batch_id, called=name)
    return b"".join(vault.open(r.body, _place(batch_id, name, r.part)) for r in rows) if rows else None


async def drop_file(tx: Tx, batch_id: str, *names: str) -> None:
    """Let go of files."""
    for name in names:
        await tx.run(_DROP_FILE, of=batch_id, called=name)


def media_of(vault: Vault, batch: Batch) -> bytes:
    """How the platform gives the file out."""
    return vault.open(batch.media, f"import_batches.media:{batch.id}") if batch.media else b""


def total(outcomes: Iterable[str]) -> Counts:
    """Count outcomes."""
    found = list(outcomes)
    return Counts(*(found.count(name) for name in ("created", "merged", "unchanged", "rejected")))


def _place(batch_id: str, name: str, part: int) -> str:
    return f"import_files.body:{batch_id}:{name}:{part}"


def _batch(row: Any) -> Batch:  # noqa: ANN401 - a row
    return Batch(
        id=row.id, file_name=row.file_name, digest=row.digest, kind=row.kind, mapping=row.mapping,
        state=row.state, by=row.by, platform=row.platform,
        counts=Counts(row.created, row.merged, row.unchanged, row.rejected), kept=row.kept,
        done_through=row.done_through, note=row.note, created_at=row.created_at, changed_at=row.changed_at,
        media=row.media,
    )  # fmt: skip
