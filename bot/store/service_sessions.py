"""Who attends to a customer at a desk of ours (微信客服): we ourselves, or a colleague."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store.desk import Desk
from bot.store.tables.outreach import service_sessions
from bot.store.tables.people import logins
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One customer at one account."""

    id: str
    account: str
    lead_id: str
    #: The colleague's id there who has it; empty for us.
    servicer: str
    wanted: str
    customer: str = field(default="", repr=False)


_THIS = (
    service_sessions.c.platform == bindparam("on_platform"),
    service_sessions.c.account == bindparam("at_account"),
    service_sessions.c.digest == bindparam("of_digest"),
)
_FIND = select(service_sessions).where(*_THIS)
_SPOKE = (
    update(service_sessions)
    .where(service_sessions.c.id == bindparam("of"))
    .values(spoke_at=bindparam("at"), lead_id=bindparam("of_lead"))
)
_HAS = (
    update(service_sessions)
    .where(*_THIS)
    .values(servicer=bindparam("by"), wanted="", wanted_at=None)
)  # fmt: skip
_OF_LEAD = (
    select(service_sessions)
    .where(service_sessions.c.lead_id == bindparam("of_lead"))
    .order_by(service_sessions.c.spoke_at.desc())
    .limit(1)
)
_ACCOUNT = select(logins.c.account).where(
    logins.c.user_id == bindparam("of_user"), logins.c.platform == "wecom"
)
_WANT = (
    update(service_sessions)
    .where(service_sessions.c.id == bindparam("of"))
    .values(wanted=bindparam("by"), wanted_at=bindparam("at"))
)
_WANTED = (
    select(service_sessions)
    .where(service_sessions.c.wanted_at <= bindparam("now_at"))
    .order_by(service_sessions.c.wanted_at, service_sessions.c.id)
    .limit(20)
)


async def spoke(desk: Desk, platform: str, account: str, customer: str, lead_id: str) -> Session:
    """He is there; who has the session stays as it is."""
    found = await find(desk, platform, account, customer)
    if found is not None:
        await desk.tx.run(_SPOKE, of=found.id, at=desk.now, of_lead=lead_id)
        return found
    session_id = desk.new_id()
    row = {
        "id": session_id, "platform": platform, "account": account, "digest": _digest(desk, customer),
        "address": desk.vault.seal(customer.encode(), _place(session_id)), "lead_id": lead_id,
        "servicer": "", "wanted": "", "wanted_at": None, "spoke_at": desk.now,
    }  # fmt: skip
    await desk.tx.insert_new(service_sessions, row)
    return Session(id=session_id, account=account, lead_id=lead_id, servicer="", wanted="", customer=customer)


async def find(desk: Desk, platform: str, account: str, customer: str) -> Session | None:
    """The session of a customer."""
    known = {"on_platform": platform, "at_account": account, "of_digest": _digest(desk, customer)}
    row = await desk.tx.first(_FIND, **known)
    return None if row is None else _read(desk, row)


async def of_lead(desk: Desk, lead_id: str) -> Session | None:
    """Where a lead spoke last."""
    row = await desk.tx.first(_OF_LEAD, of_lead=lead_id)
    return None if row is None else _read(desk, row)


async def has(desk: Desk, platform: str, account: str, customer: str, servicer: str) -> bool:
    """A colleague has it now, or with an empty one nobody does; False for a customer whom we do not know."""
    known = {"on_platform": platform, "at_account": account, "of_digest": _digest(desk, customer)}
    return await desk.tx.run(_HAS, **known, by=servicer) == 1


async def want(tx: Tx, session_id: str, servicer: str, at: datetime) -> None:
    """It is to be given to him, not before `at`."""
    await tx.run(_WANT, of=session_id, by=servicer, at=at)


async def given_up(tx: Tx, session_id: str) -> None:
    """It cannot be given."""
    await tx.run(_WANT, of=session_id, by="", at=None)


async def wanted(desk: Desk) -> Sequence[Session]:
    """Those that are to be given now."""
    return [_read(desk, row) for row in await desk.tx.all(_WANTED, now_at=desk.now)]


async def account_of(tx: Tx, user_id: str) -> str:
    """As the platform knows a colleague; empty if it does not."""
    row = await tx.first(_ACCOUNT, of_user=user_id)
    return "" if row is None else str(row.account)


def _read(desk: Desk, row: Any) -> Session:  # noqa: ANN401 - a row
    return Session(
        id=row.id, account=row.account, lead_id=row.lead_id, servicer=row.servicer, wanted=row.wanted,
        customer=desk.vault.open(row.address, _place(row.id)).decode(),
    )  # fmt: skip


def _digest(desk: Desk, customer: str) -> str:
    return desk.vault.index("wecom", customer)


def _place(session_id: str) -> str:
    return f"service_sessions.address:{session_id}"
