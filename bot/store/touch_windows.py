"""Spans and permissions that customers gave: opened by their doing, used up one message at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store import leads
from bot.store.among import among
from bot.store.desk import Desk
from bot.store.tables.touch import touch_grants, touch_windows
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSpan:
    """A span in which a way is open."""

    id: str
    way: str
    kind: str
    opened_at: datetime
    expires_at: datetime
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A permission for one message."""

    id: str
    way: str
    template: str


_OPEN = (
    select(touch_windows)
    .where(among(touch_windows.c.lead_id, "those"), touch_windows.c.expires_at > bindparam("at"))
    .order_by(touch_windows.c.expires_at, touch_windows.c.id)
)
_SAME = select(touch_windows.c.id).where(
    touch_windows.c.lead_id == bindparam("of_lead"),
    touch_windows.c.way == bindparam("of_way"),
    touch_windows.c.kind == bindparam("of_kind"),
)
_AGAIN = (
    update(touch_windows)
    # What was told late closes nothing that came after it.
    .where(touch_windows.c.id == bindparam("of"), touch_windows.c.opened_at <= bindparam("since"))
    .values(
        opened_at=bindparam("since"), expires_at=bindparam("until"), remaining=bindparam("left"),
        address=bindparam("sealed"),
    )
)  # fmt: skip
_TAKE = (
    update(touch_windows)
    .where(
        among(touch_windows.c.id, "those"),
        touch_windows.c.remaining > 0,
        touch_windows.c.expires_at > bindparam("at"),
    )
    .values(remaining=touch_windows.c.remaining - 1)
)
_GIVE = (
    update(touch_windows)
    # One that the customer opened anew meanwhile is full already.
    .where(touch_windows.c.id == bindparam("of"), touch_windows.c.opened_at <= bindparam("taken_at"))
    .values(remaining=touch_windows.c.remaining + 1)
)
_CLOSE = (
    update(touch_windows)
    .where(touch_windows.c.lead_id == bindparam("of_lead"), touch_windows.c.way == bindparam("of_way"))
    .values(remaining=0)
)
_WINDOW = select(touch_windows).where(touch_windows.c.id == bindparam("of"))
_GRANTS = (
    select(touch_grants)
    .where(among(touch_grants.c.lead_id, "those"), touch_grants.c.consumed_at.is_(None))
    .order_by(touch_grants.c.granted_at, touch_grants.c.id)
)
_CONSUME = (
    update(touch_grants)
    .where(among(touch_grants.c.id, "those"), touch_grants.c.consumed_at.is_(None))
    .values(consumed_at=bindparam("at"))
)
_RETURN = update(touch_grants).where(touch_grants.c.id == bindparam("of")).values(consumed_at=None)
_VOID = (
    update(touch_grants)
    .where(
        touch_grants.c.lead_id == bindparam("of_lead"),
        touch_grants.c.way == bindparam("of_way"),
        touch_grants.c.template == bindparam("of_template"),
        touch_grants.c.consumed_at.is_(None),
    )
    .values(consumed_at=bindparam("at"))
)
_VOID_ALL = (
    update(touch_grants)
    .where(
        touch_grants.c.lead_id == bindparam("of_lead"),
        touch_grants.c.way == bindparam("of_way"),
        touch_grants.c.consumed_at.is_(None),
    )
    .values(consumed_at=bindparam("at"))
)
_GRANT = select(touch_grants).where(touch_grants.c.id == bindparam("of"))


async def open_window(
    desk: Desk, lead_id: str, *, way: str, kind: str, address: str, at: datetime | None = None
) -> bool:
    """The customer did something that lets us write by this way for a while; False if it is over already.

    `kind` is what he did (message, menu, enter, entered, welcome); config/touch.yaml says how much it
    allows.
    """
    allowed = desk.company.touch.allowance(kind)
    since = at or desk.now
    until = since + timedelta(seconds=allowed.seconds)
    if until <= desk.now:
        return False
    lead = await leads.lock(desk.tx, lead_id)
    lead_id = lead.merged_into or lead.id
    found = await desk.tx.first(_SAME, of_lead=lead_id, of_way=way, of_kind=kind)
    window_id = found.id if found is not None else desk.new_id()
    sealed = desk.vault.seal(address.encode(), _place("window", window_id))
    known = {"since": since, "until": until, "left": allowed.messages, "sealed": sealed}
    if found is not None:
        return await desk.tx.run(_AGAIN, of=window_id, **known) == 1
    row = {"id": window_id, "lead_id": lead_id, "way": way, "kind": kind, "address": sealed,
           "opened_at": since, "expires_at": until, "remaining": allowed.messages}  # fmt: skip
    await desk.tx.insert(touch_windows, row)
    return True


