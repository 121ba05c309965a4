"""What customers say: marks they gave us, complaints they made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func

from bot.store.metrics.fact import Dim, Fact, Join, Measure, rows, total
from bot.store.metrics.lead_joins import ROOT, ROOT_CUSTOM, ROOT_DIMS, lead_joins, row_dims
from bot.store.tables.insight import complaints, surveys
from bot.store.tables.sales import accounts


def _fact(table: Any, at: str) -> Fact:  # noqa: ANN401 - a table
    """Rows that name a lead or an account, or both; the lead knows better what it is about."""
    account = accounts.alias("voice_account")
    industry = func.coalesce(func.nullif(ROOT.c.industry, ""), account.c.industry)
    return Fact(
        source=table,
        at=table.c[at],
        dims={
            **row_dims(table),
            **ROOT_DIMS,
            "industry": Dim(industry, ("root", "account")),
            "product": Dim(table.c.product),
        },
        joins={
            **lead_joins(table.c.lead_id),
            "account": Join(account, account.c.id == table.c.account_id),
        },
        custom=ROOT_CUSTOM,
    )


MEASURES: Mapping[str, Measure] = {
    "satisfaction": Measure(_fact(surveys, "answered_at"), (total(surveys.c.mark), rows())),
    "complaints": Measure(_fact(complaints, "opened_at"), (rows(),)),
}
