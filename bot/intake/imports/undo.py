"""A whole batch is taken back, from its end to its beginning; what people worked on since stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.intake.imports import texts
from bot.intake.imports.columns import ImportKind
from bot.intake.imports.engine import Tools
from bot.intake.imports.outcome import Outcome
from bot.intake.imports.points import Judge
from bot.store import audit, import_batches, import_undo
from bot.store.desk import Desk
from bot.store.import_batches import KEPT, Batch
from bot.store.import_undo import Effect

_PIECE = 200
_WITHIN = 60.0
_TABLES = {
    ImportKind.LEADS: "leads",
    ImportKind.ACCOUNTS: "accounts",
    ImportKind.OPPORTUNITIES: "opportunities",
    ImportKind.ORDERS: "orders",
    ImportKind.COSTS: "costs",
    ImportKind.PAYMENTS: "payments",
}


@dataclass(slots=True)
class _Piece:
    """Rows that are undone in one unit."""

    rows: list[Any]
    #: Row number to why it stays.
    kept: dict[int, str] = field(default_factory=dict)


async def undo(tools: Tools, batch: Batch, *, told: Callable[[int], None] | None = None) -> Batch:
    """Undo a batch that is marked as being undone; the batch as it stands then."""
    async with tools.store.read() as tx:
        last = await import_undo.last_at(tx, batch.id)
    below, done = 2**31 - 1, 0
    judge = Judge(tools.company)
    while last is not None:
        found = await tools.store.write(
            lambda tx, below=below, last=last: _undo_piece(tools.desk(tx), batch, below, last, judge),  # type: ignore[misc]
            lane_key=f"import:{batch.id}", within=_WITHIN,
        )  # fmt: skip
        if found is None:
            break
        below, done = found, done + _PIECE
        if told is not None:
            told(done)
    return await tools.store.write(lambda tx: _end(tools.desk(tx), batch), within=_WITHIN)


async def _undo_piece(desk: Desk, batch: Batch, below: int, last: datetime, judge: Judge) -> int | None:
    """Undo the last rows below a number; the number of the first of them, None when there is none."""
    rows = await import_batches.rows_before(desk.tx, batch.id, below, most=_PIECE)
    if not rows:
        return None
    piece = _Piece([row for row in rows if row.outcome != KEPT])
    created = {row.entity_id: row.row for row in piece.rows if row.outcome == Outcome.CREATED}
    table = _TABLES.get(ImportKind(batch.kind), "")
    await _spare(desk, batch, piece, created, table=table, last=last)
    undone = [row.row for row in piece.rows if row.row not in piece.kept]
    effects = await import_undo.effects_of(desk.tx, desk.vault, batch.id, undone)
    opened = [one for one in effects if one.table == "accounts" and one.before is None]
    await _revert(desk, piece, [one for one in effects if one not in opened], judge)
    if table:
        gone = [one for one, row in created.items() if row not in piece.kept]
        await import_undo.delete_records(desk.tx, table, gone)
    await _close(desk, piece, opened, judge)
    await import_undo.keep(desk.tx, batch.id, piece.kept)
    await import_undo.forget(desk.tx, batch.id, [row for row in undone if row not in piece.kept])
    return int(rows[-1].row)


async def _spare(
    desk: Desk, batch: Batch, piece: _Piece, created: dict[str, int], *, table: str, last: datetime
) -> None:
    """Records that people worked on since are left to them."""
    ids = list(created)
    stay, why = set[str](), texts.KEPT_WORKED
    match table:
        case "leads":
            stay = await import_undo.worked_leads(desk.tx, ids, last=last, by=f"import:{batch.id}")
        case "opportunities":
            stay = await import_undo.worked_deals(desk.tx, ids, by=f"import:{batch.id}")
        case "accounts":
            stay, why = await import_undo.used_accounts(desk.tx, ids), texts.KEPT_USED
    piece.kept |= {created[one]: why for one in stay}


async def _revert(desk: Desk, piece: _Piece, effects: list[Effect], judge: Judge) -> None:
    for effect in effects:
        if not await import_undo.revert(desk.tx, effect, tier_of=lambda score: judge.standing(score).tier):
            piece.kept[effect.row] = texts.KEPT_CHANGED


async def _close(desk: Desk, piece: _Piece, opened: list[Effect], judge: Judge) -> None:
    """Accounts that were opened on the way, unless others have come to them since."""
    for effect in opened:
        if await import_undo.used_accounts(desk.tx, [effect.key["id"]]):
            piece.kept[effect.row] = texts.KEPT_USED
        else:
            await _revert(desk, piece, [effect], judge)


async def _end(desk: Desk, batch: Batch) -> Batch:
    left = await import_undo.remaining(desk.tx, batch.id)
    await import_batches.set_kept(desk.tx, batch.id, left)
    now = await import_batches.get(desk.tx, batch.id)
    state = import_batches.PARTLY_UNDONE if left else import_batches.UNDONE
    await import_batches.to_state(desk, now, state)
    await import_batches.drop_file(desk.tx, batch.id, import_batches.FILE, import_batches.REPORT)
    await audit.note(desk, actor=batch.by, action="import.undone", of=f"import:{batch.id}", kept=left)
    return await import_batches.get(desk.tx, batch.id)
