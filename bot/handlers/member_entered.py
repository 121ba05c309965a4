"""A colleague opened our app, or was given it."""

from __future__ import annotations

from bot.cards.texts import assignment as texts
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.signals import MemberHasEntered
from bot.handlers import Scope
from bot.store import incidents, outbox, users

router: Router[Scope] = Router()


@router.on(MemberHasEntered)
async def on_member_entered(command: MemberHasEntered, scope: Scope) -> Reply:
    """Remember where he reads us; greet him once, when he is given the app."""
    desk = scope.desk
    user = await users.by_login(desk.tx, command.platform, command.account)
    if user is None:
        await incidents.count(desk.tx, "member.unknown", "entered", desk.now)
        return Reply()
    await users.seen_on(desk.tx, user.id, command.platform)
    if command.subscribed:
        await outbox.post(desk, Notice(to=user.id, key=f"welcome:{command.platform}", text=texts.WELCOME))
    return Reply()
