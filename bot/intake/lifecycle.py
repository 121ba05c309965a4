"""Lifecycle: where a person stands with us, moved forward by what happens and never back by it."""

from __future__ import annotations

from bot.crm.lead import Lead
from bot.store import leads
from bot.store.desk import Desk

#: In this order.
LIFECYCLE = ("认知", "考虑", "决策", "购买", "服务", "忠诚")
AWARE, CONSIDERING, DECIDING, BOUGHT, SERVED, LOYAL = LIFECYCLE


async def forward(desk: Desk, lead: Lead, to: str, *, reason: str, by: str) -> None:
    """Move a lead on, unless it is there or further."""
    if _place(lead.lifecycle) < _place(to):
        await leads.live(desk, lead, to, reason=reason, by=by)


def _place(lifecycle: str) -> int:
    return LIFECYCLE.index(lifecycle) if lifecycle in LIFECYCLE else -1
