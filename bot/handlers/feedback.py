"""Feedback (反馈): keep it and tell the admins."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.texts import work
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.commands import GiveFeedback
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.store import dialogues, feedback, outbox, users

router: Router[Scope] = Router()
_LASTS = timedelta(minutes=30)


@router.on(GiveFeedback)
async def on_feedback(command: GiveFeedback, scope: Scope) -> Reply:
    """Ask for it if nothing was said."""
    desk, actor = scope.desk, scope.actor
    text = command.text.strip()
    if not text:
        await dialogues.open(desk, actor.id, "feedback", {}, for_=_LASTS)
        return Reply(text=work.FEEDBACK_PROMPT)
    feedback_id = await feedback.keep(desk, actor.id, text)
    await dialogues.close(desk.tx, actor.id)
    notice = work.FEEDBACK_NOTICE.format(name=actor.name, text=text)
    for admin in await _admins(scope):
        key = f"feedback:{feedback_id}:{admin.id}"
        await outbox.post(desk, Notice(to=admin.id, key=key, text=notice))
    return Reply(text=work.FEEDBACK_THANKS)


async def _admins(scope: Scope) -> list[User]:
    """The admins; who leads the company if there are none."""
    desk = scope.desk
    also = set(desk.company.org.also_admins)
    found = [one for one in await users.active(desk.tx) if one.role is Role.ADMIN or one.id in also]
    return found or await users.executives(desk.tx)
