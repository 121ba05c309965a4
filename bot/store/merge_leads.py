"""The one lead's own columns after another was merged into it."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from bot.crm.lead import Lead, LeadStatus
from bot.crm.merging import earliest, latest
from bot.crm.pool import HELD
from bot.crm.user import User
from bot.store import counters, lead_status, tenures
from bot.store.claims import holding_key
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tx import Tx

_ADD_UP = (
    update(leads)
    .where(leads.c.id == bindparam("of"))
    .values(
        score=bindparam("points"),
        marketing_qualified_at=bindparam("mql_at"),
        sales_qualified_at=bindparam("sql_at"),
        wechat_added_at=bindparam("wechat_at"),
        external_contact_id=bindparam("contact"),
        last_behaviour=bindparam("did"),
        last_behaviour_at=bindparam("did_at"),
        last_follow_up_at=bindparam("followed_at"),
        waiting_since=bindparam("since"),
        account_id=bindparam("account"),
        changed_at=bindparam("at"),
    )
)
_TAKE_OVER = (
    update(leads)
    .where(leads.c.id == bindparam("of"), leads.c.epoch == bindparam("at_epoch"))
    .values(
        owner_id=bindparam("to_user"),
        status=bindparam("is_now"),
        pool_id=bindparam("in_pool"),
        epoch=leads.c.epoch + 1,
        owned_at=bindparam("owned"),
        converted_at=bindparam("converted"),
        invalid_reason=None,
    )
)
_CONVERTED = update(leads).where(leads.c.id == bindparam("of")).values(
    status=LeadStatus.CONVERTED.value, converted_at=bindparam("at")
)  # fmt: skip
_RESCORED = update(leads).where(leads.c.id == bindparam("of")).values(score=bindparam("points"))


async def add_up(desk: Desk, kept: Lead, gone: Lead, *, points: int) -> None:
    """What both did and reached; the day on which either first crossed a line is the person's."""
    added = earliest(kept.wechat_added_at, gone.wechat_added_at)
    last = max(
        (kept, gone),
        key=lambda one: (one.last_behaviour_at is not None, one.last_behaviour_at or one.created_at),
    )
    await desk.tx.run(
        _ADD_UP, of=kept.id, at=desk.now, points=kept.score + points,
        mql_at=earliest(kept.marketing_qualified_at, gone.marketing_qualified_at),
        sql_at=earliest(kept.sales_qualified_at, gone.sales_qualified_at),
        wechat_at=added, contact=kept.external_contact_id or gone.external_contact_id,
        did=last.last_behaviour, did_at=last.last_behaviour_at,
        followed_at=latest(kept.last_follow_up_at, gone.last_follow_up_at),
        since=latest(kept.waiting_since, gone.waiting_since),
        account=kept.account_id or gone.account_id,
    )  # fmt: skip


async def take_over(desk: Desk, kept: Lead, gone: Lead, owner: User | None, *, by: User, reason: str) -> None:
    """Owner, status and pool of the lead that goes become those of the one that stays."""
    converted = desk.now if gone.status is LeadStatus.CONVERTED else None
    await desk.tx.run(
        _TAKE_OVER, of=kept.id, at_epoch=kept.epoch, to_user=gone.owner_id, is_now=gone.status.value,
        in_pool=gone.pool_id, owned=gone.owned_at, converted=converted,
    )  # fmt: skip
    if owner is not None:
        if gone.status in HELD:
            await counters.take(desk.tx, holding_key(owner.id), cap=None)
        await tenures.begin(desk, kept, owner, how="assigned", by=by, reason=reason)
    await lead_status.note(desk, kept, gone.status, by=by, reason=reason, owner=owner)


async def convert(desk: Desk, kept: Lead, owner: User | None, *, by: User, reason: str) -> None:
    """It has become an opportunity, because the other one had."""
    await desk.tx.run(_CONVERTED, of=kept.id, at=desk.now)
    if kept.owner_id is not None:
        await counters.give(desk.tx, holding_key(kept.owner_id))
    await lead_status.note(desk, kept, LeadStatus.CONVERTED, by=by, reason=reason, owner=owner)


async def let_go(desk: Desk, gone: Lead, *, by: User, reason: str) -> None:
    """The lead that goes is nobody's work any more: its owner's time ends, and he holds one fewer."""
    if gone.owner_id is not None and gone.status is not LeadStatus.INVALID:
        await tenures.end(desk, gone, how="merged", by=by, reason=reason)
    if gone.owner_id is not None and gone.status in HELD:
        await counters.give(desk.tx, holding_key(gone.owner_id))


async def recount_held(tx: Tx, before: Lead, after: Lead) -> None:
    """Keep the counters of who holds how many right where a lead was put back as it was."""
    was, now = _holder(before), _holder(after)
    if was == now:
        return
    if was is not None:
        await counters.give(tx, holding_key(was))
    if now is not None:
        await counters.take(tx, holding_key(now), cap=None)


def _holder(lead: Lead) -> str | None:
    counts = lead.status in HELD and lead.merged_into is None
    return lead.owner_id if counts else None


async def rescored(tx: Tx, lead_id: str, points: int) -> None:
    """Put a score that was added up anew."""
    await tx.run(_RESCORED, of=lead_id, points=points)