async def close_windows(tx: Tx, lead_id: str, way: str) -> None:
    """The platform says that nothing is left of them."""
    await tx.run(_CLOSE, of_lead=lead_id, of_way=way)


async def open_of_each(tx: Tx, lead_ids: Iterable[str], at: datetime) -> dict[str, list[OpenSpan]]:
    """By lead: spans that are not over, the one that ends first before the others."""
    found: dict[str, list[OpenSpan]] = {}
    for row in await tx.all(_OPEN, those=lead_ids, at=at):
        span = OpenSpan(
            id=row.id, way=row.way, kind=row.kind, opened_at=row.opened_at,
            expires_at=row.expires_at, remaining=row.remaining,
        )  # fmt: skip
        found.setdefault(row.lead_id, []).append(span)
    return found


async def take(tx: Tx, window_ids: Collection[str], at: datetime) -> bool:
    """Use up one message of each; False if in one of them none is left, or it is over."""
    return not window_ids or await tx.run(_TAKE, those=window_ids, at=at) == len(window_ids)


async def ends(tx: Tx, window_id: str) -> datetime | None:
    """When a span is over; None if there is none."""
    row = await tx.first(_WINDOW, of=window_id)
    return None if row is None else row.expires_at


async def give_back(tx: Tx, window_id: str, taken_at: datetime) -> None:
    """The message certainly did not go."""
    await tx.run(_GIVE, of=window_id, taken_at=taken_at)


async def grant(desk: Desk, lead_id: str, *, way: str, template: str, address: str) -> str:
    """The customer allows one message of a template; the permission's id."""
    lead = await leads.lock(desk.tx, lead_id)
    grant_id = desk.new_id()
    await desk.tx.insert(
        touch_grants,
        {
            "id": grant_id,
            "lead_id": lead.merged_into or lead.id,
            "way": way,
            "template": template,
            "address": desk.vault.seal(address.encode(), _place("grant", grant_id)),
            "granted_at": desk.now,
            "consumed_at": None,
        },
    )
    return grant_id


async def void(desk: Desk, lead_id: str, *, way: str, template: str) -> int:
    """The customer, or the platform, took back what was granted; how many there were."""
    return await desk.tx.run(_VOID, of_lead=lead_id, of_way=way, of_template=template, at=desk.now)


async def grants_of_each(tx: Tx, lead_ids: Iterable[str]) -> dict[str, list[Grant]]:
    """By lead: what may be used up, the oldest first."""
    found: dict[str, list[Grant]] = {}
    for row in await tx.all(_GRANTS, those=lead_ids):
        found.setdefault(row.lead_id, []).append(Grant(id=row.id, way=row.way, template=row.template))
    return found


async def void_all(desk: Desk, lead_id: str, way: str) -> int:
    """He left: of whatever template; how many there were."""
    return await desk.tx.run(_VOID_ALL, of_lead=lead_id, of_way=way, at=desk.now)


async def consume(tx: Tx, grant_ids: Collection[str], at: datetime) -> bool:
    """Use permissions up; False if somebody did before with one of them."""
    return not grant_ids or await tx.run(_CONSUME, those=grant_ids, at=at) == len(grant_ids)


async def template_of(tx: Tx, grant_id: str) -> str:
    """For which template a permission is; empty if there is none."""
    row = await tx.first(_GRANT, of=grant_id)
    return str(row.template) if row is not None else ""


async def return_grant(tx: Tx, grant_id: str) -> None:
    """The message certainly did not go."""
    await tx.run(_RETURN, of=grant_id)


async def address(desk: Desk, *, window_id: str | None, grant_id: str | None) -> str:
    """Where a span or a permission leads; empty if there is neither."""
    row: Any = None
    if window_id:
        row, kind = await desk.tx.first(_WINDOW, of=window_id), "window"
    elif grant_id:
        row, kind = await desk.tx.first(_GRANT, of=grant_id), "grant"
    return desk.vault.open(row.address, _place(kind, row.id)).decode() if row is not None else ""


def _place(kind: str, row_id: str) -> str:
    return f"touch_{kind}s.address:{row_id}"
