"""Leads: enter them, find them, add to what is known of them, open what is sealed.

Owner, pool and status change in `bot.store.ownership` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from bot.crm.lead import Lead, LeadStatus
from bot.kit.masked import Email, Phone
from bot.kit.vault import Vault
from bot.store import sweeps, webhooks
from bot.store.among import among
from bot.store.desk import Desk
from bot.store.tables.leads import leads, lifecycle_changes, status_changes
from bot.store.tx import Tx

#: E.164's mark of mainland China: people there write and dial numbers without it.
_MAINLAND = "+86"
#: Text columns that an enquiry may bring.
_TEXTS = ("name", "company", "company_key", "title", "province", "city", "region", "industry")
_texts_of = attrgetter(*_TEXTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What is known of a person, cleaned; phone in E.164. Empty means not known."""

    name: str = ""
    company: str = ""
    company_key: str = ""
    title: str = ""
    phone: Phone = Phone()  # noqa: RUF009 - text cannot change
    email: Email = Email()  # noqa: RUF009 - text cannot change
    external_id: str = ""
    province: str = ""
    city: str = ""
    region: str = ""
    industry: str = ""
    message: str = field(default="", repr=False)
    custom: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a lead, in the clear; a mainland phone as people dial it."""

    phone: Phone
    email: Email


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a lead came from first; never changed afterwards."""

    source: str
    campaign: str = ""
    form: str = ""


_BY_ID = select(leads).where(leads.c.id == bindparam("of"))
_LOCK = _BY_ID.with_for_update()
_ADDRESSES = select(leads.c.id, leads.c.phone, leads.c.email).where(among(leads.c.id, "those"))
_SEALED = select(leads.c.phone, leads.c.email, leads.c.message).where(leads.c.id == bindparam("of"))
_WRITE = (
    update(leads)
    .where(leads.c.id == bindparam("of"))
    .values(
        **{column: bindparam(f"new_{column}") for column in _TEXTS},
        phone=bindparam("new_phone"),
        phone_masked=bindparam("new_phone_masked"),
        email=bindparam("new_email"),
        email_masked=bindparam("new_email_masked"),
        external_id=bindparam("new_external_id"),
        message=bindparam("new_message"),
        custom=bindparam("new_custom"),
        changed_at=bindparam("at"),
    )
)
#: What happened long ago and was only told now does not push aside what came after it.
_LATEST = or_(leads.c.last_behaviour_at.is_(None), leads.c.last_behaviour_at <= bindparam("at"))
_BEHAVED = (
    update(leads)
    .where(leads.c.id == bindparam("of"), _LATEST)
    .values(
        last_behaviour=bindparam("did"), last_behaviour_at=bindparam("at"), changed_at=bindparam("now_at")
    )
)
_LIFECYCLE = (
    update(leads)
    .where(leads.c.id == bindparam("of"), leads.c.lifecycle == bindparam("was"))
    .values(lifecycle=bindparam("becomes"))
)
_BIND = (
    update(leads)
    .where(leads.c.id == bindparam("of"), leads.c.wechat_added_at.is_(None))
    .values(wechat_added_at=bindparam("at"), external_contact_id=bindparam("contact"))
)
_COMPANY = (
    select(leads)
    .where(leads.c.company_key == bindparam("key"), leads.c.merged_into.is_(None))
    .order_by(leads.c.created_at)
    .limit(bindparam("most"))
)
_own_of = attrgetter(*Lead._fields)
_STATUSES = {one.value: one for one in LeadStatus}
_STATUS, _CUSTOM = Lead._fields.index("status"), Lead._fields.index("custom")
#: In one order, whoever asks, so that two who lock many wait for each other and never in a ring.
_LOCK_EACH = (
    select(*(leads.c[name] for name in Lead._fields))
    .where(among(leads.c.id, "those"))
    .order_by(leads.c.id)
    .with_for_update()
)


async def find(tx: Tx, lead_id: str) -> Lead | None:
    """The lead of this id."""
    row = await tx.first(_BY_ID, of=lead_id)
    return None if row is None else lead(row)


async def get(tx: Tx, lead_id: str) -> Lead:
    """As `find`; KeyError if there is none."""
    found = await find(tx, lead_id)
    if found is None:
        raise KeyError(lead_id)
    return found


async def lock(tx: Tx, lead_id: str) -> Lead:
    """As `get`, and nobody else changes it until this unit has ended."""
    row = await tx.first(_LOCK, of=lead_id)
    if row is None:
        raise KeyError(lead_id)
    return lead(row)


async def lock_each(tx: Tx, lead_ids: Iterable[str]) -> dict[str, Lead]:
    """As `lock`, many at once; one that is not there is left out."""
    return {row.id: _lead(row) for row in await tx.all(_LOCK_EACH, those=sorted(set(lead_ids)))}


async def create(desk: Desk, lead_id: str, known: Particulars, origin: Origin, *, by: str) -> Lead:
    """Enter a new lead that nobody owns; its keys were taken before."""
    await desk.tx.insert(leads, new_row(desk.vault, lead_id, known, origin, at=desk.now))
    change = {"lead_id": lead_id, "before": "", "after": LeadStatus.NEW.value, "reason": "created", "by": by}
    await desk.tx.insert(status_changes, {**change, "at": desk.now, "team": "", "region": known.region})
    await sweeps.note(desk, lead_id)
    created = await get(desk.tx, lead_id)
    await webhooks.tell(desk, "lead.created", webhooks.lead_data(created), lead_id=lead_id)
    return created


