"""What people do in our 公众号 and 小程序: they write, allow and refuse; and what reached them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import structlog

from bot.cards.texts import responses as texts
from bot.chat.outbound import Notice
from bot.crm.official_signals import (
    MassSendHasEnded,
    MessagesHaveArrived,
    SubscriptionsHaveChanged,
    VisitorHasActed,
)
from bot.crm.stop_words import asks_to_stop, is_stop
from bot.crm.touching import PARTLY, Intent, Purpose, TouchState
from bot.intake import official_visitors as visitors
from bot.intake.responding import REPLIED, struck
from bot.intake.track import wake
from bot.kit.pushed import digest
from bot.store import (
    behaviours,
    incidents,
    leads,
    mass_sends,
    outbox,
    touch_asked,
    touch_receipts,
    touch_sending,
    touch_texts,
    touches,
)
from bot.store.behaviours import Behaved
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.touch_suppressions import REFUSED, UNSUBSCRIBED, suppress
from bot.store.touches import Fate
from bot.store.unclaimed_permissions import Visitor
from bot.touch import agreed
from bot.touch.leaving import leave
from bot.touch.request import request

_log = structlog.get_logger()
#: The words with which a refusal is confirmed, by their key in the content library.
CONFIRMS = "opted_out"
MESSAGE = "message"
_MASS_WENT = "sendsuccess"
#: It went, and reached none of them.
_NOBODY = "reached_nobody"
#: Uses of a channel of whose messages the platform tells whether they arrived.
_HAVE_RECEIPTS = ("template", "subscribe")


async def acted(desk: Desk, signal: VisitorHasActed) -> None:
    """It opens a span; what he wrote ends our messages, or is for his owner."""
    who = Visitor(signal.channel, signal.account, signal.open_id)
    at = visitors.told_at(signal.at, desk.now)
    is_there, lead_id = await visitors.seen(desk, who, at=at)
    if not is_there:
        return
    await visitors.opened(desk, who, lead_id, kind=signal.kind, at=at)
    is_all = is_stop(signal.text, letters=False)
    if asked := signal.text if is_all else asks_to_stop(signal.text, questions=False):
        await _stop(desk, who, lead_id, signal, asked)
    if is_all:
        return
    if signal.kind == MESSAGE and lead_id is not None:
        await _said(desk, who, lead_id, signal)
    elif signal.kind == MESSAGE:
        await incidents.count(desk.tx, f"{who.channel}.message_of_nobody", "unknown", desk.now)


async def subscribed(desk: Desk, signal: SubscriptionsHaveChanged) -> None:
    """Each acceptance is good for one message; a refusal ends what is left of that template."""
    who = Visitor(signal.channel, signal.account, signal.open_id)
    lead_id = await visitors.whose(desk, who)
    for template in signal.granted.splitlines():
        await visitors.granted(desk, who, lead_id, template)
    for template in signal.revoked.splitlines():
        await visitors.revoked(desk, who, lead_id, template)


async def arrived(desk: Desk, signal: MessagesHaveArrived) -> None:
    """Receipts settle what became of messages by template."""
    who = Visitor(signal.channel, signal.account, signal.open_id)
    for line in signal.receipts.splitlines():
        await _receipt(desk, who, orjson.loads(line))


async def mass_ended(desk: Desk, signal: MassSendHasEnded) -> None:
    """It reached its people, or the platform did not let it through; whom of them is not told."""
    numbers = (_count(signal.total), _count(signal.sent), _count(signal.failed))
    is_new = await mass_sends.end(
        desk.tx, signal.account, signal.message_id, status=signal.status, numbers=numbers, at=desk.now
    )
    if is_new:
        _log.info("mass_send.ended", status=signal.status, people=numbers[0], sent=numbers[1])
        await mass_settled(desk, signal.account, signal.message_id)


async def mass_taken(desk: Desk, account: str, message_id: str, touch_ids: Sequence[str]) -> None:
    """The platform took one; what came of it may have been told already."""
    await mass_sends.keep(desk.tx, account, message_id, touch_ids, at=desk.now)
    await mass_settled(desk, account, message_id)


async def mass_settled(desk: Desk, account: str, message_id: str) -> None:
    """What the platform's sums say of each: everybody, nobody, or nobody can tell whom."""
    found = await mass_sends.ended(desk.tx, account, message_id)
    if found is None:
        return
    went = found.status.replace(" ", "").lower() == _MASS_WENT
    if went and found.failed == 0 and found.sent >= len(found.touch_ids):
        # Only when it reached everybody is it known whom it reached.
        for touch_id in found.touch_ids:
            await touches.mark(desk.tx, touch_id, Fate.DELIVERED, at=desk.now)
    elif not went or (found.total and not found.sent):
        why = found.status if not went else _NOBODY
        for touch_id in found.touch_ids:
            await touches.mark(desk.tx, touch_id, Fate.BOUNCED, at=desk.now, why=why)
        if found.touch_ids:
            n = len(found.touch_ids)
            await incidents.count(desk.tx, "mass_send.refused", why[:40], desk.now, times=n)
    elif found.total:
        await _unsure(desk, found)


