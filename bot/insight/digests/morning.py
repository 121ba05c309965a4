"""A rep's morning list."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.cards import digest_morning
from bot.insight.digests.digest import Digest
from bot.insight.digests.view import View
from bot.store.reads.digest_morning import morning

_MOST = 5


async def of_rep(view: View) -> Digest:
    """His tasks until tonight and the leads that he has not answered yet."""
    desk, zone = view.desk, view.desk.company.org.zone
    tonight = datetime.combine(view.today + timedelta(days=1), time(), tzinfo=zone)
    found = await morning(desk, view.viewer.id, tonight=tonight, most=_MOST)
    totals = (found.overdue_total, found.today_total, found.new_total)
    card = digest_morning.card(found.overdue, found.today, found.new, totals=totals, now=desk.now, zone=zone)
    return Digest(card=card, topic=f"digest:{view.viewer.id}")
