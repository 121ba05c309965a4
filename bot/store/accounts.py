"""Accounts: firms and people that we do business with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from bot.store.desk import Desk
from bot.store.tables.sales import accounts
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Account:
    """One of them."""

    #: `A3`
    id: str
    name: str
    owner_id: str | None


_BY_ID = select(accounts).where(accounts.c.id == bindparam("of"))
_BY_KEY = (
    select(accounts)
    .where(accounts.c.name_key == bindparam("key"), accounts.c.merged_into.is_(None))
    .order_by(accounts.c.created_at, accounts.c.id)
    .limit(1)
)
_BY_USCC = (
    select(accounts)
    .where(accounts.c.uscc == bindparam("code"), accounts.c.merged_into.is_(None))
    .order_by(accounts.c.created_at, accounts.c.id)
    .limit(1)
)
_PASS_ON = (
    update(accounts)
    .where(accounts.c.id == bindparam("of"), accounts.c.owner_id == bindparam("from_user"))
    .values(owner_id=bindparam("to_user"))
)


async def find(tx: Tx, account_id: str) -> Account | None:
    """The account of this id."""
    row = await tx.first(_BY_ID, of=account_id)
    return None if row is None else Account(row.id, row.name, row.owner_id)


async def of_name(tx: Tx, name_key: str) -> Account | None:
    """The account whose name compares equal; none for a name without anything of its own."""
    row = await tx.first(_BY_KEY, key=name_key) if name_key else None
    return None if row is None else Account(row.id, row.name, row.owner_id)


async def of_uscc(tx: Tx, uscc: str) -> Account | None:
    """The account of this 统一社会信用代码: surer than any name."""
    row = await tx.first(_BY_USCC, code=uscc) if uscc else None
    return None if row is None else Account(row.id, row.name, row.owner_id)


async def open(  # noqa: A001 - the word for it
    desk: Desk,
    *,
    name: str,
    name_key: str,
    owner_id: str | None,
    industry: str = "",
    city: str = "",
    uscc: str = "",
) -> Account:
    """Open an account."""
    account = Account(f"A{await desk.tx.number('account')}", name, owner_id)
    await desk.tx.insert(
        accounts,
        {
            "id": account.id,
            "name": name,
            "name_key": name_key,
            "uscc": uscc or None,
            "industry": industry,
            "city": city,
            "owner_id": owner_id,
            "created_at": desk.now,
        },
    )
    return account


async def pass_on(tx: Tx, account_id: str, *, of: str | None, to: str) -> None:
    """Give an account to a new owner, if it is still `of`'s."""
    await tx.run(_PASS_ON, of=account_id, from_user=of, to_user=to)
