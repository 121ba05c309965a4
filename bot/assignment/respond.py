"""The first-response clock (首响): remind the owner, then find somebody who answers."""

from __future__ import annotations

from bot.assignment.clock import due_at, is_answered, remind_at
from bot.crm.lead import Lead
from bot.crm.signals import RemindResponse, ResponseOver
from bot.store import leads, timers
from bot.store.desk import Desk

#: One clock a lead: a new start moves the old timers.
_KEY = "response"


async def start(desk: Desk, lead: Lead) -> None:
    """Wind the clock for its present owner."""
    remind, over = remind_at(desk.company, lead), due_at(desk.company, lead)
    lane_key, epoch = f"lead:{lead.id}", str(lead.epoch)
    if remind is not None:
        command = RemindResponse(lead.id, epoch)
        await timers.set_timer(desk, lane_key=lane_key, command=command, key=_KEY, due_at=remind)
    if over is not None:
        await timers.set_timer(
            desk, lane_key=lane_key, command=ResponseOver(lead.id, epoch), key=_KEY, due_at=over
        )


async def stop(desk: Desk, lead_id: str) -> None:
    """Call both timers off: the owner answered, or there is none any more."""
    for kind in (RemindResponse, ResponseOver):
        await timers.cancel_timer(desk, lane_key=f"lead:{lead_id}", command_type=kind, key=_KEY)


async def waiting(desk: Desk, lead_id: str, epoch: str) -> Lead | None:
    """The lead, if its owner of that epoch still owes an answer; a late timer finds nothing."""
    lead = await leads.find(desk.tx, lead_id)
    if lead is None or lead.owner_id is None or str(lead.epoch) != epoch or is_answered(lead):
        return None
    return lead
