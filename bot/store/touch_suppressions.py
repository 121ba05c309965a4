"""Addresses that are not written to: by hash, so that they outlive the lead, and never lifted by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.store import lead_keys, leads
from bot.store.among import among
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.tables.touch import touch_suppressions
from bot.store.tx import Tx

#: Why. Only the first leaves notices and answers alone: he ended advertising, the others end all.
UNSUBSCRIBED, BOUNCED, COMPLAINED, MANUAL, VENDOR, ERASED = (
    "unsubscribed", "bounced", "complained", "manual", "vendor", "erased",
)  # fmt: skip
#: He follows the account no more, or shut its messages out in the app; both end when he comes back.
LEFT, REFUSED = "left", "refused"
#: The more it forbids, the later.
_STRENGTH = (UNSUBSCRIBED, LEFT, REFUSED, COMPLAINED, MANUAL, VENDOR, BOUNCED, ERASED)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One of them."""

    kind: str
    channel: str
    reason: str
    by: str
    at: datetime


_OF = select(touch_suppressions).where(
    touch_suppressions.c.kind == bindparam("of_kind"),
    among(touch_suppressions.c.digest, "digests"),
    touch_suppressions.c.lifted_at.is_(None),
)
_KEY = (
    touch_suppressions.c.kind == bindparam("of_kind"),
    touch_suppressions.c.digest == bindparam("of_digest"),
    touch_suppressions.c.channel == bindparam("on_channel"),
)
_AGAIN = (
    update(touch_suppressions)
    .where(*_KEY, touch_suppressions.c.lifted_at.is_not(None))
    .values(
        reason=bindparam("why"), detail=bindparam("said"), by=bindparam("who"), at=bindparam("now_at"),
        lifted_at=None,
    )
)  # fmt: skip
_STRONGER = (
    update(touch_suppressions)
    .where(*_KEY, touch_suppressions.c.lifted_at.is_(None), touch_suppressions.c.reason == UNSUBSCRIBED)
    .values(reason=bindparam("why"), detail=bindparam("said"), by=bindparam("who"), at=bindparam("now_at"))
)
_LIFT = (
    update(touch_suppressions)
    .where(*_KEY, touch_suppressions.c.lifted_at.is_(None), touch_suppressions.c.reason == UNSUBSCRIBED)
    .values(lifted_at=bindparam("now_at"))
)
_BACK = (
    update(touch_suppressions)
    .where(
        *_KEY,
        touch_suppressions.c.lifted_at.is_(None),
        touch_suppressions.c.reason.in_([LEFT, REFUSED]),
    )
    .values(lifted_at=bindparam("now_at"))
)


_ANEW = (
    update(touch_suppressions)
    .where(
        touch_suppressions.c.kind == bindparam("of_kind"),
        touch_suppressions.c.digest == bindparam("of_digest"),
        touch_suppressions.c.reason == ERASED,
        touch_suppressions.c.lifted_at.is_(None),
    )
    .values(lifted_at=bindparam("now_at"))
)


async def suppress(desk: Desk, key: LeadKey, *, channel: str, reason: str, by: str, detail: str = "") -> bool:
    """Write to this address no more on a channel (empty: on any); False if that was so before.

    It holds from this commit on: whose address it is, is locked, so that a message to him that is
    being decided at this moment was decided before.
    """
    row = {"kind": key.kind, "digest": key.digest, "channel": channel}
    more = {"reason": reason, "detail": detail[:200], "by": by, "at": desk.now}
    is_new = await desk.tx.insert_new(touch_suppressions, {**row, **more, "lifted_at": None})
    if not is_new:
        known = {"of_kind": key.kind, "of_digest": key.digest, "on_channel": channel, "why": reason,
                 "said": detail[:200], "who": by, "now_at": desk.now}  # fmt: skip
        is_new = await desk.tx.run(_AGAIN, **known) == 1
        if not is_new and reason != UNSUBSCRIBED:
            await desk.tx.run(_STRONGER, **known)
    holder = await lead_keys.holder(desk.tx, key)
    if holder is not None:
        await leads.lock(desk.tx, holder)
    return is_new


async def lift(desk: Desk, key: LeadKey, *, channel: str) -> bool:
    """Who unsubscribed agrees again; what bounced, complained or was refused stays. False if nothing was."""
    changed = await desk.tx.run(
        _LIFT, of_kind=key.kind, of_digest=key.digest, on_channel=channel, now_at=desk.now
    )
    return changed == 1


async def come_back(desk: Desk, key: LeadKey, *, channel: str) -> bool:
    """He is there again; whatever he said before stays said. False if he was not away."""
    known = {"of_kind": key.kind, "of_digest": key.digest, "on_channel": channel}
    return await desk.tx.run(_BACK, **known, now_at=desk.now) == 1


async def came_again(desk: Desk, keys: Iterable[LeadKey]) -> int:
    """Who was erased has come by himself and agreed anew; how many of his keys were closed."""
    return sum([await desk.tx.run(_ANEW, of_kind=k.kind, of_digest=k.digest, now_at=desk.now) for k in keys])


async def of(tx: Tx, keys: Iterable[LeadKey]) -> list[Suppression]:
    """What stands against any of these addresses, the strongest first."""
    found = [one for each in (await of_each(tx, keys)).values() for one in each]
    return sorted(found, key=weakness)


async def of_each(tx: Tx, keys: Iterable[LeadKey]) -> dict[LeadKey, list[Suppression]]:
    """The same for each address against which anything stands; one query for each kind."""
    digests: dict[str, list[str]] = {}
    for key in dict.fromkeys(keys):
        digests.setdefault(key.kind, []).append(key.digest)
    found: dict[LeadKey, list[Suppression]] = {}
    for kind, those in digests.items():
        for row in await tx.all(_OF, of_kind=kind, digests=those):
            one = Suppression(row.kind, row.channel, row.reason, row.by, row.at)
            found.setdefault(LeadKey(kind, row.digest), []).append(one)
    for each in found.values():
        each.sort(key=weakness)
    return found


def weakness(one: Suppression) -> int:
    """Sorts the strongest first."""
    return -_STRENGTH.index(one.reason)
