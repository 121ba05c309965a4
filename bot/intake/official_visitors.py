"""People of our 公众号 and 小程序: who of them is which lead, and what he lets us send him."""

from __future__ import annotations

from datetime import datetime

from bot.intake import wechat_identity
from bot.store import (
    followers,
    incidents,
    leads,
    mini_program_users,
    touch_windows,
    unclaimed_permissions,
    union_id_lookups,
)
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.unclaimed_permissions import GRANT, Visitor

OFFICIAL, MINI_PROGRAM = "wechat_official", "mini_program"


def address_of(who: Visitor) -> str:
    """As the channel takes it."""
    return who.open_id if who.channel == MINI_PROGRAM else f"{who.account}:{who.open_id}"


def key_of(desk: Desk, who: Visitor) -> LeadKey:
    """By what he is known, and by what he is not written to."""
    return LeadKey("openid", desk.vault.index("openid", f"{who.account}:{who.open_id}"))


def told_at(text: str, now: datetime) -> datetime:
    """When it happened by the platform's clock (ISO 8601), and never later than ours."""
    try:
        told = datetime.fromisoformat(text) if text else now
    except ValueError:
        return now
    return min(told, now)


async def whose(desk: Desk, who: Visitor) -> str | None:
    """The lead that he is, if any; that he allows a message does not mean that he follows."""
    if who.channel == MINI_PROGRAM:
        user = await mini_program_users.seen(desk.tx, who.open_id, at=desk.now)
        return await _lead(desk, who, user.lead_id)
    known = await followers.find(desk.tx, who.account, who.open_id)
    return await _lead(desk, who, known.lead_id if known is not None else None)


async def seen(desk: Desk, who: Visitor, *, at: datetime) -> tuple[bool, str | None]:
    """He did something at `at` that followers alone can: whether he still is one, and which lead, if any."""
    if who.channel == MINI_PROGRAM:
        return True, await whose(desk, who)
    known = await followers.find(desk.tx, who.account, who.open_id)
    if known is not None and known.left_at is not None and known.left_at >= at:
        await incidents.count(desk.tx, "follower.acted", "after_leaving", desk.now)
        return False, None
    is_new = known is None
    if known is None or known.left_at is not None:
        # He followed before we were told of it.
        known = await followers.keep(
            desk.tx, account=who.account, open_id=who.open_id, union_id="", scene="", followed_now=False,
            at=desk.now,
        )  # fmt: skip
    if is_new:
        await union_id_lookups.want(desk.tx, who, at=desk.now)
    return True, await _lead(desk, who, known.lead_id)


async def opened(desk: Desk, who: Visitor, lead_id: str | None, *, kind: str, at: datetime) -> None:
    """What he did lets us write to him for a while."""
    if lead_id is None:
        await unclaimed_permissions.keep(desk, who, kind=kind, at=at)
        return
    way, address = f"{who.channel}.message", address_of(who)
    await touch_windows.open_window(desk, lead_id, way=way, kind=kind, address=address, at=at)


async def granted(desk: Desk, who: Visitor, lead_id: str | None, template: str) -> None:
    """He allows one message more of a template."""
    if lead_id is None:
        await unclaimed_permissions.keep(desk, who, kind=GRANT, at=desk.now, template=template)
        return
    way = f"{who.channel}.subscribe"
    await touch_windows.grant(desk, lead_id, way=way, template=template, address=address_of(who))


async def revoked(desk: Desk, who: Visitor, lead_id: str | None, template: str) -> None:
    """He takes back what he allowed."""
    await unclaimed_permissions.void(desk.tx, who, template)
    if lead_id is not None:
        await leads.lock(desk.tx, lead_id)
        await touch_windows.void(desk, lead_id, way=f"{who.channel}.subscribe", template=template)


async def is_lead(desk: Desk, who: Visitor, lead_id: str) -> None:
    """We know now who he is: what he allowed before is his."""
    lead = await leads.get(desk.tx, lead_id)
    await wechat_identity.take(desk, lead, openid=f"{who.account}:{who.open_id}")
    for one in await unclaimed_permissions.take(desk.tx, who):
        if one.kind == GRANT:
            await granted(desk, who, lead_id, one.template)
        else:
            await opened(desk, who, lead_id, kind=one.kind, at=one.at)


async def union_is_lead(desk: Desk, union_id: str, lead_id: str) -> None:
    """Another app told who has this id: the mini-program's user of it is that lead."""
    for open_id in await mini_program_users.join(desk.tx, union_id, lead_id):
        await is_lead(desk, Visitor(MINI_PROGRAM, MINI_PROGRAM, open_id), lead_id)


async def opened_mini_program(desk: Desk, open_id: str, union_id: str) -> None:
    """Somebody opened it, and the platform told who he is."""
    user = await mini_program_users.seen(desk.tx, open_id, union_id=union_id, at=desk.now)
    if user.lead_id is None and union_id:
        lead_id = await wechat_identity.lead_of(desk, union_id=union_id)
        if lead_id is not None:
            await union_is_lead(desk, union_id, lead_id)


async def _lead(desk: Desk, who: Visitor, known: str | None) -> str | None:
    """The lead that he is now; a merged one has become another."""
    if known is None:
        return await wechat_identity.lead_of(desk, openid=f"{who.account}:{who.open_id}")
    lead = await leads.find(desk.tx, known)
    return None if lead is None else lead.merged_into or lead.id
