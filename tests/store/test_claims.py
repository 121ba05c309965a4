"""The day of a cap is the company's."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.store import claims
from bot.store.desk import Desk


@pytest.mark.parametrize(
    ("hour", "day"),
    [(15, "2026-11-18"), (16, "2026-11-19"), (23, "2026-11-19")],
    ids=["23:30", "00:30", "07:30"],
)
def test_a_day_begins_at_midnight_of_the_company(company, vault, random_bytes, hour, day):
    """At half past midnight in Shanghai the places of the new day are open, whatever Greenwich says."""
    now = datetime(2026, 11, 18, hour, 30, tzinfo=timezone.utc)
    desk = Desk(tx=None, company=company, now=now, vault=vault, random_bytes=random_bytes)  # type: ignore[arg-type]

    assert claims.day_of(desk) == day
    assert claims.daily_key(desk, user_id="u", pool_id="p") == f"claims:p:u:{day}"
