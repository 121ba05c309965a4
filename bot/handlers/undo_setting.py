"""Take a change of the configuration back, after a confirming tap."""

from __future__ import annotations

from bot.cards import setting_change
from bot.cards.texts import settings as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm import knobs
from bot.crm.knobs import Change
from bot.crm.setting_commands import UndoSetting
from bot.handlers import Scope
from bot.store import audit, setting_changes
from bot.store.setting_changes import Kept

router: Router[Scope] = Router()
_RECENT, _ALL = 20, 1000


@router.on(UndoSetting)
async def on_undo(command: UndoSetting, scope: Scope) -> Reply:
    """Take back the last change, or the one of this number."""
    desk = scope.desk
    if not knobs.may_change(scope.actor, desk.company):
        await audit.note(
            desk, actor=scope.actor.id, action="setting.refused", of="setting:undo", reason="not_yours"
        )
        return Reply(text=texts.NOT_YOURS)
    kept = await _meant(command, scope)
    if isinstance(kept, str):
        return Reply(text=kept)
    was = kept.change
    change = Change(was.name, was.file, was.place, was.after, was.before, was.told_after, was.told_before)
    newer = [one for one in await setting_changes.last(desk.tx, most=_ALL) if one.id > kept.id]
    again = next((n for n in newer if n.state == "applied" and n.change.place == was.place), None)
    if again is not None:
        return Reply(text=texts.CHANGED_SINCE.format(name=was.name, value=again.change.told_after))
    if knobs.locks_out(scope.actor, change, desk.company):
        return Reply(text=texts.LOCKED_OUT)
    if not command.sure:
        return Reply(card=setting_change.card(change, UndoSetting(str(kept.id), "yes"), undoes=kept.id))
    await setting_changes.ask(desk, change, by=scope.actor.id, undoes=kept.id)
    return Reply(card=setting_change.asked(change, undoes=kept.id))


async def _meant(command: UndoSetting, scope: Scope) -> Kept | str:
    tx = scope.desk.tx
    if command.number:
        kept = await setting_changes.find(tx, int(command.number))
        if kept is None:
            return texts.UNKNOWN_CHANGE.format(number=command.number)
    else:
        done = [one for one in await setting_changes.last(tx, most=_RECENT) if one.state == "applied"]
        if not done:
            return texts.NOTHING_TO_UNDO
        kept = done[0]
    if kept.state != "applied":
        return texts.WAS_NOT_APPLIED.format(number=kept.id)
    if await setting_changes.is_undone(tx, kept.id):
        return texts.ALREADY_UNDONE.format(number=kept.id)
    return kept
