"""Each of our digests by its kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.insight.digests import alerts, day_report, morning, recap
from bot.insight.digests.digest import Digest
from bot.insight.digests.view import View

_BY_KIND: Mapping[str, Callable[[View], Awaitable[Digest]]] = {
    "morning": morning.of_rep,
    "team_morning": recap.morning,
    "day_report": day_report.of_rep,
    "daily": recap.daily,
    "weekly": recap.weekly,
    "monthly": recap.monthly,
}
KINDS = frozenset(_BY_KIND)
#: Of oneself; the others are of those whom one leads.
OF_REPS = frozenset({"morning", "day_report"})


async def compose(view: View, kind: str, *, subscription: str = "") -> Digest:
    """What it says now; KeyError for a kind that is none."""
    if kind in alerts.KINDS:
        return await alerts.look(view, kind, subscription=subscription)
    return await _BY_KIND[kind](view)
