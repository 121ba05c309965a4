"""How far each account of 微信客服 was read; what is told meanwhile is one more look, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update

from bot.store.desk import Desk
from bot.store.tables.outreach import service_accounts
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account."""

    name: str
    cursor: str
    #: What had been told when it was read from here.
    told: int
    token: str = field(default="", repr=False)


_THIS = (
    service_accounts.c.platform == bindparam("on_platform"),
    service_accounts.c.account == bindparam("of"),
)
_TOLD = (
    update(service_accounts)
    .where(*_THIS)
    .values(told=service_accounts.c.told + 1, token=bindparam("by_token"), told_at=bindparam("at"))
)
_DUE = (
    select(service_accounts)
    .where(
        service_accounts.c.platform == bindparam("on_platform"),
        or_(
            service_accounts.c.told > service_accounts.c.taken,
            service_accounts.c.looked_at.is_(None),
            service_accounts.c.looked_at < bindparam("before"),
        ),
    )
    .order_by(service_accounts.c.told_at, service_accounts.c.account)
)
_ANY = (
    select(service_accounts.c.account).where(service_accounts.c.platform == bindparam("on_platform")).limit(1)
)
_MOVE = (
    update(service_accounts)
    .where(*_THIS, service_accounts.c.cursor == bindparam("from_cursor"))
    .values(cursor=bindparam("to_cursor"))
)
_TAKEN = (
    update(service_accounts)
    .where(*_THIS, service_accounts.c.taken < bindparam("so_far"))
    .values(taken=bindparam("so_far"))
)
_LOOKED = update(service_accounts).where(*_THIS).values(looked_at=bindparam("at"), trouble=bindparam("why"))


async def told(desk: Desk, platform: str, account: str, *, token: str) -> None:
    """There is something to be pulled; the token lets it be pulled without a limit for ten minutes."""
    await known(desk, platform, account)
    sealed = desk.vault.seal(token.encode(), _place(platform, account)) if token else None
    await desk.tx.run(_TOLD, on_platform=platform, of=account, by_token=sealed, at=desk.now)


async def known(desk: Desk, platform: str, account: str) -> None:
    """There is such an account."""
    row = {
        "platform": platform, "account": account, "cursor": "", "token": None, "told": 0, "taken": 0,
        "told_at": None, "looked_at": None, "trouble": "",
    }  # fmt: skip
    await desk.tx.insert_new(service_accounts, row)


async def is_known(tx: Tx, platform: str) -> bool:
    """Whether there is any."""
    return await tx.first(_ANY, on_platform=platform) is not None


async def due(desk: Desk, platform: str, *, before: datetime) -> Sequence[Account]:
    """Those of whom something was told, and those that were not looked at since `before`."""
    rows = await desk.tx.all(_DUE, on_platform=platform, before=before)
    return [
        Account(
            name=row.account, cursor=row.cursor, told=row.told,
            token=desk.vault.open(row.token, _place(platform, row.account)).decode()
            if row.token and row.told > row.taken
            else "",
        )
        for row in rows
    ]  # fmt: skip


async def move(tx: Tx, platform: str, account: str, *, from_cursor: str, to_cursor: str) -> bool:
    """Move on, in the unit that takes the messages; False if somebody else did."""
    moved = await tx.run(
        _MOVE, on_platform=platform, of=account, from_cursor=from_cursor, to_cursor=to_cursor
    )
    return moved == 1


async def taken(tx: Tx, platform: str, account: str, *, so_far: int) -> None:
    """All that was told until then has been pulled."""
    await tx.run(_TAKEN, on_platform=platform, of=account, so_far=so_far)


async def looked(tx: Tx, platform: str, account: str, *, at: datetime, trouble: str = "") -> None:
    """It was looked at; `trouble` is what was wrong."""
    await tx.run(_LOOKED, on_platform=platform, of=account, at=at, why=trouble[:200])


def _place(platform: str, account: str) -> str:
    return f"service_accounts.token:{platform}:{account}"
