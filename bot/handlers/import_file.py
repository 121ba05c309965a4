"""Files of records that people send (导入): tried first, taken in by a tap, and taken back by another."""

from __future__ import annotations

import orjson

from bot.cards import import_done, import_offer
from bot.cards.texts import imports as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.import_commands import CancelImport, ConfirmImport, ImportFile, ListImports, UndoImport
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.intake.imports import job, say
from bot.intake.imports.columns import KIND_LABELS, ImportKind
from bot.store import audit, import_batches
from bot.store.import_batches import CANCELLED, CHECKED, CONFIRMED, FETCHING, Batch

router: Router[Scope] = Router()
#: Who may bring files in: those who answer for more than their own leads.
MAY = frozenset({Role.ADMIN, Role.MARKETER, Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
_LISTED = 8


@router.on(ImportFile)
async def on_file(command: ImportFile, scope: Scope) -> Reply:
    """Have it fetched and tried."""
    if not _may(scope.actor):
        return await _refused(scope, "import.offer", "file")
    if not scope.is_private:
        return Reply(text=texts.IN_PRIVATE)
    if not command.media_id:
        return Reply(text=texts.NO_FILE)
    name = command.name or texts.ANY_FILE
    media = orjson.dumps({"media_id": command.media_id, "key": command.key})
    await import_batches.open_batch(
        scope.desk, file_name=name, by=scope.actor.id, state=FETCHING, platform=scope.platform, media=media
    )
    return Reply(text=texts.LOOKING.format(name=name))


@router.on(ConfirmImport)
async def on_confirm(command: ConfirmImport, scope: Scope) -> Reply:
    """Take it in, or try it as something else."""
    batch = await _his(scope, command.batch_id, "import.confirm")
    if batch is None:
        return Reply(text=texts.NOT_FOR_YOU)
    wanted = scope.chosen(import_offer.KIND) or batch.kind
    if wanted not in list(ImportKind) or batch.state != CHECKED:
        return Reply(text=texts.OVER)
    if wanted != batch.kind:
        await import_batches.means(scope.desk.tx, batch.id, digest="", kind=wanted, mapping={})
        await import_batches.to_state(scope.desk, batch, FETCHING)
        said = texts.AGAIN.format(kind=KIND_LABELS[ImportKind(wanted)])
        return Reply(card=import_offer.over(batch.file_name, said))
    await import_batches.to_state(scope.desk, batch, CONFIRMED)
    await audit.note(scope.desk, actor=scope.actor.id, action="import.confirmed", of=f"import:{batch.id}")
    return Reply(card=import_offer.over(batch.file_name, texts.STARTED.format(batch=batch.id)))


@router.on(CancelImport)
async def on_cancel(command: CancelImport, scope: Scope) -> Reply:
    """Let it be, and let go of the file."""
    batch = await _his(scope, command.batch_id, "import.cancel")
    if batch is None:
        return Reply(text=texts.NOT_FOR_YOU)
    if batch.state != CHECKED:
        return Reply(text=texts.OVER)
    await import_batches.to_state(scope.desk, batch, CANCELLED)
    await import_batches.drop_file(scope.desk.tx, batch.id, import_batches.FILE, import_batches.REPORT)
    return Reply(card=import_offer.over(batch.file_name, texts.CANCELLED))


@router.on(UndoImport)
async def on_undo(command: UndoImport, scope: Scope) -> Reply:
    """Ask once more, then have it taken back."""
    batch = await _his(scope, command.batch_id, "import.undo")
    if batch is None:
        return Reply(text=texts.NOT_FOR_YOU if not _may(scope.actor) else say.unknown_batch(command.batch_id))
    if command.sure != "yes" and batch.state in job.UNDOABLE:
        counts = say.counted(batch.counts)
        text = texts.SURE.format(batch=batch.id, name=batch.file_name, counts=counts)
        return Reply(card=import_done.sure(batch.id, text), fresh=True)
    found = await job.undoing(scope.desk, batch.id, told=scope.actor.id)
    if isinstance(found, str):
        return Reply(text=found)
    await audit.note(scope.desk, actor=scope.actor.id, action="import.undo_asked", of=f"import:{batch.id}")
    return Reply(text=texts.UNDOING.format(batch=batch.id))


@router.on(ListImports)
async def on_list(_command: ListImports, scope: Scope) -> Reply:
    """The last files."""
    if not _may(scope.actor):
        return await _refused(scope, "import.list", "list")
    if not scope.is_private:
        return Reply(text=texts.IN_PRIVATE)
    found = await import_batches.latest(scope.desk.tx, most=_LISTED)
    lines = [_line(one) for one in found]
    return Reply(text="\n".join(lines) if lines else texts.NONE_YET)


def _line(batch: Batch) -> str:
    counts = f"，{say.counted(batch.counts)}" if batch.counts.rows else ""
    return f"{batch.id} {texts.STATES[batch.state]} {batch.file_name}{counts}"


def _may(actor: User) -> bool:
    return actor.active and actor.role in MAY


async def _his(scope: Scope, batch_id: str, action: str) -> Batch | None:
    """A batch that he may do something with: his own, or anybody's for who sees everything."""
    batch = await import_batches.find(scope.desk.tx, batch_id)
    actor = scope.actor
    is_his = batch is not None and (batch.by == actor.id or actor.sees_all() or actor.role is Role.ADMIN)
    if not (_may(actor) and is_his):
        await _refused(scope, action, batch_id if batch is not None else "?")
        return None
    return batch


async def _refused(scope: Scope, action: str, of: str) -> Reply:
    await audit.note(
        scope.desk, actor=scope.actor.id, action="access.refused", of=f"import:{of}", wanted=action
    )
    return Reply(text=texts.NOT_FOR_YOU)
