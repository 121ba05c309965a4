"""Leads as a simulation begins with them: what is known of each, its tags, what it did and bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from bot.crm.company import Company
from bot.crm.condition import FieldSpec
from bot.crm.lead import Lead
from bot.store import leads as reading
from bot.store.among import among
from bot.store.tables.behaviour import behaviours
from bot.store.tables.imports import orders
from bot.store.tables.leads import leads
from bot.store.tables.sales import opportunities
from bot.store.tables.segments import lead_tags, segment_members
from bot.store.tx import Tx

_CUSTOM = "custom."
#: What is sealed can only be asked for whether it is there.
_THERE = "•"
_LEADS = select(leads).where(among(leads.c.id, "those"), leads.c.merged_into.is_(None))
_TAGS = select(lead_tags.c.lead_id, lead_tags.c.tag).where(among(lead_tags.c.lead_id, "those"))
_DONE = (
    select(behaviours.c.lead_id, behaviours.c.event, behaviours.c.object, behaviours.c.at)
    .where(among(behaviours.c.lead_id, "those"))
    .order_by(behaviours.c.at, behaviours.c.id)
)
_ORDERED = select(
    orders.c.lead_id, orders.c.account_id, orders.c.product, orders.c.amount, orders.c.ordered_at.label("at")
).where(or_(among(orders.c.lead_id, "those"), among(orders.c.account_id, "firms")))
_WON = select(
    opportunities.c.lead_id, opportunities.c.account_id, opportunities.c.product, opportunities.c.amount,
    opportunities.c.closed_at.label("at"),
).where(
    opportunities.c.won.is_(True),
    opportunities.c.closed_at.is_not(None),
    or_(among(opportunities.c.lead_id, "those"), among(opportunities.c.account_id, "firms")),
)  # fmt: skip
_EVERYBODY = (
    select(leads.c.id)
    .where(leads.c.merged_into.is_(None), leads.c.id > bindparam("after"))
    .order_by(leads.c.id)
    .limit(bindparam("most"))
)
_MEMBERS = (
    select(segment_members.c.lead_id)
    .join(leads, leads.c.id == segment_members.c.lead_id)
    .where(
        segment_members.c.segment == bindparam("named"),
        leads.c.merged_into.is_(None),
        leads.c.id > bindparam("after"),
    )
    .order_by(leads.c.id)
    .limit(bindparam("most"))
)
_COUNT = select(func.count().label("n")).select_from(leads).where(leads.c.merged_into.is_(None))


@dataclass(frozen=True, slots=True)
class Deed:
    """Something somebody did."""

    event: str
    object: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order, or an opportunity that was won."""

    product: str
    amount: Decimal
    at: datetime


@dataclass(slots=True)
class Known:
    """One lead."""

    lead: Lead
    #: By the key that conditions know; as it is kept, or as forms and imports spell it.
    fields: dict[str, object]
    tags: set[str] = field(default_factory=set)
    did: list[Deed] = field(default_factory=list)
    bought: list[Purchase] = field(default_factory=list)


async def known(tx: Tx, company: Company, lead_ids: Sequence[str]) -> dict[str, Known]:
    """These leads; one that is gone or merged away is left out."""
    those = sorted(set(lead_ids))
    if not those:
        return {}
    found = {
        row.id: Known(reading.lead(row), _fields(row, company)) for row in await tx.all(_LEADS, those=those)
    }
    for row in await tx.all(_TAGS, those=those):
        if row.lead_id in found:
            found[row.lead_id].tags.add(row.tag)
    for row in await tx.all(_DONE, those=those):
        if row.lead_id in found:
            found[row.lead_id].did.append(Deed(row.event, row.object, row.at))
    await _purchases(tx, found)
    return found


async def everybody(tx: Tx, after: str, *, most: int) -> list[str]:
    """Leads behind this one."""
    return [row.id for row in await tx.all(_EVERYBODY, after=after, most=most)]


async def members(tx: Tx, segment: str, after: str, *, most: int) -> list[str]:
    """Leads behind this one that are in a segment which is kept up to date."""
    return [row.lead_id for row in await tx.all(_MEMBERS, named=segment, after=after, most=most)]


async def count(tx: Tx) -> int:
    """How many leads there are."""
    row = await tx.first(_COUNT)
    return 0 if row is None else int(row.n)


def _fields(row: Any, company: Company) -> dict[str, object]:  # noqa: ANN401 - a row of leads
    return {key: value for key, spec in company.registry.items() if (value := _value(row, spec)) is not None}


def _value(row: Any, spec: FieldSpec) -> object:  # noqa: ANN401 - a row of leads
    if spec.column.startswith(_CUSTOM):
        return row.custom.get(spec.column.removeprefix(_CUSTOM))
    if spec.column not in leads.c:
        # Where somebody came from lies in the document like the company's own fields.
        return row.custom.get(spec.column)
    value: object = getattr(row, spec.column)
    return _THERE if isinstance(value, bytes) else value


async def _purchases(tx: Tx, found: dict[str, Known]) -> None:
    firms: dict[str, list[str]] = defaultdict(list)
    for lead_id, one in found.items():
        if one.lead.account_id:
            firms[one.lead.account_id].append(lead_id)
    names = {"those": sorted(found), "firms": sorted(firms)}
    for query in (_ORDERED, _WON):
        for row in await tx.all(query, **names):
            whose = {row.lead_id} | set(firms.get(row.account_id, ()))
            for lead_id in whose & found.keys():
                found[lead_id].bought.append(Purchase(row.product, Decimal(row.amount or 0), row.at))
