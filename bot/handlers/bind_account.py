"""Bind (绑定): one person on two chat apps says so himself, by a code from one in the other."""

from __future__ import annotations

from datetime import timedelta

from bot.assignment.unite import can_be_one, unite
from bot.cards.texts import binding as texts
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.commands import AskBindingCode, BindAccount
from bot.crm.user import User
from bot.handlers import Scope
from bot.store import audit, bindings, outbox, quotas, users
from bot.store.bindings import Code

router: Router[Scope] = Router()
#: Codes and tries that one person has in an hour.
_CODES, _TRIES, _SPAN = 5, 5, timedelta(hours=1)


@router.on(AskBindingCode)
async def on_ask_binding_code(_command: AskBindingCode, scope: Scope) -> Reply:
    """Give a code, here alone and for minutes only."""
    desk, actor = scope.desk, scope.actor
    if not scope.is_private:
        return Reply(text=texts.ALONE)
    own = await bindings.platforms_of(desk.tx, actor.id)
    if len(own) > 1:
        return Reply(text=texts.already(own))
    if await bindings.platforms_in_use(desk.tx) < 2:  # noqa: PLR2004 - one here, one there
        return Reply(text=texts.ONE_PLATFORM)
    if await _too_often(scope, "code", _CODES):
        return Reply(text=texts.TOO_OFTEN)
    code = await bindings.issue(desk, actor, scope.platform)
    await audit.note(desk, actor=actor.id, action="binding.code_issued", of=f"user:{actor.id}")
    minutes = round(bindings.LIFE.total_seconds() / 60)
    return Reply(text=texts.CODE.format(code=code, minutes=minutes))


@router.on(BindAccount)
async def on_bind_account(command: BindAccount, scope: Scope) -> Reply:
    """Make one person of whoever asked for the code and whoever says it."""
    desk = scope.desk
    if not scope.is_private:
        return Reply(text=texts.ALONE)
    if await _too_often(scope, "try", _TRIES):
        await _refused(scope, "too_often")
        return Reply(text=texts.TOO_OFTEN)
    code = await bindings.find(desk, command.code)
    other = None if code is None else await users.find(desk.tx, code.user_id)
    if code is None or other is None or not other.active:
        await _refused(scope, "wrong_code")
        return Reply(text=texts.WRONG)
    why = await _obstacle(scope, code, other)
    if why is not None:
        return Reply(text=why)
    if not await bindings.use(desk, command.code):
        await _refused(scope, "wrong_code")
        return Reply(text=texts.WRONG)
    return await _bind(scope, other)


async def _obstacle(scope: Scope, code: Code, other: User) -> str | None:
    """Why these two cannot be one; None if they can."""
    desk, actor = scope.desk, scope.actor
    if other.id == actor.id:
        own = await bindings.platforms_of(desk.tx, actor.id)
        return texts.already(own) if len(own) > 1 else texts.OTHER_CHAT
    if code.platform == scope.platform:
        await _refused(scope, "same_platform")
        return texts.OTHER_CHAT
    if not await can_be_one(desk, actor, other):
        # Somebody who is whole already would lose a login to whoever has one code of his.
        await _refused(scope, "bound_elsewhere")
        return texts.BOUND_ELSEWHERE
    if _plain(actor.name) != _plain(other.name):
        # A code got by a trick must not give a stranger's rights to whoever sent it.
        await _refused(scope, "other_name")
        return texts.OTHER_NAME
    return None


async def _bind(scope: Scope, other: User) -> Reply:
    desk, actor = scope.desk, scope.actor
    stays = await bindings.elder(desk.tx, other.id, actor.id)
    gone, into = (actor, other) if stays == other.id else (other, actor)
    # Told where the code was asked for, before it is his other login: nobody binds him unseen.
    told = Notice(to=other.id, key=f"bound:{gone.id}:{desk.now.isoformat()}", text=texts.TOLD, answers=True)
    await outbox.post(desk, told)
    await audit.note(desk, actor=actor.id, action="member.bound", of=f"user:{into.id}", gone=gone.id)
    await unite(desk, gone, into, by=actor.id, reason="binding_code")
    return Reply(text=texts.DONE)


async def _too_often(scope: Scope, what: str, most: int) -> bool:
    key = f"binding_{what}:{scope.platform}:{scope.actor.id}"
    return await quotas.spend(scope.desk.tx, key, [(most, _SPAN)], now=scope.desk.now) is not None


async def _refused(scope: Scope, reason: str) -> None:
    actor = scope.actor.id
    await audit.note(scope.desk, actor=actor, action="binding.refused", of=f"user:{actor}", reason=reason)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
