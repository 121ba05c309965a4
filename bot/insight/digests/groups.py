"""Which groups somebody may put numbers before: those bound to a pool of what he leads."""

from __future__ import annotations

from bot.cards.texts import digests as texts
from bot.cards.texts.economy import PLATFORMS
from bot.chat.inbound import PRIVATE
from bot.crm.company.pools import Pool
from bot.insight.digests.question import may_tell_groups
from bot.insight.digests.view import View
from bot.store import chats
from bot.store.chats import BoundChat
from bot.store.desk import Desk


async def of_viewer(view: View) -> list[tuple[BoundChat, str]]:
    """Each with its name."""
    if not may_tell_groups(view):
        return []
    return [
        (chat, await name_of(view.desk, chat.to))
        for pool in view.desk.company.pools.pools
        if _leads(view, pool)
        for chat in await chats.of_pool(view.desk.tx, pool.id)
    ]


async def refused(view: View, to: str) -> str:
    """Why he may not put numbers there; empty if he may."""
    if not may_tell_groups(view):
        return texts.GROUP_ROLES
    platform, _, chat = to.partition(":")
    pool_id = await chats.pool_of(view.desk.tx, platform=platform, chat=chat)
    if chat == PRIVATE or pool_id is None:
        return texts.GROUP_UNKNOWN
    pool = view.desk.company.pools.get(pool_id)
    return "" if pool is not None and _leads(view, pool) else texts.GROUP_OTHERS


async def name_of(desk: Desk, to: str) -> str:
    """What people here call a group: by the pool whose leads ring in it; empty for no group."""
    if not to:
        return ""
    platform, _, chat = to.partition(":")
    pool_id = await chats.pool_of(desk.tx, platform=platform, chat=chat)
    pool = desk.company.pools.get(pool_id) if pool_id is not None else None
    if pool is None:
        return texts.GROUP_FREED
    bound = await chats.of_pool(desk.tx, pool.id)
    beside = [one.to for one in bound if one.platform == platform]
    if len(bound) == 1:
        return texts.GROUP_NAME.format(pool=pool.name)
    known = {"pool": pool.name, "platform": PLATFORMS.get(platform, platform)}
    if len(beside) == 1:
        return texts.GROUP_ON.format(**known)
    return texts.GROUP_NTH.format(**known, n=beside.index(to) + 1)


def _leads(view: View, pool: Pool) -> bool:
    """A group of several regions has readers whom a manager's numbers are not for."""
    return view.viewer.sees_all() or (bool(view.viewer.region) and pool.regions == (view.viewer.region,))
