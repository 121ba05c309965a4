"""An import from its first row to its last word: recognised, carried out, counted, told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.assignment import arrive
from bot.chat.outbound import Notice
from bot.crm.company import Company
from bot.crm.pool import pool_of, regions_of
from bot.errors import ImportFileError
from bot.intake import scoring
from bot.intake.imports import engine, say
from bot.intake.imports.columns import ImportKind
from bot.intake.imports.engine import Tools, digest_of
from bot.intake.imports.mapping import ColumnMap
from bot.intake.imports.table import Table
from bot.rules.standing import is_plain
from bot.store import audit, import_batches, import_undo, leads, outbox, users
from bot.store.desk import Desk
from bot.store.import_batches import RUNNING, Batch
from bot.store.reads.imported_hot import HotLeads, imported_hot

_log = structlog.get_logger()
#: So many ring one by one; more are told of together.
RING_AT_MOST = 5
_WITHIN = 60.0
_RECOUNTED = 20
#: What may be undone: also what was cut short, or undone in part.
UNDOABLE = frozenset(
    {
        *(import_batches.DONE, import_batches.RUNNING, import_batches.UNDOING),
        *(import_batches.PARTLY_UNDONE, import_batches.FAILED),
    }
)
#: Where the records of a kind are.
_TABLES = {
    ImportKind.LEADS: ("leads",),
    ImportKind.ACCOUNTS: ("accounts",),
    ImportKind.OPPORTUNITIES: ("opportunities",),
    ImportKind.ORDERS: ("orders",),
    ImportKind.ACTIVITIES: ("follow_ups", "behaviours"),
    ImportKind.COSTS: ("costs",),
    ImportKind.PAYMENTS: ("payments",),
}


@dataclass(frozen=True, slots=True)
class Already:
    """The same file was brought in before, in the same way."""

    batch: Batch


async def begin(
    tools: Tools, table: Table, mapping: ColumnMap, *, by: str, again: bool = False
) -> Batch | Already:
    """Open a batch; one of the same file that was cut short is gone on with."""
    digest = digest_of(table, mapping)

    async def unit(desk: Desk) -> Batch | Already:
        same = await import_batches.same_file(desk.tx, digest)
        if same is not None and same.state == RUNNING:
            return same
        if same is not None and not again:
            return Already(same)
        return await import_batches.open_batch(
            desk, file_name=table.name, by=by, state=RUNNING, digest=digest, kind=mapping.kind.value,
            mapping=mapping.as_document(),
        )  # fmt: skip

    return await tools.store.write(lambda tx: unit(tools.desk(tx)), within=_WITHIN)


async def carry_out(
    tools: Tools, table: Table, mapping: ColumnMap, batch: Batch, *, told: Callable[[int], None] | None = None
) -> Batch:
    """Take the file in and see to its end; ImportFileError when the numbers do not agree afterwards."""
    heard = None if told is None else (lambda lines: told(len(lines)))
    counts = await engine.run(tools, table, mapping, batch=batch, heard=heard)
    wrong = await _disagreement(tools, batch)
    if wrong:
        _log.error("import.counts_disagree", batch=batch.id, counted=counts.rows)
        raise ImportFileError(wrong)
    done = await tools.store.write(lambda tx: _end(tools.desk(tx), batch), within=_WITHIN)
    if mapping.kind in (ImportKind.LEADS, ImportKind.ACTIVITIES):
        if mapping.kind is ImportKind.LEADS and needs_recount(tools.company):
            await _recount(tools, done)
        await _tell_owners(tools, done)
        await _ring(tools, done)
    return done


async def _disagreement(tools: Tools, batch: Batch) -> str:
    """Hold what was counted on the way against what is there; empty when all is well."""
    async with tools.store.read() as tx:
        now = await import_batches.get(tx, batch.id)
        counted = await import_batches.counted(tx, batch.id)
        tables = _TABLES.get(ImportKind(now.kind), ())
        there = await import_undo.standing(tx, batch.id, *tables) if tables else now.counts.created
    expected = {name: getattr(now.counts, name) for name in ("created", "merged", "unchanged", "rejected")}
    if {**dict.fromkeys(expected, 0), **counted} != expected or there != now.counts.created:
        return say.disagreement(batch.id, expected, counted, there)
    return ""


async def _end(desk: Desk, batch: Batch) -> Batch:
    now = await import_batches.get(desk.tx, batch.id)
    await import_batches.to_state(desk, now, import_batches.DONE)
    await import_batches.drop_file(desk.tx, batch.id, import_batches.FILE, import_batches.REPORT)
    counts = now.counts
    await audit.note(
        desk, actor=now.by, action="import.done", of=f"import:{batch.id}", kind=now.kind,
        created=counts.created, merged=counts.merged, rejected=counts.rejected,
    )  # fmt: skip
    _log.info("import.done", batch=batch.id, kind=now.kind, rows=counts.rows, created=counts.created)
    return await import_batches.get(desk.tx, batch.id)


def needs_recount(company: Company) -> bool:
    """Whether points fade, are capped or set tags: that is worked out lead by lead."""
    scoring_ = company.scoring
    return not is_plain(scoring_) or any(rule.tag for rule in scoring_.rules)


async def _recount(tools: Tools, batch: Batch) -> None:
    """Count the new leads as any others, a few in each unit."""
    after = 0
    while True:
        async with tools.store.read() as tx:
            found = await import_batches.rows_after(tx, batch.id, after, most=_RECOUNTED)
        if not found:
            return
        after = found[-1].row
        ids = [row.entity_id for row in found if row.outcome == "created"]
        await tools.store.write(
            lambda tx, ids=ids: _count(tools.desk(tx), ids),  # type: ignore[misc]
            lane_key=f"import:{batch.id}", within=_WITHIN,
        )  # fmt: skip


async def _count(desk: Desk, ids: Sequence[str]) -> None:
    for lead_id in ids:
        await scoring.count(desk, await leads.lock(desk.tx, lead_id))


async def _tell_owners(tools: Tools, batch: Batch) -> None:
    """One line to each colleague whose leads came with a list; not to him who brought it."""
    async with tools.store.read() as tx:
        given = await import_batches.given(tx, batch.id)
    notices = [
        Notice(to=owner_id, key=f"import.given:{batch.id}:{owner_id}", text=say.given(count))
        for owner_id, count in given.items()
        if owner_id != batch.by
    ]
    if notices:
        await tools.store.write(lambda tx: _post(tools.desk(tx), notices), within=_WITHIN)


async def _post(desk: Desk, notices: Sequence[Notice]) -> None:
    for notice in notices:
        await outbox.post(desk, notice)


async def _ring(tools: Tools, batch: Batch) -> None:
    """Leads that are warm at once: a few ring, many are told of in one line to each colleague."""
    every = tools.company.ring_of(None) == "at_once"
    async with tools.store.read() as tx:
        hot = await imported_hot(tx, batch.id, every=every, most=RING_AT_MOST)
    if hot.total > RING_AT_MOST:
        await tools.store.write(lambda tx: _tell(tools.desk(tx), batch, hot), within=_WITHIN)
        return
    for lead_id in hot.first:
        await tools.store.write(
            lambda tx, lead_id=lead_id: _arrive(tools.desk(tx), lead_id),  # type: ignore[misc]
            lane_key=f"lead:{lead_id}", within=_WITHIN,
        )  # fmt: skip


async def _arrive(desk: Desk, lead_id: str) -> None:
    await arrive.arrive(desk, await leads.lock(desk.tx, lead_id), rings=True)


async def _tell(desk: Desk, batch: Batch, hot: HotLeads) -> None:
    for pool_id, count in sorted(hot.by_pool.items()):
        pool = pool_of(desk.company, pool_id or None)
        for one in await users.on_duty(desk.tx, now=desk.now, regions=regions_of(desk.company, pool)):
            text = say.hot_in_pool(count, pool.name)
            await outbox.post(desk, Notice(to=one.id, key=f"import:{batch.id}:{pool.id}:{one.id}", text=text))


async def undoing(desk: Desk, batch_id: str, *, told: str = "") -> Batch | str:
    """Mark a batch as being undone; or say why it cannot be. `told` hears of it when it is."""
    batch = await import_batches.find(desk.tx, batch_id)
    if batch is None:
        return say.unknown_batch(batch_id)
    if batch.state not in UNDOABLE:
        return say.cannot_undo(batch)
    if batch.state != import_batches.UNDOING:
        await import_batches.to_state(desk, batch, import_batches.UNDOING, note=told)
    return await import_batches.get(desk.tx, batch_id)
