"""What waits for a colleague's tap on «send» (待群发): shown, looked at again, or declined."""

from __future__ import annotations

from bot.cards.texts import outreach as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.outreach_commands import CheckGroupMessage, DeclineGroupMessage, ShowGroupMessages
from bot.handlers import Scope
from bot.store import audit, group_messages, subjects
from bot.store.group_messages import ASKED, Group
from bot.touch import asking, group_faces

router: Router[Scope] = Router()


@router.on(ShowGroupMessages)
async def on_show(command: ShowGroupMessages, scope: Scope) -> Reply:
    """The oldest that waits for him; how many there are besides is in its note."""
    del command
    desk = scope.desk
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    mine = [one for one in await group_messages.of_user(desk.tx, scope.actor.id) if one.state == ASKED]
    if not mine:
        return Reply(text=texts.NONE_WAITING)
    others = "、".join(group_faces.called(desk.company, one.content) for one in mine[1:])
    first = mine[0]
    card = await group_faces.face(desk, first)
    text = texts.AND_MORE.format(n=len(mine) - 1, names=others) if others else ""
    return Reply(card=card, topic=group_faces.topic_of(first), text=text, fresh=True)


@router.on(CheckGroupMessage)
async def on_check(command: CheckGroupMessage, scope: Scope) -> Reply:
    """He says that he has sent it: the platform is asked at once."""
    found = await _own(scope, command.group_id, "check")
    if isinstance(found, Reply):
        return found
    await group_messages.at_once(scope.desk.tx, found.id, scope.desk.now)
    return Reply(text=texts.LOOKING)


@router.on(DeclineGroupMessage)
async def on_decline(command: DeclineGroupMessage, scope: Scope) -> Reply:
    """He does not send it: it is taken back, and each of its customers goes another way."""
    found = await _own(scope, command.group_id, "decline")
    if isinstance(found, Reply):
        return found
    desk = scope.desk
    if await group_messages.decline(desk.tx, found.id, asking.DECLINE, desk.now):
        topic = group_faces.topic_of(found)
        await audit.note(desk, actor=scope.actor.id, action="group_message.declined", of=topic)
    return Reply(text=texts.DECLINING)


async def _own(scope: Scope, group_id: str, action: str) -> Group | Reply:
    """His own that still waits for him; else what to answer."""
    desk, actor = scope.desk, scope.actor
    found = await group_messages.find(desk.tx, group_id)
    if found is None or found.user_id != actor.id:
        of = f"group_message:{group_id}"
        await subjects.refused(desk, actor, action=f"group_message.{action}", of=of)
        return Reply(text=texts.NOT_YOURS)
    if found.state != ASKED:
        return Reply(text=texts.OVER.format(state=texts.ENDS.get(found.state, found.state)))
    return found
