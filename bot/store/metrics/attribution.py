"""Which source and campaign a won deal is credited to: the first touch, the last, or all in equal parts.

The touches of a deal are the ways by which its lead came to us until it was won; the first of all
is the one that the lead itself keeps. A deal without a lead has its own source and no other.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from fractions import Fraction

from sqlalchemy import ColumnElement, Subquery, case, func, select, union_all

from bot.crm.metrics.costs import ATTRIBUTIONS
from bot.crm.query import Period
from bot.store.metrics.deals import cents
from bot.store.metrics.fact import BEGINS_AT, ENDS_AT, Dim, Fact, Measure, text_of, total
from bot.store.metrics.guard import Permit
from bot.store.metrics.lead_joins import MERGED, ROOT, lead_joins
from bot.store.metrics.statement import Slice, params, statement
from bot.store.metrics.sums import Key
from bot.store.tables.behaviour import touch_points
from bot.store.tables.sales import opportunities
from bot.store.tx import Tx

FIRST, LAST, LINEAR = ATTRIBUTIONS
SETTING = "attribution"
#: Among how many a deal is shared; cut by besides what is asked.
_SHARES = "shares"


def _ways() -> Subquery:
    """Each way by which the lead of a deal won in the period came until then; the last one is number 1."""
    came = _came()
    latest = (came.c.at.desc(), came.c.id.desc())
    return select(
        text_of(came.c.deal_id).label("deal_id"),
        came.c.source,
        came.c.campaign,
        func.count().over(partition_by=came.c.deal_id).label("ways"),
        func.row_number().over(partition_by=came.c.deal_id, order_by=latest).label("place"),
    ).subquery("ways")


def _came() -> Subquery:
    """The ways of the lead that counts, and of those that were merged into it."""
    deals, gone, way = _won_deals(), MERGED.alias("gone_into"), touch_points
    own = deals.join(way, way.c.lead_id == deals.c.lead_id)
    merged = deals.join(gone, gone.c.merged_into == deals.c.lead_id).join(way, way.c.lead_id == gone.c.id)
    return union_all(
        *(
            select(way.c.id, way.c.at, way.c.source, way.c.campaign, deals.c.id.label("deal_id"))
            .select_from(joined)
            .where(way.c.source != "", way.c.at <= deals.c.closed_at)
            for joined in (own, merged)
        )
    ).subquery("came")


def _won_deals() -> Subquery:
    merged = MERGED.alias("merged_of_deal")
    deal = opportunities.alias("credited_deal")
    lead_id = text_of(func.coalesce(merged.c.merged_into, deal.c.lead_id)).label("lead_id")
    return (
        select(deal.c.id, deal.c.closed_at, lead_id)
        .select_from(deal.outerjoin(merged, merged.c.id == deal.c.lead_id))
        .where(
            deal.c.won.is_(True),
            deal.c.lead_id.is_not(None),
            deal.c.closed_at >= BEGINS_AT,
            deal.c.closed_at < ENDS_AT,
        )
        # «distinct» has SQLite work these few out first, and look up the ways of each.
        .distinct()
        .subquery("credited_deals")
    )


_WAYS = _ways()
_KNOWS = func.coalesce(ROOT.c.source, "") != ""
_SOURCE = case((_KNOWS, ROOT.c.source), else_=opportunities.c.source)
_CAMPAIGN = case((_KNOWS, ROOT.c.campaign), else_=opportunities.c.campaign)
_AMOUNT = (total(cents(opportunities.c.amount)),)
_IS_WON = opportunities.c.won.is_(True)


def _by_lead(*keep: ColumnElement[bool]) -> Measure:
    """Won amounts under what the lead keeps of how it came first."""
    return Measure(
        Fact(
            source=opportunities,
            at=opportunities.c.closed_at,
            keep=(_IS_WON, *keep),
            dims={"source": Dim(_SOURCE, ("root",)), "campaign": Dim(_CAMPAIGN, ("root",))},
            joins=lead_joins(opportunities.c.lead_id),
        ),
        _AMOUNT,
    )


def _by_way(way: ColumnElement[bool]) -> Measure:
    """Won amounts under the ways that count, a row each."""
    return Measure(
        Fact(
            source=_WAYS.join(opportunities, opportunities.c.id == _WAYS.c.deal_id),
            at=opportunities.c.closed_at,
            keep=(_IS_WON, way),
            dims={**{name: Dim(_WAYS.c[name]) for name in ("source", "campaign")}, _SHARES: Dim(_SHARED)},
        ),
        _AMOUNT,
    )


_SHARED = text_of(_WAYS.c.ways)
_FIRST = _by_lead()
_WITHOUT_WAYS = _by_lead(opportunities.c.id.not_in(select(_WAYS.c.deal_id)))
_LAST, _LINEAR = _by_way(_WAYS.c.place == 1), _by_way(_WAYS.c.place > 0)


async def earned(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> dict[Key, Fraction]:
    """Cents that are credited to each key."""
    query = permit.query
    model = str(next(iter(query.where.get(SETTING, ())), FIRST))
    parts = {FIRST: (_FIRST,), LAST: (_LAST, _WITHOUT_WAYS), LINEAR: (_LINEAR, _WITHOUT_WAYS)}[model]
    found: dict[Key, Fraction] = defaultdict(Fraction)
    for measure in parts:
        by = (*query.by, _SHARES) if measure is _LINEAR else query.by
        asked = Slice(by=by, where=query.where, period=period, zone=permit.company.org.zone)
        told = params(asked, now=now, stale_at=now, quoting=())
        for row in await tx.all(statement(measure, asked), **told):
            key = tuple(str(one) for one in row[: len(query.by)])
            found[key] += Fraction(int(row[len(by)]), int(row[len(query.by)]) if by != query.by else 1)
    return dict(found)
