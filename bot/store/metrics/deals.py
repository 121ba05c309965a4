"""Opportunities: new, won, lost, paid; what they were worth and how long they took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, type_coerce

from bot.store.metrics.fact import Dim, Fact, Join, Measure, rows, those, total
from bot.store.metrics.lead_joins import ROOT_CUSTOM, ROOT_DIMS, lead_joins
from bot.store.metrics.local_days import Seconds
from bot.store.tables.sales import opportunities, payments

_OWN = ("source", "industry", "campaign", "product", "stage", "lost_reason")


def cents(column: ColumnElement[Any]) -> ColumnElement[int]:
    """An amount as the whole cents that are stored: sums and shares of them are exact."""
    return type_coerce(column, BigInteger)


def deal_dims(*needs: str) -> dict[str, Dim]:
    """What an opportunity knows itself, and the rest from its lead."""
    own = {name: Dim(opportunities.c[name], needs) for name in _OWN}
    return {"lifecycle": ROOT_DIMS["lifecycle"], "tag": ROOT_DIMS["tag"], **own}


def _whose(moment: str) -> dict[str, Dim]:
    """Owner, team and region as they were at creation or closing."""
    columns = {"owner": f"{moment}_owner_id", "team": f"{moment}_team", "region": f"{moment}_region"}
    return {name: Dim(opportunities.c[column]) for name, column in columns.items()}


def _deals(at: str, moment: str, *keep: ColumnElement[bool]) -> Fact:
    return Fact(
        source=opportunities,
        at=opportunities.c[at],
        keep=keep,
        dims={**_whose(moment), **deal_dims()},
        joins=lead_joins(opportunities.c.lead_id),
        custom=ROOT_CUSTOM,
    )


_IS_WON = opportunities.c.won.is_(True)
_CREATED = _deals("created_at", "created")
_CLOSED = _deals("closed_at", "closed", opportunities.c.won.is_not(None))
WON = _deals("closed_at", "closed", _IS_WON)
_LOST = _deals("closed_at", "closed", opportunities.c.won.is_(False))
_PAYMENTS = Fact(
    source=payments,
    at=payments.c.on,
    dims={
        "owner": Dim(payments.c.owner_id),
        "team": Dim(payments.c.team),
        "region": Dim(payments.c.region),
        **deal_dims("deal"),
    },
    joins={
        "deal": Join(opportunities, opportunities.c.id == payments.c.opportunity_id),
        **{
            name: Join(join.target, join.on, ("deal", *join.needs))
            for name, join in lead_joins(opportunities.c.lead_id).items()
        },
    },
    custom=ROOT_CUSTOM,
)
_AMOUNT = total(cents(opportunities.c.amount))
_LASTED = total(Seconds(opportunities.c.created_at, opportunities.c.closed_at))

MEASURES: Mapping[str, Measure] = {
    "new_deals": Measure(_CREATED, (rows(),)),
    "deal_amount": Measure(_CREATED, (_AMOUNT,)),
    "won_deals": Measure(WON, (rows(),)),
    "won_amount": Measure(WON, (_AMOUNT,)),
    "lost_deals": Measure(_LOST, (rows(),)),
    "win_rate": Measure(_CLOSED, (those(_IS_WON), rows())),
    "sales_cycle_days": Measure(WON, (_LASTED, rows())),
    "avg_deal_amount": Measure(WON, (_AMOUNT, rows())),
    "payments": Measure(_PAYMENTS, (total(cents(payments.c.amount)),)),
}
