"""Followers of official accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.store.tables.capture import followers
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody who follows, or did."""

    account: str
    open_id: str
    union_id: str
    lead_id: str | None
    scene: str
    followed_at: datetime | None
    left_at: datetime | None


_KEY = (followers.c.account == bindparam("of_account"), followers.c.open_id == bindparam("of_id"))
_FIND = select(followers).where(*_KEY)
_AGAIN = (
    update(followers)
    .where(*_KEY)
    .values(
        seen_at=bindparam("now_at"),
        followed_at=func.coalesce(bindparam("since"), followers.c.followed_at),
        left_at=None,
        union_id=func.coalesce(bindparam("union_known"), followers.c.union_id),
    )
)
_LEFT = (
    update(followers)
    .where(*_KEY, followers.c.left_at.is_(None))
    .values(left_at=bindparam("now_at"), seen_at=bindparam("now_at"))
)
_TOLD = update(followers).where(*_KEY).values(union_id=bindparam("union_known"))
_BIND = update(followers).where(*_KEY).values(lead_id=bindparam("to_lead"))
_JOIN = (
    update(followers)
    .where(followers.c.union_id == bindparam("of_union"), followers.c.lead_id.is_(None))
    .values(lead_id=bindparam("to_lead"))
    .returning(followers.c.account, followers.c.open_id)
)


async def find(tx: Tx, account: str, open_id: str) -> Follower | None:
    """What we know of him."""
    row = await tx.first(_FIND, of_account=account, of_id=open_id)
    return None if row is None else _follower(row)


async def keep(
    tx: Tx, *, account: str, open_id: str, union_id: str, scene: str, followed_now: bool, at: datetime
) -> Follower:
    """He came, or came again; the code of his first coming stays."""
    row = {
        "account": account, "open_id": open_id, "union_id": union_id or None, "scene": scene,
        "followed_at": at, "seen_at": at,
    }  # fmt: skip
    if not await tx.insert_new(followers, row):
        since = at if followed_now else None
        await tx.run(
            _AGAIN, of_account=account, of_id=open_id, now_at=at, since=since, union_known=union_id or None
        )
    found = await find(tx, account, open_id)
    if found is None:
        raise KeyError(open_id)
    return found


async def leave(tx: Tx, account: str, open_id: str, *, at: datetime) -> bool:
    """He follows no more; False if he never did, or left before."""
    return await tx.run(_LEFT, of_account=account, of_id=open_id, now_at=at) == 1


async def bind(tx: Tx, account: str, open_id: str, lead_id: str) -> None:
    """We know who he is."""
    await tx.run(_BIND, of_account=account, of_id=open_id, to_lead=lead_id)


async def told(tx: Tx, account: str, open_id: str, union_id: str) -> None:
    """The platform told by which id across apps it knows him."""
    await tx.run(_TOLD, of_account=account, of_id=open_id, union_known=union_id)


async def join(tx: Tx, union_id: str, lead_id: str) -> list[tuple[str, str]]:
    """A lead turned out to have this id across apps: accounts and ids under which he follows."""
    rows = await tx.all(_JOIN, of_union=union_id, to_lead=lead_id)
    return [(row.account, row.open_id) for row in rows]


def _follower(row: Any) -> Follower:  # noqa: ANN401 - a row
    return Follower(
        row.account, row.open_id, row.union_id or "", row.lead_id, row.scene, row.followed_at, row.left_at
    )
