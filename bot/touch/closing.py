"""Nothing more is written to where a message went; whoever has another address by now keeps that one."""

from __future__ import annotations

from bot.rules.dead_address import closes
from bot.store import incidents, lead_changes, leads, merges, touch_addresses, touch_texts
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.touch_suppressions import suppress
from bot.store.touch_texts import Said

#: By channel the field of a lead that says where it goes: no span and no hand leads elsewhere.
_FIELDS = {"email": "email", "sms": "phone"}


async def close(desk: Desk, said: Said, *, reason: str, by: str, detail: str) -> bool:
    """Write no more to where a touch went; False if that was so before, or nobody knows where it went."""
    key = await where(desk, said)
    if key is None:
        # It went by a span that he had opened himself, or by hand, or nobody knows where any more.
        await incidents.count(desk.tx, "touch.not_closed", f"{said.channel}:{reason}", desk.now)
        return False
    return await suppress(desk, key, channel=said.channel, reason=reason, by=by, detail=detail)


async def where(desk: Desk, said: Said) -> LeadKey | None:
    """Where a touch went. From before that was kept: his address, if he certainly has the same since."""
    if said.key is not None or said.sent_at is None or said.channel not in _FIELDS:
        return said.key
    lead = await leads.find(desk.tx, said.lead_id)
    if lead is None or await merges.of_lead(desk.tx, lead.id):
        return None
    for one in await lead_changes.of_lead(desk, lead.id):
        if one.field == _FIELDS[said.channel] and one.at >= said.sent_at:
            return None
    reached = (await touch_addresses.of(desk, lead)).get(said.channel)
    return reached.key if reached is not None else None


async def refused(desk: Desk, touch_id: str, code: str) -> bool:
    """The channel refused it for good; a code that says that nobody is there closes the address."""
    reason = closes(code)
    said = await touch_texts.said(desk.tx, touch_id) if reason else None
    if said is None:
        return False
    return await close(desk, said, reason=reason, by="system", detail=code)
