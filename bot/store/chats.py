"""Groups that people bound to a pool: its leads ring there too."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, text

from bot.store.desk import Desk
from bot.store.tables.machinery import chats
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

_BIND = text(
    "INSERT INTO chats (platform, chat, pool_id, bound_by, bound_at)"
    " VALUES (:platform, :chat, :pool, :by, :at)"
    " ON CONFLICT (platform, chat) DO UPDATE SET pool_id = excluded.pool_id,"
    " bound_by = excluded.bound_by, bound_at = excluded.bound_at"
).bindparams(bindparam("at", type_=UTCDateTime))
_FREE = delete(chats).where(
    chats.c.platform == bindparam("on_platform"), chats.c.chat == bindparam("of_chat")
)
_POOL = select(chats.c.pool_id).where(
    chats.c.platform == bindparam("on_platform"), chats.c.chat == bindparam("of_chat")
)
_OF_POOL = (
    select(chats).where(chats.c.pool_id == bindparam("of_pool")).order_by(chats.c.platform, chats.c.chat)
)


@dataclass(frozen=True, slots=True)
class BoundChat:
    """A group and the platform it is on."""

    platform: str
    chat: str

    @property
    def to(self) -> str:
        """As a notice names it."""
        return f"{self.platform}:{self.chat}"


async def bind(desk: Desk, *, platform: str, chat: str, pool_id: str, by: str) -> None:
    """Ring this pool's leads in this group from now on; a group rings for one pool."""
    await desk.tx.run(_BIND, platform=platform, chat=chat, pool=pool_id, by=by, at=desk.now)


async def free(desk: Desk, *, platform: str, chat: str) -> bool:
    """Ring there no more; False if it was not bound."""
    return await desk.tx.run(_FREE, on_platform=platform, of_chat=chat) == 1


async def pool_of(tx: Tx, *, platform: str, chat: str) -> str | None:
    """Which pool's leads ring there; None if it is not bound."""
    row = await tx.first(_POOL, on_platform=platform, of_chat=chat)
    return None if row is None else str(row.pool_id)


async def of_pool(tx: Tx, pool_id: str) -> list[BoundChat]:
    """Where this pool's leads ring."""
    return [BoundChat(row.platform, row.chat) for row in await tx.all(_OF_POOL, of_pool=pool_id)]
