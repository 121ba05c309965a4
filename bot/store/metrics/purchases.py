"""Who bought what and when: won deals and orders in one list, by customer.

A customer is an account; where there is none, the person whom the lead is about. What names
neither is a sale, but nobody's first or second one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    Subquery,
    func,
    literal,
    or_,
    select,
    union_all,
)

from bot.store.metrics.fact import Dim, Join, text_of
from bot.store.metrics.lead_joins import ROOT, ROOT_DIMS, tag_join
from bot.store.tables.imports import orders
from bot.store.tables.leads import leads, tenures
from bot.store.tables.people import users
from bot.store.tables.sales import accounts, opportunities

_GONE = leads.alias("gone_lead")
_LEAD = leads.alias("buying_lead")
_ACCOUNT = accounts.alias("buying_account")
_BUYER = accounts.alias("ordering_account")
_KEEPER = users.alias("account_keeper")
_HAD = tenures.alias("had")


def _lead_id(table: Any) -> ColumnElement[str]:  # noqa: ANN401 - a table
    """The lead that counts, of the one that is named."""
    return text_of(func.coalesce(_GONE.c.merged_into, table.c.lead_id))


def _account_id(table: Any) -> ColumnElement[str]:  # noqa: ANN401 - a table
    return func.nullif(func.coalesce(func.nullif(table.c.account_id, ""), _LEAD.c.account_id), "")


def _with_customer(table: Any) -> FromClause:  # noqa: ANN401 - a table
    joined: FromClause = table.outerjoin(_GONE, _GONE.c.id == table.c.lead_id)
    joined = joined.outerjoin(_LEAD, _LEAD.c.id == _lead_id(table))
    return joined.outerjoin(_ACCOUNT, _ACCOUNT.c.id == _account_id(table))


def _customer(table: Any) -> ColumnElement[str]:  # noqa: ANN401 - a table
    """An account that was merged away is the other one."""
    account = func.coalesce(_ACCOUNT.c.merged_into, _account_id(table))
    return text_of(func.coalesce(account, _LEAD.c.id)).label("customer")


def _won() -> Select[Any]:
    columns = opportunities.c
    return (
        select(
            columns.id,
            columns.closed_at.label("at"),
            _customer(opportunities),
            _LEAD.c.id.label("lead_id"),
            literal(None, String()).label("account_id"),
            columns.closed_owner_id.label("owner"),
            columns.closed_team.label("team"),
            columns.closed_region.label("region"),
            columns.source,
            columns.campaign,
            columns.industry,
            columns.product,
            literal(0).label("is_order"),
        )
        .select_from(_with_customer(opportunities))
        .where(columns.won.is_(True))
    )


def _ordered() -> Select[Any]:
    """Orders name no colleague; whose each was is found where it is asked for."""
    nobody = literal(None, String())
    return select(
        orders.c.id,
        orders.c.ordered_at.label("at"),
        _customer(orders),
        _LEAD.c.id.label("lead_id"),
        _ACCOUNT.c.id.label("account_id"),
        nobody.label("owner"),
        nobody.label("team"),
        nobody.label("region"),
        _LEAD.c.source,
        _LEAD.c.campaign,
        func.coalesce(func.nullif(_LEAD.c.industry, ""), _ACCOUNT.c.industry).label("industry"),
        orders.c.product,
        literal(1).label("is_order"),
    ).select_from(_with_customer(orders))


#: Won deals, each with its customer, if it has one; with orders; and orders alone.
WINS = _won().subquery("wins")
PURCHASES = union_all(_won(), _ordered()).subquery("purchases")
ORDERS = _ordered().subquery("customer_orders")
_EVERY = PURCHASES.alias("every_purchase")
FIRST = (
    select(_EVERY.c.customer, func.min(_EVERY.c.at, type_=_EVERY.c.at.type).label("at"))
    .where(_EVERY.c.customer.is_not(None))
    .group_by(_EVERY.c.customer)
    .subquery("first_purchase")
)
_OWN = ("source", "campaign", "industry", "product")


def purchase_dims(of: Subquery) -> dict[str, Dim]:
    """What a purchase is cut by; the rest is known of its lead.

    An order counts for whoever had its lead then, else for whoever has the account today.
    """
    needs = ("had", "account", "keeper")
    whose = {
        "owner": func.coalesce(of.c.owner, _HAD.c.owner_id, _BUYER.c.owner_id),
        "team": func.coalesce(of.c.team, _HAD.c.team, _KEEPER.c.team),
        "region": func.coalesce(of.c.region, _HAD.c.region, _KEEPER.c.region),
    }
    own = {name: Dim(of.c[name]) for name in _OWN}
    return {**ROOT_DIMS, **own, **{name: Dim(column, needs) for name, column in whose.items()}}


def purchase_joins(of: Subquery) -> dict[str, Join]:
    """The lead of a purchase, if it has one; whose an order was."""
    is_order = of.c.is_order == 1
    return {
        "root": Join(ROOT, ROOT.c.id == of.c.lead_id),
        "tag": tag_join(ROOT.c.id, "root"),
        "had": Join(_HAD, is_order & (_HAD.c.lead_id == of.c.lead_id) & (_HAD.c.epoch == _had_epoch(of))),
        "account": Join(_BUYER, is_order & (_BUYER.c.id == of.c.account_id)),
        "keeper": Join(_KEEPER, _KEEPER.c.id == _BUYER.c.owner_id, ("account",)),
    }


def _had_epoch(of: Subquery) -> ColumnElement[Any]:
    """Whose the lead was when it ordered; if nobody had it then, whose it became next."""
    other = tenures.alias("other_tenure")
    return (
        select(func.min(other.c.epoch))
        .where(other.c.lead_id == of.c.lead_id, or_(other.c.to_at.is_(None), other.c.to_at > of.c.at))
        .correlate(of)
        .scalar_subquery()
    )
