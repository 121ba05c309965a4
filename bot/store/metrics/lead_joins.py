"""The lead behind a fact: who had it then, who has it now, and what is known of it.

A lead that was merged away counts as the one it was merged into, which is the earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select

from bot.store.metrics.fact import Dim, Join, text_of
from bot.store.tables.leads import leads, tenures
from bot.store.tables.people import users
from bot.store.tables.segments import lead_tags

#: Leads that were merged away, and into which; «distinct» keeps SQLite from looking each one up in
#: the large table instead of in these few.
MERGED = (
    select(leads.c.id, leads.c.merged_into)
    .where(leads.c.merged_into.is_not(None))
    .distinct()
    .subquery("merged_lead")
)
#: The lead that counts.
ROOT = leads.alias("root_lead")
HOLDER = users.alias("holder")
_KNOWN = ("source", "industry", "campaign", "lifecycle")
_TAGS = lead_tags.alias("tag")


def lead_joins(lead_id: ColumnElement[Any]) -> dict[str, Join]:
    """Joins for a fact that names a lead, or none."""
    return {
        "merged": Join(MERGED, MERGED.c.id == lead_id),
        "root": Join(ROOT, ROOT.c.id == root_of(lead_id), ("merged",)),
        "tag": tag_join(ROOT.c.id, "root"),
    }


def root_of(lead_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The lead that counts; needs the join `merged`."""
    return text_of(func.coalesce(MERGED.c.merged_into, lead_id))


def tag_join(lead_id: ColumnElement[Any], *needs: str) -> Join:
    """Its tags, a row each; nothing but a cut by tag may stand on it."""
    return Join(_TAGS, _TAGS.c.lead_id == lead_id, needs)


def known_of(lead: FromClause, *needs: str) -> dict[str, Dim]:
    """What is known of the lead itself; a cut by tag needs the join `tag`."""
    return {**{name: Dim(lead.c[name], needs) for name in _KNOWN}, "tag": _tag(lead, needs)}


def _tag(lead: FromClause, needs: tuple[str, ...]) -> Dim:
    """A lead with two tags stands under both."""
    other = lead_tags.alias("tagged")

    def has(values: Sequence[str]) -> ColumnElement[bool]:
        return (
            select(other.c.tag)
            .where(other.c.lead_id == lead.c.id, other.c.tag.in_(values))
            .correlate(lead)
            .exists()
        )

    return Dim(_TAGS.c.tag, ("tag",), has, needs)


ROOT_DIMS = known_of(ROOT, "root")
ROOT_CUSTOM = Dim(ROOT.c.custom, ("root",))


def holder_join(owner_id: ColumnElement[Any]) -> Join:
    """The owner of today, for his team and region of today."""
    return Join(HOLDER, HOLDER.c.id == owner_id)


def held_by(owner_id: ColumnElement[Any]) -> dict[str, Dim]:
    """Owner, team and region of today; need the join `holder`."""
    return {
        "owner": Dim(owner_id),
        "team": Dim(HOLDER.c.team, ("holder",)),
        "region": Dim(HOLDER.c.region, ("holder",)),
    }


def row_dims(row: FromClause, owner: str = "owner_id") -> dict[str, Dim]:
    """Owner, team and region as the row itself has kept them."""
    return {"owner": Dim(row.c[owner]), "team": Dim(row.c.team), "region": Dim(row.c.region)}


def tenure_at(at: ColumnElement[Any], name: str) -> tuple[Join, dict[str, Dim]]:
    """Whose a lead was at a moment; if nobody had it then, whose it became next.

    A lead comes in before anybody has it: it counts for him to whom it was given, and for nobody
    as long as nobody got it. Without an owner the region is the one it was routed to.
    """
    tenure = tenures.alias(f"tenure_{name}")
    other = tenures.alias(f"other_{name}")
    first = (
        select(func.min(other.c.epoch))
        .where(other.c.lead_id == leads.c.id, or_(other.c.to_at.is_(None), other.c.to_at > at))
        .correlate(leads)
        .scalar_subquery()
    )
    join = Join(tenure, and_(tenure.c.lead_id == leads.c.id, tenure.c.epoch == first))
    needs = ("tenure",)
    region = func.coalesce(func.nullif(tenure.c.region, ""), leads.c.region)
    dims = {
        "owner": Dim(tenure.c.owner_id, needs),
        "team": Dim(tenure.c.team, needs),
        "region": Dim(region, needs),
    }
    return join, dims
