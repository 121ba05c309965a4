"""A pool's terms, applied to people and leads."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.crm.lead import Lead
from bot.crm.pool import Standing, terms_of
from bot.store.desk import Desk


def cooling_since(desk: Desk, lead: Lead | Standing) -> datetime:
    """Who gave the lead back after this instant may not take it again yet."""
    return desk.now - timedelta(days=terms_of(desk.company, lead.pool_id).cool_down_days)
