"""Receipts settle what became of an SMS; a reply ends them, or is what a customer has to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import structlog

from bot.cards.texts import responses as texts
from bot.chat.inbound import OWN, Accepted
from bot.chat.outbound import Notice
from bot.crm.lead import Lead
from bot.crm.stop_words import asks_to_stop, is_stop
from bot.crm.touch_signals import SmsHasCome
from bot.crm.touching import TouchState
from bot.intake.responding import REPLIED, struck
from bot.intake.track import wake
from bot.kit.pushed import digest
from bot.kit.wire import pack
from bot.store import (
    behaviours,
    inbox,
    incidents,
    leads,
    outbox,
    touch_costs,
    touch_sending,
    touch_texts,
    touches,
)
from bot.store.behaviours import Behaved
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey, holder
from bot.store.touch_suppressions import UNSUBSCRIBED, suppress
from bot.store.touches import Fate
from bot.touch.leaving import leave

_log = structlog.get_logger()
#: In one unit; the rest comes right after it.
_MOST = 20
#: Providers report within three days.
_WAIT = timedelta(days=4)


async def came(desk: Desk, signal: SmsHasCome) -> None:
    """Take a few, and leave the rest to the next unit."""
    receipts, replies = signal.receipts.splitlines(), signal.replies.splitlines()
    for one in receipts[:_MOST]:
        await _receipt(desk, orjson.loads(one))
    left = _MOST - len(receipts[:_MOST])
    for one in replies[:left]:
        await _reply(desk, orjson.loads(one))
    await _leave(desk, signal, receipts[_MOST:], replies[left:])


async def _leave(desk: Desk, signal: SmsHasCome, receipts: Sequence[str], replies: Sequence[str]) -> None:
    if not receipts and not replies:
        return
    rest = replace(signal, receipts="\n".join(receipts), replies="\n".join(replies))
    body = pack(rest).encode()
    accepted = Accepted(platform=OWN, key=f"sms:{digest(body)}", lane_key=f"sms:{signal.provider}", body=body)
    await inbox.receive(desk.tx, desk.vault, accepted, now=desk.now)


async def _receipt(desk: Desk, told: Mapping[str, Any]) -> None:
    touch_id = await _touch_of(desk, told)
    if touch_id is None:
        await incidents.count(desk.tx, "sms.receipt_of_nothing", "unknown", desk.now)
        return
    fate = Fate.DELIVERED if told["delivered"] else Fate.BOUNCED
    # It came there or did not: either way the provider had taken it.
    await touch_sending.settle(
        desk.tx, touch_id, TouchState.SENT, of={TouchState.UNKNOWN}, now=desk.now, detail="receipt"
    )
    is_new = await touches.mark(desk.tx, touch_id, fate, at=desk.now, why=str(told["code"]))
    if told["pieces"]:
        await touch_texts.billed(desk.tx, touch_id, int(told["pieces"]))
    await touch_costs.book(desk, touch_id, "sms", billed=int(told["pieces"] or 0))
    said = await touch_texts.said(desk.tx, touch_id)
    if is_new and fate is Fate.BOUNCED and said is not None:
        await struck(desk, said, detail=str(told["code"]))


async def _touch_of(desk: Desk, told: Mapping[str, Any]) -> str | None:
    """By our own id, by the provider's, or as the only one of this number that waits."""
    own = await touch_texts.said(desk.tx, told["out_id"]) if told["out_id"] else None
    if own is not None:
        return own.touch_id
    lead_id = await holder(desk.tx, _key(desk, told["phone"]))
    if lead_id is None:
        return None
    found = await touch_texts.by_provider_id(desk.tx, lead_id, told["id"]) if told["id"] else None
    if found is not None:
        return found
    return await touch_texts.only_waiting(desk.tx, lead_id, "sms", since=desk.now - _WAIT)


async def _reply(desk: Desk, told: Mapping[str, Any]) -> None:
    key = _key(desk, told["phone"])
    lead_id = await holder(desk.tx, key)
    is_all = is_stop(told["text"], letters=True)
    # Of a sentence nothing but these words: what else he wrote is not for this row.
    asked = told["text"] if is_all else asks_to_stop(told["text"], questions=True)
    if asked:
        # Stricter than it must be: whatever signature it came under, and also for a number that is nobody's.
        if lead_id is not None:
            given = Consent(given=False, purpose="marketing_sms", channel="sms", text=asked[:20], version="")
            await leave(desk, lead_id, given, occasion=_occasion(told))
            last = await touch_texts.last_said(desk.tx, lead_id, "sms")
            if last is not None:
                await touches.mark(desk.tx, last, Fate.UNSUBSCRIBED, at=desk.now)
        await suppress(desk, key, channel="sms", reason=UNSUBSCRIBED, by="customer", detail="reply")
        _log.info("customer.unsubscribed", lead=lead_id, channel="sms")
        if is_all:
            return
    if lead_id is None:
        await incidents.count(desk.tx, "sms.reply_of_nobody", "unknown", desk.now)
        return
    await _said(desk, await leads.get(desk.tx, lead_id), told)


def _occasion(told: Mapping[str, Any]) -> str:
    return digest(f"{told['phone']}\n{told['at']}\n{told['text']}".encode())


async def _said(desk: Desk, lead: Lead, told: Mapping[str, Any]) -> None:
    """What he wrote goes to his owner, and counts as something that he did."""
    occasion = _occasion(told)
    behaved = Behaved(
        message_id=f"sms_reply:{occasion}", event=REPLIED, at=desk.now, received_at=desk.now,
        lead_id=lead.id, object="sms", channel="sms", uncounted=True,
    )  # fmt: skip
    if not await behaviours.record(desk.tx, behaved):
        return
    await wake(desk, lead.id)
    if lead.owner_id is not None:
        text = texts.REPLIED_BY_SMS.format(lead=lead.display, id=lead.id, text=told["text"][:500])
        await outbox.post(desk, Notice(to=lead.owner_id, key=f"sms_reply:{occasion}", text=text))


def _key(desk: Desk, phone: str) -> LeadKey:
    return LeadKey("phone", desk.vault.index("phone", phone))
