"""Accounts: who bought for the first time, who bought again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import case, func, or_, select

from bot.store.metrics.deals import WON, deal_dims
from bot.store.metrics.fact import BEGINS_AT, Bucket, Fact, Join, Measure, Parts, distinct, rows, text_of
from bot.store.metrics.lead_joins import ROOT_CUSTOM, lead_joins
from bot.store.tables.sales import accounts, opportunities

#: The account that counts: one that was merged away counts as the other.
_ACCOUNT = text_of(func.coalesce(accounts.c.merged_into, opportunities.c.account_id))
_BOUGHT = (
    select(
        opportunities.c.id.label("id"),
        opportunities.c.closed_at.label("closed_at"),
        _ACCOUNT.label("account_id"),
        func.row_number()
        .over(partition_by=_ACCOUNT, order_by=(opportunities.c.closed_at, opportunities.c.id))
        .label("place"),
    )
    .select_from(opportunities.outerjoin(accounts, accounts.c.id == opportunities.c.account_id))
    .where(opportunities.c.won.is_(True))
    .subquery("bought")
)
_FIRST = (
    select(_BOUGHT.c.id, _BOUGHT.c.closed_at, _BOUGHT.c.account_id)
    .where(_BOUGHT.c.place == 1)
    .subquery("first_win")
)
_WINS_OF = _BOUGHT.alias("win")
#: The first won deal of each account, seen from that deal.
_NEW = Fact(
    source=_FIRST.join(opportunities, opportunities.c.id == _FIRST.c.id),
    at=_FIRST.c.closed_at,
    dims={**WON.dims, **deal_dims()},
    joins=lead_joins(opportunities.c.lead_id),
    custom=ROOT_CUSTOM,
)
#: Every won deal, with the first one of its account.
_WINS = Fact(
    source=opportunities,
    at=opportunities.c.closed_at,
    keep=(opportunities.c.won.is_(True),),
    dims=WON.dims,
    joins={
        **lead_joins(opportunities.c.lead_id),
        "win": Join(_WINS_OF, _WINS_OF.c.id == opportunities.c.id),
        "first": Join(_FIRST, _FIRST.c.account_id == _WINS_OF.c.account_id, ("win",)),
    },
    custom=ROOT_CUSTOM,
)


def _repeats(bucket: Bucket) -> Parts:
    """Accounts that bought before the period, or before the week, month and so on that is looked at."""
    before = _FIRST.c.closed_at < BEGINS_AT
    if bucket is not None:
        before = or_(before, bucket(_FIRST.c.closed_at) < bucket(opportunities.c.closed_at))
    return distinct(case((before, _WINS_OF.c.account_id))), distinct(_WINS_OF.c.account_id)


MEASURES: Mapping[str, Measure] = {
    "new_customers": Measure(_NEW, (rows(),)),
    "repeat_rate": Measure(_WINS, (), ("first",), _repeats),
}
