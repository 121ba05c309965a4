"""How good the rows are: complete, valid, followed up, unique; by source and by owner, and which they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, true

from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD
from bot.crm.user import Role, User
from bot.store import users as users_store
from bot.store.leads import lead
from bot.store.tables.leads import leads
from bot.store.tables.people import users
from bot.store.tables.quality import lookalikes
from bot.store.tx import Tx

#: What people type where they do not want to say who they are.
_NO_NAMES = ("测试", "test", "无", "匿名", "未知", "1", "111", "123", "先生", "女士", "a", "aaa")


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one source, one owner, or all."""

    name: str
    total: int
    incomplete: int
    invalid: int
    stale: int
    duplicate: int

    def share(self, figure: str) -> int:
        """Per cent of the rows that are sound in this respect, rounded down."""
        return 100 if not self.total else 100 * (self.total - getattr(self, figure)) // self.total


@dataclass(frozen=True, slots=True)
class Report:
    """All that one viewer may see."""

    all: Figures
    sources: tuple[Figures, ...]
    #: By owner; those of nobody are not in it.
    owners: tuple[Figures, ...]


def _empty(*columns: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(*(column == "" for column in columns))


_UNREACHABLE = and_(leads.c.phone.is_(None), leads.c.email.is_(None))
_SINCE = func.coalesce(leads.c.last_follow_up_at, leads.c.owned_at, type_=leads.c.owned_at.type)
_UNTIL = bindparam("until", type_=leads.c.owned_at.type)
_FIRST = select(lookalikes.c.first).where(lookalikes.c.state == "open")
_SECOND = select(lookalikes.c.second).where(lookalikes.c.state == "open")
#: What is wrong with a row, by figure.
WRONG: Mapping[str, ColumnElement[bool]] = {
    "incomplete": or_(
        _empty(leads.c.name), _empty(leads.c.company), _empty(leads.c.province, leads.c.city),
        _UNREACHABLE,
    ),
    "invalid": or_(
        func.lower(leads.c.name).in_(_NO_NAMES), _UNREACHABLE,
        and_(leads.c.company != "", leads.c.company_key == ""),
    ),
    "stale": and_(leads.c.status.in_(sorted(HELD)), _SINCE <= _UNTIL),
    "duplicate": or_(leads.c.id.in_(_FIRST), leads.c.id.in_(_SECOND)),
}  # fmt: skip
_COUNTED = (leads.c.merged_into.is_(None), leads.c.status != LeadStatus.INVALID.value)
_SUMS = tuple(func.sum(case((wrong, 1), else_=0)).label(name) for name, wrong in WRONG.items())
_OF_REGION = or_(leads.c.region == bindparam("in_region"), users.c.region == bindparam("in_region"))
_OF_OWNER = leads.c.owner_id == bindparam("of_owner")


def _report(by: ColumnElement[Any], scope: ColumnElement[bool], *more: ColumnElement[bool]) -> Select[Any]:
    return (
        select(by.label("name"), func.count().label("total"), *_SUMS)
        .select_from(leads.outerjoin(users, users.c.id == leads.c.owner_id))
        .where(*_COUNTED, scope, *more)
        .group_by(by)
    )


def _listing(wrong: ColumnElement[bool], scope: ColumnElement[bool]) -> Select[Any]:
    return (
        select(leads)
        .select_from(leads.outerjoin(users, users.c.id == leads.c.owner_id))
        .where(*_COUNTED, wrong, scope)
        .order_by(leads.c.score.desc(), leads.c.created_at, leads.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skipped"))
    )


_SCOPES: Mapping[str, ColumnElement[bool]] = {"all": true(), "region": _OF_REGION, "owner": _OF_OWNER}
_BY_SOURCE = {name: _report(leads.c.source, scope) for name, scope in _SCOPES.items()}
_BY_OWNER = {
    name: _report(leads.c.owner_id, scope, leads.c.owner_id.is_not(None)) for name, scope in _SCOPES.items()
}
_LISTS = {
    (figure, name): _listing(wrong, scope)
    for figure, wrong in WRONG.items()
    for name, scope in _SCOPES.items()
}


async def report(tx: Tx, viewer: User, *, until: datetime) -> Report:
    """The figures of what he may see; stale is what nobody followed up since `until`."""
    name, params = _scope(viewer)
    sources = [_figures(row) for row in await tx.all(_BY_SOURCE[name], until=until, **params)]
    by_owner = [] if viewer.role is Role.MARKETER else await tx.all(_BY_OWNER[name], until=until, **params)
    names = await users_store.names(tx, {row.name for row in by_owner})
    owners = tuple(
        replace(found, name=names.get(found.name, found.name)) for found in map(_figures, by_owner)
    )
    return Report(_sum(sources), tuple(sources), owners)


async def listed(
    tx: Tx, viewer: User, figure: str, *, until: datetime, most: int, skipped: int = 0
) -> list[Lead]:
    """The rows behind one figure, the warmest first."""
    name, params = _scope(viewer)
    more = {"until": until} if figure == "stale" else {}
    rows = await tx.all(_LISTS[figure, name], most=most, skipped=skipped, **more, **params)
    return [lead(row) for row in rows]


def _scope(viewer: User) -> tuple[str, dict[str, str]]:
    if viewer.sees_all() or viewer.role is Role.MARKETER:
        return "all", {}
    if viewer.role is Role.MANAGER:
        return "region", {"in_region": viewer.region}
    return "owner", {"of_owner": viewer.id}


def _figures(row: Any) -> Figures:  # noqa: ANN401 - a row
    return Figures(row.name or "", int(row.total), *(int(getattr(row, name) or 0) for name in WRONG))


def _sum(parts: list[Figures]) -> Figures:
    totals = [sum(getattr(one, name) for one in parts) for name in ("total", *WRONG)]
    return Figures("", *totals)