def new_row(
    vault: Vault, lead_id: str, known: Particulars, origin: Origin, *, at: datetime
) -> dict[str, Any]:
    """The columns of a new lead that nobody owns."""
    return {
        "id": lead_id,
        "status": LeadStatus.NEW.value,
        **columns(vault, lead_id, known),
        "source": origin.source,
        "campaign": origin.campaign,
        "form": origin.form,
        "score": 0,
        "tier": "",
        "lifecycle": "",
        "last_behaviour": "",
        "epoch": 0,
        "waiting_since": at,
        "created_at": at,
        "changed_at": at,
    }


async def particulars(desk: Desk, lead_id: str) -> Particulars:
    """All that is known of a lead, in the clear."""
    row = await desk.tx.first(_BY_ID, of=lead_id)
    if row is None:
        raise KeyError(lead_id)
    return particulars_of(desk.vault, row)


def particulars_of(vault: Vault, row: Any) -> Particulars:  # noqa: ANN401 - a row of leads
    """All that a row tells of a lead, in the clear."""
    texts = dict(zip(_TEXTS, _texts_of(row), strict=True))
    return Particulars(
        **texts,
        phone=Phone(_open(vault, row.id, "phone", row.phone)),
        email=Email(_open(vault, row.id, "email", row.email)),
        external_id=row.external_id or "",
        message=_open(vault, row.id, "message", row.message),
        custom=_custom(row.custom),
    )


async def write(desk: Desk, lead_id: str, known: Particulars) -> Lead:
    """Put down what is known of a lead now, in place of what was."""
    new = {f"new_{column}": value for column, value in columns(desk.vault, lead_id, known).items()}
    await desk.tx.run(_WRITE, of=lead_id, at=desk.now, **new)
    return await get(desk.tx, lead_id)


async def behaved(desk: Desk, lead_id: str, what: str, at: datetime | None = None) -> None:
    """The lead did something: `what`, in words for its card; at once, unless a moment is said."""
    await desk.tx.run(_BEHAVED, of=lead_id, did=what, at=at or desk.now, now_at=desk.now)


async def live(desk: Desk, of: Lead, lifecycle: str, *, reason: str, by: str) -> None:
    """Bring a lead to another point of its lifecycle; with history."""
    if await desk.tx.run(_LIFECYCLE, of=of.id, was=of.lifecycle, becomes=lifecycle) == 1:
        change = {"lead_id": of.id, "before": of.lifecycle, "after": lifecycle, "reason": reason, "by": by}
        await desk.tx.insert(lifecycle_changes, {**change, "at": desk.now})


async def bind(desk: Desk, lead_id: str, external_contact_id: str) -> bool:
    """The lead became a WeChat contact of ours (加微); False if it was one already."""
    return await desk.tx.run(_BIND, of=lead_id, at=desk.now, contact=external_contact_id) == 1


async def of_company(tx: Tx, company_key: str, *, most: int) -> list[Lead]:
    """Leads of the same firm, the earliest first."""
    return [lead(row) for row in await tx.all(_COMPANY, key=company_key, most=most)] if company_key else []


async def reveal(desk: Desk, lead_id: str) -> Contact:
    """Open phone and e-mail; whoever asks leaves an audit row. KeyError if there is no such lead."""
    row = await desk.tx.first(_SEALED, of=lead_id)
    if row is None:
        raise KeyError(lead_id)
    phone = Phone(dialled(_open(desk.vault, lead_id, "phone", row.phone)))
    return Contact(phone=phone, email=Email(_open(desk.vault, lead_id, "email", row.email)))


async def open_each(desk: Desk, lead_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """E-mail and phone (E.164) of many, for messages to them; empty where there is none."""
    return {
        row.id: (_open(desk.vault, row.id, "email", row.email), _open(desk.vault, row.id, "phone", row.phone))
        for row in await desk.tx.all(_ADDRESSES, those=lead_ids)
    }


async def message(desk: Desk, lead_id: str) -> str:
    """What the customer wrote to us last."""
    row = await desk.tx.first(_SEALED, of=lead_id)
    if row is None:
        raise KeyError(lead_id)
    return _open(desk.vault, lead_id, "message", row.message)


def dialled(phone: str) -> str:
    """An E.164 number as people here dial it."""
    return phone.removeprefix(_MAINLAND)


def lead(row: Any) -> Lead:  # noqa: ANN401 - a row of leads
    """Read a row."""
    return _lead(_own_of(row))


def _lead(fields: Iterable[Any]) -> Lead:
    """From its fields in their order."""
    values = list(fields)
    values[_STATUS] = _STATUSES[values[_STATUS]]
    values[_CUSTOM] = _custom(values[_CUSTOM]) if values[_CUSTOM] else {}
    return Lead._make(values)


def _custom(document: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in document.items()}


def columns(vault: Vault, lead_id: str, known: Particulars) -> dict[str, Any]:
    """The columns that hold what is known, sealed where it is private."""
    phone, email, message = known.phone.reveal(), known.email.reveal(), known.message
    return {
        **dict(zip(_TEXTS, _texts_of(known), strict=True)),
        "phone": vault.seal(phone.encode(), f"leads.phone:{lead_id}") if phone else None,
        "phone_masked": Phone(dialled(phone)).masked if phone else "",
        "email": vault.seal(email.encode(), f"leads.email:{lead_id}") if email else None,
        "email_masked": known.email.masked if email else "",
        "external_id": known.external_id or None,
        "message": vault.seal(message.encode(), f"leads.message:{lead_id}") if message else None,
        "custom": dict(known.custom),
    }


def _open(vault: Vault, lead_id: str, column: str, value: bytes | None) -> str:
    return vault.open(value, f"leads.{column}:{lead_id}").decode() if value else ""
