"""What a piece of a file may refer to, fetched by a few queries before anything is decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Column, Select, bindparam, func, select

from bot.store import leads as lead_rows
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.leads import Particulars
from bot.store.tables import METADATA
from bot.store.tables.imports import orders
from bot.store.tables.leads import lead_keys, leads, score_changes
from bot.store.tables.quality import lead_hints
from bot.store.tables.sales import accounts, opportunities, targets
from bot.store.tables.touch import touch_suppressions
from bot.store.touch_suppressions import ERASED
from bot.store.tx import Tx

#: Values in one list; more are asked for in turns.
_AT_ONCE = 900
_some: BindParameter[Any] = bindparam("some", expanding=True)


@dataclass(slots=True)
class Wants:
    """What is to be looked up."""

    lead_keys: set[LeadKey] = field(default_factory=set)
    lead_ids: set[str] = field(default_factory=set)
    #: Digests of office numbers: a lead that has one alone is found by it.
    landlines: set[str] = field(default_factory=set)
    account_ids: set[str] = field(default_factory=set)
    account_external_ids: set[str] = field(default_factory=set)
    account_uscc: set[str] = field(default_factory=set)
    account_keys: set[str] = field(default_factory=set)
    account_phones: set[str] = field(default_factory=set)
    deal_ids: set[str] = field(default_factory=set)
    deal_external_ids: set[str] = field(default_factory=set)
    order_external_ids: set[str] = field(default_factory=set)
    #: Table to ids of ours that may be there already.
    ids: dict[str, set[str]] = field(default_factory=dict)
    target_months: set[date] = field(default_factory=set)
    #: Points are wanted of the leads that are found.
    scores: bool = False


@dataclass(frozen=True, slots=True)
class KnownLead:
    """A lead that a row may be about."""

    id: str
    columns: Mapping[str, Any] = field(repr=False)
    particulars: Particulars
    #: (rule, occasion) of each row of points, to the points.
    points: Mapping[tuple[str, str], int]


@dataclass(slots=True)
class Found:
    """What was there."""

    lead_of_key: dict[LeadKey, str] = field(default_factory=dict)
    #: Keys of people who asked that nothing of them be kept.
    erased: set[LeadKey] = field(default_factory=set)
    leads_of_landline: dict[str, set[str]] = field(default_factory=dict)
    leads: dict[str, KnownLead] = field(default_factory=dict)
    #: By id; and ids by `external_id`, `uscc`, `name_key` and `phone_digest`.
    accounts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    account_by: dict[tuple[str, str], str] = field(default_factory=dict)
    deals: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    deal_by_external_id: dict[str, str] = field(default_factory=dict)
    orders: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    ids: set[tuple[str, str]] = field(default_factory=set)
    targets: dict[tuple[str, str, date], Any] = field(default_factory=dict)


def _among(wanted: Column[Any], *columns: Any) -> Select[Any]:  # noqa: ANN401 - columns or a table
    return select(*columns).where(wanted.in_(_some))


_KEYS = (
    select(
        lead_keys.c.kind,
        lead_keys.c.digest,
        func.coalesce(leads.c.merged_into, lead_keys.c.lead_id).label("lead_id"),
    )
    .select_from(lead_keys.join(leads, leads.c.id == lead_keys.c.lead_id, isouter=True))
    .where(lead_keys.c.kind == bindparam("of_kind"), lead_keys.c.digest.in_(_some))
)
_ERASED = select(touch_suppressions.c.digest).where(
    touch_suppressions.c.kind == bindparam("of_kind"), touch_suppressions.c.digest.in_(_some),
    touch_suppressions.c.reason == ERASED, touch_suppressions.c.lifted_at.is_(None),
)  # fmt: skip
_HINTS = (
    select(lead_hints.c.digest, func.coalesce(leads.c.merged_into, leads.c.id).label("lead_id"))
    .select_from(lead_hints.join(leads, leads.c.id == lead_hints.c.lead_id))
    .where(lead_hints.c.kind == "landline", lead_hints.c.digest.in_(_some))
)
_LEADS = _among(leads.c.id, leads).order_by(leads.c.id)
_LOCKED = _LEADS.with_for_update()
_POINTS = _among(
    score_changes.c.lead_id,
    score_changes.c.lead_id,
    score_changes.c.rule,
    score_changes.c.occasion,
    score_changes.c.points,
)
_ACCOUNTS = {
    name: _among(accounts.c[name], accounts)
    .where(accounts.c.merged_into.is_(None))
    .order_by(accounts.c.created_at, accounts.c.id)
    for name in ("id", "external_id", "uscc", "name_key", "phone_digest")
}
_DEALS = {name: _among(opportunities.c[name], opportunities) for name in ("id", "external_id")}
_ORDERS = _among(orders.c.external_id, orders)
_IDS = {
    name: _among(METADATA.tables[name].c[column], METADATA.tables[name].c[column].label("id"))
    for name, column in (
        *(("follow_ups", "id"), ("orders", "id"), ("costs", "id"), ("payments", "id")),
        *(("opportunities", "id"), ("behaviours", "message_id")),
    )
}
_TARGETS = _among(targets.c.month, targets)


async def fetch(desk: Desk, wants: Wants, *, locked: bool) -> Found:
    """Look up what is wanted; `locked` keeps leads that are found from others until the unit ends."""
    found = Found()
    await _fetch_leads(desk, wants, found, locked=locked)
    for name, values in (
        ("id", wants.account_ids),
        ("external_id", wants.account_external_ids),
        ("uscc", wants.account_uscc),
        ("name_key", wants.account_keys),
        ("phone_digest", wants.account_phones),
    ):
        for row in await _all(desk.tx, _ACCOUNTS[name], values):
            found.accounts[row.id] = row._asdict()
            if name != "id":
                found.account_by.setdefault((name, getattr(row, name)), row.id)
    for name, values in (("id", wants.deal_ids), ("external_id", wants.deal_external_ids)):
        for row in await _all(desk.tx, _DEALS[name], values):
            found.deals[row.id] = row._asdict()
            if row.external_id:
                found.deal_by_external_id.setdefault(row.external_id, row.id)
    for row in await _all(desk.tx, _ORDERS, wants.order_external_ids):
        found.orders[row.external_id] = row._asdict()
    for table, wanted in wants.ids.items():
        found.ids |= {(table, row.id) for row in await _all(desk.tx, _IDS[table], wanted)}
    for row in await _all(desk.tx, _TARGETS, wants.target_months):
        found.targets[row.scope, row.name, row.month] = row.amount
    return found


async def _fetch_leads(desk: Desk, wants: Wants, found: Found, *, locked: bool) -> None:
    for kind in sorted({key.kind for key in wants.lead_keys}):
        digests = {key.digest for key in wants.lead_keys if key.kind == kind}
        for row in await _all(desk.tx, _KEYS, digests, of_kind=kind):
            found.lead_of_key[LeadKey(row.kind, row.digest)] = row.lead_id
        found.erased |= {
            LeadKey(kind, row.digest) for row in await _all(desk.tx, _ERASED, digests, of_kind=kind)
        }
    for row in await _all(desk.tx, _HINTS, wants.landlines):
        found.leads_of_landline.setdefault(row.digest, set()).add(row.lead_id)
    ids = wants.lead_ids.union(found.lead_of_key.values(), *found.leads_of_landline.values())
    if not ids:
        return
    points: dict[str, dict[tuple[str, str], int]] = {}
    if wants.scores:
        for row in await _all(desk.tx, _POINTS, ids):
            points.setdefault(row.lead_id, {})[row.rule, row.occasion] = int(row.points)
    for row in await _all(desk.tx, _LOCKED if locked else _LEADS, ids):
        known = lead_rows.particulars_of(desk.vault, row)
        found.leads[row.id] = KnownLead(row.id, row._asdict(), known, points.get(row.id, {}))


async def _all(tx: Tx, statement: Select[Any], values: Collection[Any], **params: object) -> list[Any]:
    ordered = sorted(values)
    rows: list[Any] = []
    for begins in range(0, len(ordered), _AT_ONCE):
        rows += await tx.all(statement, some=ordered[begins : begins + _AT_ONCE], **params)
    return rows
