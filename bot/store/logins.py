"""By which account each platform knows a colleague."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from bot.store import users
from bot.store.desk import Desk
from bot.store.tables.people import logins

_RENAME = (
    update(logins)
    .where(logins.c.platform == bindparam("on_platform"), logins.c.account == bindparam("old"))
    .values(account=bindparam("new"))
)


async def rename(desk: Desk, platform: str, old: str, new: str) -> bool:
    """The platform calls him otherwise from now on; False if we never knew him or the new name is taken."""
    person = await users.by_login(desk.tx, platform, old)
    if person is None or await users.by_login(desk.tx, platform, new) is not None:
        return False
    await desk.tx.run(_RENAME, on_platform=platform, old=old, new=new)
    before, after = {platform: old}, {platform: new}
    await users.note_change(desk, person.id, "login", before=before, after=after, by="system")
    return True
