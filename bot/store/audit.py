"""Who looked at what is private, and who changed what matters: rows that are only ever added.

A row is linked to the chain in the unit that writes it, if nobody else holds the chain's end
just then; otherwise it waits, provably ours, and is linked a little later. So no writer ever
waits for another one, and nothing can deadlock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Text, bindparam, func, select, type_coerce, update

from bot.kit.vault import Vault
from bot.store.audit_chain import START, Chain, Head, same, spelled
from bot.store.desk import Desk
from bot.store.tables.machinery import audit, audit_head
from bot.store.tx import Tx

_ONLY = 1
_HEAD = select(audit_head).where(audit_head.c.id == _ONLY)
_TAKE_HEAD = _HEAD.with_for_update(skip_locked=True)
_MOVE_HEAD = (
    update(audit_head)
    .where(audit_head.c.id == _ONLY)
    .values(n=bindparam("now_n"), link=bindparam("now_link"), seal=bindparam("now_seal"))
)
_LAST = select(func.max(audit.c.n).label("n"))
_PLACE = (
    update(audit)
    .where(audit.c.id == bindparam("of"), audit.c.n.is_(None))
    .values(n=bindparam("place"), link=bindparam("now_link"))
)
#: A row's place, its link, and its contents as they are kept: a spelling that is not ours is a change, too.
RAW = (
    audit.c.n,
    audit.c.link,
    audit.c.id,
    type_coerce(audit.c.at, Text).label("at"),
    audit.c.actor,
    audit.c.action,
    audit.c.object,
    type_coerce(audit.c.detail, Text).label("detail"),
)
_WAITING = select(*RAW).where(audit.c.n.is_(None)).order_by(audit.c.id).limit(bindparam("most"))


@dataclass(frozen=True, slots=True)
class Linked:
    """What one round of linking did."""

    linked: int = 0
    #: Rows that wait and that we never wrote.
    forged: int = 0


async def note(desk: Desk, *, actor: str, action: str, of: str, **detail: str | int) -> None:
    """Add a row: `action` in the past (`contact.revealed`), `of` as `lead:L7`; never the private thing."""
    row = {"id": desk.new_id(), "at": desk.now, "actor": actor, "action": action, "object": of}
    await add(desk.tx, desk.vault, {**row, "detail": detail})


async def add(tx: Tx, vault: Vault, row: Mapping[str, Any]) -> None:
    """Add a row of these columns, linked if the end of the chain is free."""
    chain = Chain(vault)
    kept = orjson.dumps(row["detail"], option=orjson.OPT_SORT_KEYS).decode()
    spelling = spelled(row["id"], row["at"], row["actor"], row["action"], row["object"], kept)
    head = await _take_head(tx, chain)
    if head is not None:
        after = Head(head.n + 1, chain.link(head.link, head.n + 1, spelling))
        if await tx.insert_new(audit, {**row, "n": after.n, "link": after.link}):
            await _move_head(tx, chain, after)
            return
    await tx.insert(audit, {**row, "n": None, "link": chain.waiting(spelling)})


async def link_waiting(tx: Tx, vault: Vault, *, most: int = 500) -> Linked:
    """Give rows that wait their place, and the chain its beginning if it has none yet."""
    chain = Chain(vault)
    head = await _take_head(tx, chain)
    if head is None:
        return Linked()
    start, forged = head.n, 0
    for _, link, row_id, *rest in await tx.all(_WAITING, most=most):
        spelling = spelled(row_id, *rest)
        if not same(chain.waiting(spelling), link):
            forged += 1
            continue
        after = Head(head.n + 1, chain.link(head.link, head.n + 1, spelling))
        await tx.run(_PLACE, of=row_id, place=after.n, now_link=after.link)
        head = after
    if head.n > start:
        await _move_head(tx, chain, head)
    return Linked(head.n - start, forged)


async def needs_linking(tx: Tx) -> bool:
    """Say whether a row waits for its place, or the chain for its beginning."""
    return await tx.first(_HEAD) is None or bool(await tx.all(_WAITING, most=1))


async def _take_head(tx: Tx, chain: Chain) -> Head | None:
    """Hold the end of the chain until the commit; None if another writer does, or if it is not ours.

    Nothing is added to an end that somebody forged: that would make it genuine.
    """
    row = await tx.first(_TAKE_HEAD)
    if row is not None:
        head = Head(row.n, row.link)
        return head if chain.sealed(head, row.seal) else None
    if (await tx.all(_LAST))[0].n is not None:
        return None
    head = Head(0, START)
    values = {"id": _ONLY, "n": head.n, "link": head.link, "seal": chain.seal(head)}
    return head if await tx.insert_new(audit_head, values) else None


async def _move_head(tx: Tx, chain: Chain, head: Head) -> None:
    await tx.run(_MOVE_HEAD, now_n=head.n, now_link=head.link, now_seal=chain.seal(head))
