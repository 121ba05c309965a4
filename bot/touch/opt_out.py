"""Stop and again: what a colleague was told by the customer, kept as his word and in force at once."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards.texts import touch as texts
from bot.crm.lead import Lead
from bot.crm.task import Task
from bot.crm.user import User
from bot.store import audit, consents, leads, touch_addresses, touch_suppressions
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.touch_suppressions import UNSUBSCRIBED
from bot.touch import agreed
from bot.touch.leaving import take_back

#: For a colleague: every message but answers.
EVERYTHING = "all"
COLLEAGUE = "colleague"


async def stop(desk: Desk, lead: Lead, *, channel: str, by: User, reason: str) -> list[Task]:
    """No more of it from this commit on; empty: no marketing on any channel. Tasks that are off for that."""
    await leads.lock(desk.tx, lead.id)
    await consents.record(desk, lead.id, _word(channel, reason, given=False))
    for one, key in (await _keys(desk, lead, channel)).items():
        await touch_suppressions.suppress(
            desk, key, channel=one, reason=UNSUBSCRIBED, by=by.id, detail=COLLEAGUE
        )
    await audit.note(desk, actor=by.id, action="consent.stopped", of=lead.topic, channel=channel or "*")
    return await take_back(desk, lead.id)


async def resume(desk: Desk, lead: Lead, *, channel: str, by: User, reason: str) -> Mapping[str, str]:
    """He wants it again; by channel what still stands against it: an address that bounced stays closed."""
    await leads.lock(desk.tx, lead.id)
    await consents.record(desk, lead.id, _word(channel, reason, given=True))
    keys = await _keys(desk, lead, channel)
    for one, key in keys.items():
        await touch_suppressions.lift(desk, key, channel=one)
    await audit.note(desk, actor=by.id, action="consent.resumed", of=lead.topic, channel=channel or "*")
    left = {}
    for one, key in keys.items():
        for found in await touch_suppressions.of(desk.tx, [key]):
            if found.channel in ("", one):
                left[one] = found.reason
    return left


async def _keys(desk: Desk, lead: Lead, channel: str) -> dict[str, LeadKey]:
    reach = await touch_addresses.of(desk, lead)
    wanted = set(reach) if channel in ("", EVERYTHING) else {channel}
    return {one: found.key for one, found in reach.items() if one in wanted and found.key is not None}


def _word(channel: str, reason: str, *, given: bool) -> Consent:
    purpose = agreed.CONTACT if channel == EVERYTHING else agreed.purpose_on(channel)
    said = texts.CONSENT_TEXT_AGAIN if given else texts.CONSENT_TEXT_STOP
    return Consent(
        given=given, purpose=purpose, channel=COLLEAGUE, text=said.format(reason=reason[:100]), version=""
    )
