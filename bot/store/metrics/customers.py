"""Accounts: who bought for the first time, who bought again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import case, func, or_, select

from bot.store.metrics.deals import WON, deal_dims
from bot.store.metrics.fact import BEGINS_AT, Bucket, Fact, Join, Measure, Parts, distinct, rows
from bot.store.metrics.lead_joins import ROOT_CUSTOM, lead_joins
from bot.store.metrics.purchases import FIRST, PURCHASES, WINS, purchase_dims, purchase_joins
from bot.store.tables.sales import opportunities

_PLACED = select(
    WINS.c.id,
    WINS.c.at,
    func.row_number().over(partition_by=WINS.c.customer, order_by=(WINS.c.at, WINS.c.id)).label("place"),
).where(WINS.c.customer.is_not(None))
_WON_BY = _PLACED.subquery("won_by")
_FIRST_WIN = select(_WON_BY.c.id, _WON_BY.c.at).where(_WON_BY.c.place == 1).subquery("first_win")
#: The first won deal of each customer, seen from that deal.
_NEW = Fact(
    source=_FIRST_WIN.join(opportunities, opportunities.c.id == _FIRST_WIN.c.id),
    at=_FIRST_WIN.c.at,
    dims={**WON.dims, **deal_dims()},
    joins=lead_joins(opportunities.c.lead_id),
    custom=ROOT_CUSTOM,
)
#: Every purchase that is somebody's, with the first one of its customer.
_BOUGHT = Fact(
    source=PURCHASES,
    at=PURCHASES.c.at,
    keep=(PURCHASES.c.customer.is_not(None),),
    dims=purchase_dims(PURCHASES),
    joins={**purchase_joins(PURCHASES), "first": Join(FIRST, FIRST.c.customer == PURCHASES.c.customer)},
    custom=ROOT_CUSTOM,
)


def _repeats(bucket: Bucket) -> Parts:
    """Those who bought before the period, or before the week, month and so on that is looked at."""
    before = FIRST.c.at < BEGINS_AT
    if bucket is not None:
        before = or_(before, bucket(FIRST.c.at) < bucket(PURCHASES.c.at))
    return distinct(case((before, PURCHASES.c.customer))), distinct(PURCHASES.c.customer)


MEASURES: Mapping[str, Measure] = {
    "new_customers": Measure(_NEW, (rows(),)),
    "repeat_rate": Measure(_BOUGHT, (), ("first",), _repeats),
}
