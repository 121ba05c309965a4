"""A customer writes to us in 微信客服: who he is, what he said, and how long we may answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.assignment import arrive
from bot.cards.texts import outreach as texts
from bot.chat.customer_service import address_of, address_of_code
from bot.chat.outbound import Notice
from bot.crm.company import Company
from bot.crm.lead import Lead
from bot.crm.service_signals import CustomerEntered, CustomerSaid
from bot.crm.stop_words import asks_to_stop, is_stop
from bot.crm.touching import Intent, Purpose
from bot.intake import followers, scoring, wechat_identity
from bot.intake.lifecycle import AWARE, forward
from bot.intake.responding import REPLIED
from bot.intake.submit import complete
from bot.intake.track import wake
from bot.store import (
    behaviours,
    incidents,
    leads,
    outbox,
    service_sessions,
    touch_points,
    touch_windows,
)
from bot.store.behaviours import Behaved
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.leads import Origin, Particulars
from bot.store.touch_points import TouchPoint
from bot.touch.leaving import leave
from bot.touch.request import request

_log = structlog.get_logger()

PLATFORM, CHANNEL, WAY = "wecom", "wechat_service", "wechat_service.message"
#: By their keys in the content library; one that is not there is not said.
WELCOME = "service_welcome"
_MOST = 500
#: What comes within this span of the message before is one matter.
_IN_A_ROW = timedelta(hours=1)


async def said(desk: Desk, signal: CustomerSaid) -> None:
    """It counts as something he did, lets him be answered for a while, and his owner hears of it."""
    at = _at(signal.at, desk.now)
    lead, is_new = await _lead_of(desk, signal)
    is_first = not await _spoke_lately(desk, lead.id)
    session = await service_sessions.spoke(desk, PLATFORM, signal.account, signal.customer, lead.id)
    if not session.servicer:
        # While a colleague has the session nothing is taken from us.
        await touch_windows.open_window(
            desk, lead.id, way=WAY, kind="message", address=address_of(signal.account, signal.customer), at=at
        )
    is_all = is_stop(signal.text, letters=False)
    if asked := signal.text if is_all else asks_to_stop(signal.text, questions=False):
        await _stopped(desk, lead, asked, occasion=f"service:{signal.item}")
    if is_all:
        return
    behaved = Behaved(
        message_id=f"service:{signal.item}", event=REPLIED, at=at, received_at=desk.now, lead_id=lead.id,
        object=CHANNEL, channel=CHANNEL, uncounted=True,
    )  # fmt: skip
    if not await behaviours.record(desk.tx, behaved):
        return
    await wake(desk, lead.id)
    if lead.owner_id is None and is_first and not is_new:
        # Nobody has him: he is offered again, with what he wants; once for all that he writes in a row.
        lead = await complete(desk, lead, Particulars(message=_words(signal)))
        await arrive.re_enquire(desk, lead, _words(signal))
    elif lead.owner_id is not None:
        await _tell(desk, lead, signal)


async def entered(desk: Desk, signal: CustomerEntered) -> None:
    """He opened the conversation: how he came is kept, and he is greeted if there is a code."""
    lead, _ = await _lead_of(desk, signal)
    await service_sessions.spoke(desk, PLATFORM, signal.account, signal.customer, lead.id)
    point = TouchPoint(
        at=_at(signal.at, desk.now), source=_source(desk.company), medium=CHANNEL,
        campaign=signal.scene_param[:64], content=signal.scene, lead_id=lead.id,
    )  # fmt: skip
    await touch_points.add(desk.tx, point)
    if not signal.welcome_code or WELCOME not in desk.company.content:
        return
    is_open = await touch_windows.open_window(
        desk, lead.id, way=WAY, kind="enter", address=address_of_code(signal.welcome_code),
        at=_at(signal.at, desk.now),
    )  # fmt: skip
    if not is_open:
        await incidents.count(desk.tx, "service.welcome", "too_late", desk.now)
        return
    key = f"service_welcome:{desk.vault.index('welcome', signal.welcome_code)}"
    await request(
        desk,
        Intent(key=key, lead_id=lead.id, purpose=Purpose.REPLY, content=WELCOME, channels=(CHANNEL,)),
    )


async def _spoke_lately(desk: Desk, lead_id: str) -> bool:
    """Whether he wrote within the last hour."""
    spans = await touch_windows.open_of_each(desk.tx, [lead_id], desk.now)
    return any(
        one.way == WAY and one.kind == "message" and desk.now - one.opened_at < _IN_A_ROW
        for one in spans.get(lead_id, ())
    )


async def _lead_of(desk: Desk, signal: CustomerSaid | CustomerEntered) -> tuple[Lead, bool]:
    """Whom we know by either of his ids; a stranger becomes a lead with this as its source, and is new."""
    found = await wechat_identity.lead_of(desk, union_id=signal.union_id, wecom=signal.customer)
    if found is not None:
        lead = await leads.get(desk.tx, found)
        await wechat_identity.take(desk, lead, union_id=signal.union_id, wecom=signal.customer)
        return lead, False
    lead_id = f"L{await desk.tx.number('lead')}"
    message = _words(signal) if isinstance(signal, CustomerSaid) else ""
    known = Particulars(name=" ".join(signal.name.split())[:64], message=message)
    origin = Origin(source=_source(desk.company), campaign="", form="")
    lead = await leads.create(desk, lead_id, known, origin, by=CHANNEL)
    await wechat_identity.take(desk, lead, union_id=signal.union_id, wecom=signal.customer)
    await followers.is_lead(desk, signal.union_id, lead.id)
    await forward(desk, lead, AWARE, reason=CHANNEL, by=CHANNEL)
    lead = (await scoring.count(desk, await leads.get(desk.tx, lead_id))).lead
    # Who writes waits for an answer; who only looked in does not.
    lead = await arrive.arrive(desk, lead, rings=isinstance(signal, CustomerSaid))
    _log.info("lead.created", lead=lead_id, by=CHANNEL)
    return lead, True


async def _stopped(desk: Desk, lead: Lead, text: str, *, occasion: str) -> None:
    consent = Consent(
        given=False, purpose="marketing", channel=CHANNEL, text=texts.STOP_TEXT.format(said=text[:20]),
        version="",
    )  # fmt: skip
    await leave(desk, lead.id, consent, occasion=occasion)
    _log.info("customer.unsubscribed", lead=lead.id, channel=CHANNEL)


async def _tell(desk: Desk, lead: Lead, signal: CustomerSaid) -> None:
    text = texts.WROTE.format(lead=lead.display, id=lead.id, text=_words(signal))
    notice = Notice(to=lead.owner_id or "", key=f"service:{signal.item}", text=text, topic=lead.topic)
    await outbox.post(desk, notice)


def _words(signal: CustomerSaid) -> str:
    return signal.text[:_MOST] or texts.WROTE_MEDIA.get(signal.media, texts.OTHER_MEDIA)


def _source(company: Company) -> str:
    return next((name for name in company.lexicon_words()["source"] if name == texts.SOURCE), texts.SOURCE)


def _at(told: str, now: datetime) -> datetime:
    """When it happened by the platform's clock; now if it did not say."""
    try:
        at = datetime.fromisoformat(told) if told else now
    except ValueError:
        return now
    return at if at.tzinfo is not None else now
