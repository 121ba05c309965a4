"""The one browser in which a link to a page was opened: forwarded, the link opens nothing."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from bot.chat.page_links import LIFE
from bot.store.desk import Desk
from bot.store.tables.quality import page_visits
from bot.store.tx import Tx

_FIND = select(page_visits.c.browser).where(page_visits.c.link == bindparam("of_link"))
_OF = (
    select(page_visits.c.link)
    .where(page_visits.c.browser == bindparam("of_browser"), page_visits.c.user_id == bindparam("of_user"))
    .limit(1)
)
_OLD = delete(page_visits).where(page_visits.c.at < bindparam("before"))


async def browser_of(tx: Tx, link: str) -> str | None:
    """The browser to which a link belongs; None if nobody has opened it."""
    row = await tx.first(_FIND, of_link=link)
    return None if row is None else row.browser


async def take(desk: Desk, link: str, browser: str, *, user_id: str) -> bool:
    """Give a link to a browser; False if it is another one's."""
    row = {"link": link, "browser": browser, "user_id": user_id, "at": desk.now}
    return await desk.tx.insert_new(page_visits, row) or await browser_of(desk.tx, link) == browser


async def is_of(tx: Tx, browser: str, user_id: str) -> bool:
    """Whether somebody's links were opened in this browser before."""
    return await tx.first(_OF, of_browser=browser, of_user=user_id) is not None


async def forget(desk: Desk) -> None:
    """Links that are no longer good need no browser."""
    await desk.tx.run(_OLD, before=desk.now - LIFE)
