"""Retry (重试 金数据): the map was mended, so what could not be taken is tried again."""

from __future__ import annotations

from bot.cards.texts import doors as texts
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.capture_commands import RetryArrivals
from bot.crm.capture_signals import RetryMore
from bot.crm.user import Role
from bot.handlers import Scope
from bot.intake import retry
from bot.intake.doors.take import title_of
from bot.store import audit, outbox

router: Router[Scope] = Router()


@router.on(RetryArrivals)
async def on_retry(command: RetryArrivals, scope: Scope) -> Reply:
    """Begin; what comes of it is told at the end."""
    desk, actor = scope.desk, scope.actor
    runs = actor.role is Role.ADMIN or actor.sees_all() or actor.id in desk.company.org.also_admins
    if not runs and actor.role is not Role.MARKETER:
        await audit.note(desk, actor=actor.id, action="doors.refused", of="doors")
        return Reply(text=texts.NOT_YOURS)
    if not command.door:
        return Reply(text=texts.RETRY_WHAT)
    door = retry.named(desk, command.door)
    if door is None:
        known = "、".join(one.connector.title for one in desk.company.doors.entrances.values())
        return Reply(text=texts.RETRY_UNKNOWN.format(said=command.door, known=known))
    title = title_of(desk, door)
    waiting = await retry.begin(desk, door, user_id=actor.id)
    if not waiting:
        return Reply(text=texts.RETRY_NOTHING.format(title=title))
    await audit.note(desk, actor=actor.id, action="doors.retried", of=f"door:{door}")
    return Reply(text=texts.RETRY_BEGUN.format(title=title, n=waiting))


@router.on(RetryMore)
async def on_retry_more(signal: RetryMore, scope: Scope) -> Reply:
    """Go on, and tell who asked at the end."""
    desk = scope.desk
    done = await retry.step(desk, signal)
    if done is not None:
        text = texts.retried(title_of(desk, done.door), taken=int(done.taken), tried=int(done.tried))
        key = f"retried:{done.door}:{done.until}:{done.user_id}"
        await outbox.post(desk, Notice(to=done.user_id, key=key, text=text, answers=True))
    return Reply()