async def _unsure(desk: Desk, found: mass_sends.Ended) -> None:
    """It reached some: the platform tells how many, and not whom, so of each it is unknown."""
    detail, n = f"{PARTLY}:{found.sent}/{max(found.total, len(found.touch_ids))}", 0
    for touch_id in found.touch_ids:
        n += await touch_asked.unsure(desk.tx, touch_id, detail=detail)
    if n:
        await incidents.count(desk.tx, "mass_send.partly", "platform_tells_sums", desk.now, times=n)


async def _stop(desk: Desk, who: Visitor, lead_id: str | None, signal: VisitorHasActed, asked: str) -> None:
    """In force with this commit; then one answer that it is, if there is room for it."""
    if lead_id is not None:
        purpose = agreed.purpose_on(who.channel)
        said = Consent(given=False, purpose=purpose, channel=who.channel, text=asked[:20], version="")
        await leave(desk, lead_id, said, occasion=f"{who.channel}:{_occasion(signal)}")
        last = await touch_texts.last_said(desk.tx, lead_id, who.channel)
        if last is not None:
            await touches.mark(desk.tx, last, Fate.UNSUBSCRIBED, at=desk.now)
    key = visitors.key_of(desk, who)
    await suppress(desk, key, channel=who.channel, reason=UNSUBSCRIBED, by="customer", detail="reply")
    _log.info("customer.unsubscribed", lead=lead_id, channel=who.channel)
    if lead_id is not None and CONFIRMS in desk.company.content:
        wanted = Intent(
            key=f"opted_out:{who.channel}:{_occasion(signal)}", lead_id=lead_id, purpose=Purpose.REPLY,
            content=CONFIRMS, channels=(f"{who.channel}.message",),
        )  # fmt: skip
        await request(desk, wanted)


async def _said(desk: Desk, who: Visitor, lead_id: str, signal: VisitorHasActed) -> None:
    """What he wrote goes to his owner, and counts as something that he did."""
    lead, occasion = await leads.get(desk.tx, lead_id), _occasion(signal)
    behaved = Behaved(
        message_id=f"{who.channel}_reply:{occasion}", event=REPLIED, at=desk.now, received_at=desk.now,
        lead_id=lead.id, object=who.channel, channel=who.channel, uncounted=True,
    )  # fmt: skip
    if not await behaviours.record(desk.tx, behaved):
        return
    await wake(desk, lead.id)
    if lead.owner_id is not None:
        text = texts.REPLIED_IN_WECHAT.format(
            lead=lead.display, id=lead.id, where=texts.WHERE[who.channel],
            text=signal.text[:500] or texts.NO_WORDS,
        )  # fmt: skip
        await outbox.post(desk, Notice(to=lead.owner_id, key=f"{who.channel}_reply:{occasion}", text=text))


async def _receipt(desk: Desk, who: Visitor, told: Mapping[str, Any]) -> None:
    lead_id = await visitors.whose(desk, who)
    touch_id = await _touch_of(desk, who, lead_id, str(told["id"])) if lead_id is not None else None
    if touch_id is None:
        await incidents.count(desk.tx, f"{who.channel}.receipt_of_nothing", "unknown", desk.now)
        return
    fate = Fate.DELIVERED if told["delivered"] else Fate.BOUNCED
    # It came there or did not: either way the platform had taken it.
    await touch_sending.settle(
        desk.tx, touch_id, TouchState.SENT, of={TouchState.UNKNOWN}, now=desk.now, detail="receipt"
    )
    is_new = await touches.mark(desk.tx, touch_id, fate, at=desk.now, why=str(told["code"]))
    if not is_new or fate is Fate.DELIVERED:
        return
    if "block" in str(told["code"]):
        key = visitors.key_of(desk, who)
        await suppress(
            desk, key, channel=who.channel, reason=REFUSED, by="customer", detail=str(told["code"])
        )
        return
    said = await touch_texts.said(desk.tx, touch_id)
    if said is not None:
        await struck(desk, said, detail=str(told["code"]))


async def _touch_of(desk: Desk, who: Visitor, lead_id: str, number: str) -> str | None:
    """By the platform's number; or the only one that waits, whose answer was lost or is not written yet."""
    found = await touch_texts.by_provider_id(desk.tx, lead_id, number) if number else None
    if found is not None:
        return found
    ways = [f"{who.channel}.{use}" for use in _HAVE_RECEIPTS]
    return await touch_receipts.only_unanswered(desk.tx, lead_id, ways)


def _occasion(signal: VisitorHasActed) -> str:
    number = signal.message_id or f"{signal.at}\n{signal.text}"
    return digest(f"{signal.account}\n{signal.open_id}\n{number}".encode())


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("10000000") else 0
