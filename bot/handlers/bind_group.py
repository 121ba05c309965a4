"""Bind a group to a pool (绑定本群 华东), and free it (解绑本群)."""

from __future__ import annotations

from bot.cards.texts import group as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import BindGroup, FreeGroup
from bot.crm.company import Company
from bot.crm.company.pools import Pool
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.store import audit, chats

router: Router[Scope] = Router()


@router.on(BindGroup)
async def on_bind_group(command: BindGroup, scope: Scope) -> Reply:
    """Ring this pool's leads here from now on."""
    desk, actor = scope.desk, scope.actor
    if scope.is_private:
        return Reply(text=texts.IN_A_GROUP)
    pool = _meant(desk.company, command.pool, actor)
    if pool is None:
        return Reply(text=texts.which([one.name for one in desk.company.pools.pools]))
    if not _may(desk.company, pool, actor):
        return await _refused(scope, pool, "group.bind")
    if await chats.pool_of(desk.tx, platform=scope.platform, chat=scope.chat) == pool.id:
        return Reply(text=texts.ALREADY.format(pool=pool.name))
    await chats.bind(desk, platform=scope.platform, chat=scope.chat, pool_id=pool.id, by=actor.id)
    await audit.note(desk, actor=actor.id, action="group.bound", of=f"pool:{pool.id}", chat=scope.chat)
    return Reply(text=texts.BOUND.format(pool=pool.name))


@router.on(FreeGroup)
async def on_free_group(_command: FreeGroup, scope: Scope) -> Reply:
    """Ring here no more."""
    desk, actor = scope.desk, scope.actor
    if scope.is_private:
        return Reply(text=texts.IN_A_GROUP)
    pool_id = await chats.pool_of(desk.tx, platform=scope.platform, chat=scope.chat)
    if pool_id is None:
        return Reply(text=texts.NOT_BOUND)
    pool = desk.company.pools.get(pool_id)
    if pool is not None and not _may(desk.company, pool, actor):
        return await _refused(scope, pool, "group.free")
    await chats.free(desk, platform=scope.platform, chat=scope.chat)
    await audit.note(desk, actor=actor.id, action="group.freed", of=f"pool:{pool_id}", chat=scope.chat)
    return Reply(text=texts.FREED)


async def _refused(scope: Scope, pool: Pool, wanted: str) -> Reply:
    await audit.note(
        scope.desk, actor=scope.actor.id, action="access.refused", of=f"pool:{pool.id}", wanted=wanted
    )
    return Reply(text=texts.NOT_YOURS.format(pool=pool.name))


def _meant(company: Company, said: str, actor: User) -> Pool | None:
    """The pool of this name, or of the region of this name; unsaid, the actor's own."""
    if not said:
        return company.pools.of_region(actor.region) if actor.region else None
    region = company.org.region(said)
    if region is not None:
        return company.pools.of_region(region.name)
    return next((one for one in company.pools.pools if said in {one.name, one.id}), None)


def _may(company: Company, pool: Pool, actor: User) -> bool:
    """Whoever leads where its leads belong, and those who keep the configuration."""
    if actor.sees_all() or actor.role is Role.ADMIN or actor.id in company.org.also_admins:
        return True
    return bool(pool.regions) and all(actor.leads_region(one) for one in pool.regions)
