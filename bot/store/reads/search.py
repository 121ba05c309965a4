"""Which leads that somebody may see have this in their name or company?"""

from __future__ import annotations

from sqlalchemy import BindParameter, ColumnElement, bindparam, or_, select

from bot.crm.lead import Lead
from bot.crm.listing import PAGE
from bot.crm.user import Role, User
from bot.store import leads as found_leads
from bot.store.tables.leads import leads
from bot.store.tables.people import users
from bot.store.tx import Tx

_ESCAPE = "\\"
_LIKE: BindParameter[str] = bindparam("pattern")
_SCOPES: dict[str, tuple[ColumnElement[bool], ...]] = {
    "all": (),
    "region": (or_(users.c.region == bindparam("in_region"), leads.c.region == bindparam("in_region")),),
    "owner": (leads.c.owner_id == bindparam("of_owner"),),
}
_FOUND = {
    scope: select(leads)
    .select_from(leads.outerjoin(users, users.c.id == leads.c.owner_id))
    .where(
        leads.c.merged_into.is_(None),
        or_(leads.c.name.like(_LIKE, escape=_ESCAPE), leads.c.company.like(_LIKE, escape=_ESCAPE)),
        *limits,
    )
    .order_by(leads.c.score.desc(), leads.c.created_at.desc(), leads.c.id)
    # One more than is shown says that there are more.
    .limit(PAGE + 1)
    for scope, limits in _SCOPES.items()
}


async def search(tx: Tx, viewer: User, said: str) -> tuple[Lead, ...]:
    """A page of them and one more; everybody's, his region's, or his own."""
    scope = (
        "all" if viewer.sees_all() else "region" if viewer.role is Role.MANAGER and viewer.region else "owner"
    )
    limits = {"region": {"in_region": viewer.region}, "owner": {"of_owner": viewer.id}}.get(scope, {})
    rows = await tx.all(_FOUND[scope], pattern=f"%{_escaped(said)}%", **limits)
    return tuple(found_leads.lead(row) for row in rows)


def _escaped(said: str) -> str:
    """Signs that mean something in LIKE mean themselves."""
    for sign in (_ESCAPE, "%", "_"):
        said = said.replace(sign, _ESCAPE + sign)
    return said
