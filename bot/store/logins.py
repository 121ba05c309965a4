"""By which account each platform knows a colleague."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from bot.store import users
from bot.store.desk import Desk
from bot.store.tables.people import logins
from bot.store.tables.people import users as users_table
from bot.store.tx import Tx

_ACCOUNTS = (
    select(logins.c.account)
    .join(users_table, users_table.c.id == logins.c.user_id)
    .where(logins.c.platform == bindparam("on_platform"), users_table.c.active.is_(True))
    .order_by(logins.c.account)
)
_OF_USER = (
    select(logins.c.platform, logins.c.account)
    .where(logins.c.user_id == bindparam("of_user"))
    .order_by(logins.c.platform, logins.c.account)
)
_RENAME = (
    update(logins)
    .where(logins.c.platform == bindparam("on_platform"), logins.c.account == bindparam("old"))
    .values(account=bindparam("new"))
)


async def accounts(tx: Tx, platform: str) -> tuple[str, ...]:
    """Every active colleague's account on a platform."""
    return tuple(row.account for row in await tx.all(_ACCOUNTS, on_platform=platform))


async def of_user(tx: Tx, user_id: str) -> list[tuple[str, str]]:
    """Platform and account of each login that somebody has."""
    return [(row.platform, row.account) for row in await tx.all(_OF_USER, of_user=user_id)]


async def rename(desk: Desk, platform: str, old: str, new: str) -> bool:
    """The platform calls him otherwise from now on; False if we never knew him or the new name is taken."""
    person = await users.by_login(desk.tx, platform, old)
    if person is None or await users.by_login(desk.tx, platform, new) is not None:
        return False
    await desk.tx.run(_RENAME, on_platform=platform, old=old, new=new)
    before, after = {platform: old}, {platform: new}
    await users.note_change(desk, person.id, "login", before=before, after=after, by="system")
    return True
