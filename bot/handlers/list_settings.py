"""What an admin can change by a message, how it stands, and the last changes."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import setting_change
from bot.cards.texts import settings as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm import knobs
from bot.crm.setting_commands import LeaveSetting, ListSettings
from bot.handlers import Scope
from bot.store import setting_changes, users
from bot.store.setting_changes import Kept

router: Router[Scope] = Router()
_SHOWN = 5


@router.on(ListSettings, reads=True)
async def on_list(_command: ListSettings, scope: Scope) -> Reply:
    """What can be changed and how it stands, and the last changes."""
    desk = scope.desk
    if not knobs.may_change(scope.actor, desk.company):
        return Reply(text=texts.NOT_YOURS)
    stands = [texts.LINE.format(name=one.name, value=knobs.stands(desk.company, one)) for one in knobs.KNOBS]
    lines = [texts.LIST_HEAD, *stands, "", texts.LIST_MORE]
    if found := await setting_changes.last(desk.tx, most=_SHOWN):
        names = {one.id: one.name for one in await users.everybody(desk.tx)}
        lines += ["", texts.LIST_LAST, *(_line(one, names, scope) for one in found)]
    return Reply(text="\n".join(lines))


@router.on(LeaveSetting, reads=True)
async def on_leave(_command: LeaveSetting, _scope: Scope) -> Reply:
    """Nothing happens."""
    return Reply(card=setting_change.left())


def _line(one: Kept, names: Mapping[str, str], scope: Scope) -> str:
    return texts.CHANGE_LINE.format(
        number=one.id, at=one.at.astimezone(scope.desk.company.org.zone), by=names.get(one.by, one.by),
        name=one.change.name, before=one.change.told_before, after=one.change.told_after,
        state=texts.STATES[one.state],
    )  # fmt: skip
