"""What a colleague leaves behind: leads, tasks, opportunities that need somebody else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, select, update

from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD
from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.leads import lead
from bot.store.tables.leads import leads, tenures
from bot.store.tables.people import logins, users
from bot.store.tables.sales import opportunities, opportunity_changes
from bot.store.tx import Tx
from bot.store.users import note_change

_OPEN = sorted({*HELD, LeadStatus.CONVERTED})
_GONE = (
    update(users)
    .where(users.c.id == bindparam("of"), users.c.active.is_(True))
    .values(active=False, on_duty=False, left_at=bindparam("at"))
)
_LOGINS = select(logins.c.platform, logins.c.account).where(logins.c.user_id == bindparam("of_user"))
_DROP_LOGIN = delete(logins).where(
    logins.c.platform == bindparam("on_platform"), logins.c.account == bindparam("of_account")
)
_OWNED = (
    select(leads)
    .where(leads.c.owner_id == bindparam("of_user"), leads.c.status.in_(_OPEN), leads.c.merged_into.is_(None))
    .order_by(leads.c.id)
    .limit(bindparam("at_most"))
)
_CLOSED_LEADS = (
    update(leads)
    .where(leads.c.owner_id == bindparam("of_user"), leads.c.status.not_in(_OPEN))
    .values(owner_id=None, previous_owner_id=leads.c.owner_id, epoch=leads.c.epoch + 1)
)
_DEALS = (
    select(opportunities.c.id)
    .where(opportunities.c.owner_id == bindparam("of_user"), opportunities.c.closed_at.is_(None))
    .order_by(opportunities.c.id)
    .limit(bindparam("at_most"))
)
_DEAL_TO = (
    update(opportunities)
    .where(opportunities.c.id == bindparam("of"), opportunities.c.owner_id == bindparam("from_user"))
    .values(owner_id=bindparam("to_user"))
)
_next = tenures.alias("following")
_SUM = (
    select(func.count().label("total"), func.count(_next.c.lead_id).label("kept"))
    .select_from(tenures)
    .outerjoin(
        _next,
        (_next.c.lead_id == tenures.c.lead_id)
        & (_next.c.epoch == tenures.c.epoch + 1)
        & (_next.c.from_at == tenures.c.to_at),
    )
    .where(tenures.c.owner_id == bindparam("of_user"), tenures.c.ended_how == "left")
)


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """How many leads went where."""

    pooled: int
    kept: int


async def mark_left(desk: Desk, of: User, *, by: str, reason: str) -> bool:
    """He is gone: nothing new reaches him. False if that was known."""
    if await desk.tx.run(_GONE, of=of.id, at=desk.now) != 1:
        return False
    was, now = {"active": True}, {"active": False}
    await note_change(desk, of.id, "left", before=was, after=now, by=by, reason=reason)
    return True


async def accounts_of(tx: Tx, user_id: str) -> list[tuple[str, str]]:
    """Platform and account of each of his logins."""
    return [(row.platform, row.account) for row in await tx.all(_LOGINS, of_user=user_id)]


async def drop_login(desk: Desk, of: User, platform: str, account: str) -> None:
    """He is still here, but no longer on this platform."""
    await desk.tx.run(_DROP_LOGIN, on_platform=platform, of_account=account)
    before = {"platform": platform, "account": account}
    await note_change(desk, of.id, "login_ended", before=before, after=None, by="system")


async def still_owned(tx: Tx, user_id: str, *, at_most: int) -> list[Lead]:
    """Open leads that are still his."""
    return [lead(row) for row in await tx.all(_OWNED, of_user=user_id, at_most=at_most)]


async def disown_closed(desk: Desk, of: User) -> None:
    """Closed leads need nobody, but must not name somebody who is gone."""
    await desk.tx.run(_CLOSED_LEADS, of_user=of.id)


async def pass_on_deals(desk: Desk, of: User, *, to: User, at_most: int) -> int:
    """Give his open opportunities to somebody; how many, so that the caller comes back for more."""
    rows = await desk.tx.all(_DEALS, of_user=of.id, at_most=at_most)
    for row in rows:
        await desk.tx.run(_DEAL_TO, of=row.id, from_user=of.id, to_user=to.id)
        change = {"opportunity_id": row.id, "field": "owner_id", "before": of.id, "after": to.id}
        await desk.tx.insert(opportunity_changes, {**change, "by": "system", "at": desk.now})
    return len(rows)


async def left_behind(tx: Tx, user_id: str) -> LeftBehind:
    """What became of his leads, by the history."""
    row = await tx.first(_SUM, of_user=user_id)
    return LeftBehind(0, 0) if row is None else LeftBehind(row.total - row.kept, row.kept)
