"""Platforms that count by the month: count along, tell the admins in time, and spend the rest wisely.

Above nine tenths what nobody waits for is put together: each half hour a colleague gets one text instead
of single notices. Answers to somebody's own words and leads that wait to be taken go as ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import structlog

from bot.cards import digest
from bot.cards.texts import economy as texts
from bot.chat.adapter import Adapter, Metered
from bot.chat.inbound import Inbound
from bot.chat.outbound import Notice, OpenTodo, Outgoing, SendCard, SendText
from bot.crm.company.channels import Monthly
from bot.crm.user import Role, User
from bot.store import Tx, incidents, monthly, outbox, sending, users
from bot.store.desk import Desk
from bot.store.monthly import CALLS, PUSHES
from bot.store.sending import Leased
from bot.worker.bench import Bench

log = structlog.get_logger()

#: Per cent at which the admins are told.
WARNINGS = (70, 90)
#: Per cent from which we save.
_SAVING = 90
#: What is put off waits for the end of such a span.
SLOT = timedelta(minutes=30)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: Kinds of card that ring: a lead that waits to be taken is worth a call.
_RINGS = frozenset({"lead_offered", "lead_watched"})


def cost(adapter: Adapter, outgoing: Outgoing) -> int:
    """How many counted calls this takes."""
    return adapter.cost(outgoing) if isinstance(adapter, Metered) else 0


async def count_call(desk: Desk, platform: str, cost: int) -> None:
    """Count what a call cost that got through to the platform."""
    if cost:
        await _count(desk, platform, CALLS, cost)


async def count_push(bench: Bench, desk: Desk, platform: str, inbound: Inbound) -> None:
    """Count a delivery, if the platform does."""
    adapter = bench.adapters.get(platform)
    if isinstance(adapter, Metered) and adapter.is_push(inbound):
        await _count(desk, platform, PUSHES, 1)


async def is_put_off(bench: Bench, tx: Tx, leased: Leased, adapter: Adapter) -> bool:
    """Put off what can wait while little is left: True if it does not go now, or went along with others."""
    if not _can_wait(leased, adapter) or not await _is_scarce(bench, tx, leased.platform):
        return False
    desk = bench.desk(tx)
    if isinstance(leased.outgoing, OpenTodo):
        await sending.end(tx, leased, state="skipped", now=desk.now, reason="saved")
        await incidents.count(tx, "send.skipped", "saved", desk.now)
        return True
    until = _slot_end(leased.created_at)
    if desk.now < until:
        await sending.again(tx, leased, at=until, reason="saved")
        return True
    return await _together(desk, leased)


def _can_wait(leased: Leased, adapter: Adapter) -> bool:
    if leased.rank == 0 or leased.key.startswith("digest:") or not isinstance(adapter, Metered):
        return False
    match leased.outgoing:
        case SendCard(group=False, card=card):
            return card.kind not in _RINGS
        case SendText(group=False) | OpenTodo():
            return True
        case _:
            return False


async def _together(desk: Desk, leased: Leased) -> bool:
    """Say all that waits for this colleague in one text; False if this is all there is."""
    lines = await sending.waiting_lines(desk.tx, desk.vault, leased, now=desk.now)
    to = await sending.reader(desk.tx, leased.lane_key)
    if not lines or to is None:
        return False
    await sending.again(desk.tx, leased, at=desk.now, reason="saved")
    lines = await sending.waiting_lines(desk.tx, desk.vault, leased, now=desk.now, itself=True)
    for row_id, _ in lines:
        await sending.mark_digested(desk.tx, row_id, by=leased.id)
    said = digest.text([line for _, line in lines], is_group=False)
    await outbox.post(desk, Notice(to=to, key=f"digest:{leased.id}", text=said))
    await incidents.count(desk.tx, "notice.digested", "saved", desk.now)
    return True


async def _is_scarce(bench: Bench, tx: Tx, platform: str) -> bool:
    most = _most(bench.company.channels.monthly.get(platform), CALLS)
    if not most:
        return False
    month = monthly.month_of(bench.clock(), bench.company.org.zone)
    return await monthly.used(tx, platform, CALLS, month=month) * 100 >= most * _SAVING


async def _count(desk: Desk, platform: str, what: str, by: int) -> None:
    month = monthly.month_of(desk.now, desk.company.org.zone)
    n = await monthly.count(desk.tx, platform, what, month=month, by=by)
    most = _most(desk.company.channels.monthly.get(platform), what)
    for percent in WARNINGS:
        if most and (n - by) * 100 < most * percent <= n * 100:
            await _warn(desk, platform, what, month, n=n, most=most, percent=percent)


async def _warn(desk: Desk, platform: str, what: str, month: str, *, n: int, most: int, percent: int) -> None:
    log.warning("quota.nearly_used", platform=platform, what=what, month=month, used=n, most=most)
    await incidents.count(desk.tx, "quota.nearly_used", f"{platform}:{what}:{percent}", desk.now)
    text = texts.warning(platform, what, n=n, most=most, percent=percent)
    for admin in await _admins(desk):
        key = f"quota:{platform}:{what}:{month}:{percent}"
        await outbox.post(desk, Notice(to=admin.id, key=key, text=text, answers=True))


async def _admins(desk: Desk) -> list[User]:
    """Who keeps the configuration; who leads the company if nobody does."""
    everybody = await users.active(desk.tx)
    named = desk.company.org.also_admins
    found = [one for one in everybody if one.role is Role.ADMIN or one.id in named]
    return found or await users.executives(desk.tx)


def _most(own: Monthly | None, what: str) -> int:
    return 0 if own is None else own.most(what)


def _slot_end(at: datetime) -> datetime:
    return _EPOCH + ((at - _EPOCH) // SLOT + 1) * SLOT
