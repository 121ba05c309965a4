"""A customer added one of us in WeChat: bind him to his lead (加微), greet him once, tell the owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.assignment.faces import refresh
from bot.cards.texts import intake as texts
from bot.chat.outbound import Notice, Reply, Welcome
from bot.chat.router import Router
from bot.crm.lead import Lead
from bot.crm.signals import CustomerHasAdded
from bot.crm.touching import Intent, Purpose
from bot.crm.user import User
from bot.handlers import Scope
from bot.intake import came, contact_way, wechat_identity
from bot.store import (
    consents,
    contact_ways,
    external_contacts,
    incidents,
    leads,
    outbox,
    standing_ways,
    touch_windows,
    users,
)
from bot.store.consents import Consent
from bot.store.contact_ways import ContactWay
from bot.store.desk import Desk
from bot.store.external_contacts import MISSED, PENDING, Tie
from bot.store.standing_ways import Standing
from bot.touch.request import request

router: Router[Scope] = Router()
#: The platform gives 20 seconds for a greeting; the last two are for the way.
_GREET_WITHIN = timedelta(seconds=18)
#: By its key in the content library.
_GREETING = "wechat_greeting"


@router.on(CustomerHasAdded)
async def on_customer_added(signal: CustomerHasAdded, scope: Scope) -> Reply:
    """Take down who added whom. The half event and the whole one are one adding."""
    desk = scope.desk
    user = await users.by_login(desk.tx, signal.platform, signal.account)
    way = await contact_ways.find(desk.tx, signal.state) if signal.state else None
    standing = await standing_ways.find(desk.tx, signal.state) if signal.state and way is None else None
    lead = await _lead_of(desk, signal, way)
    user_id = user.id if user else signal.account
    before = await external_contacts.find(desk.tx, signal.platform, signal.external_id, user_id)
    tie = _tie(signal, before, lead, user_id, desk.now)
    is_again = before is not None and before.ended_at is None
    if standing is not None:
        lead = lead or await came.new_lead(desk, standing, user)
        tie = replace(tie, lead_id=lead.id)
        await _came(desk, signal, standing, lead, is_again=is_again)
    elif lead is None and _is_by_ledger(desk) and desk.company.channels.unknown_contacts == "lead":
        lead = await came.stranger(desk, user)
        tie = replace(tie, lead_id=lead.id)
    if standing is None and lead is not None and not lead.name and not signal.half:
        await came.ask_who(desk, signal.platform, signal.external_id, lead.id)
    if lead is None and _is_by_ledger(desk):
        # Whatever goes to a customer stands in the ledger, and there is nobody for whom it could.
        await incidents.count(desk.tx, "welcome.missed", "no_lead", desk.now)
        tie = replace(tie, welcome=MISSED if signal.welcome_code else tie.welcome)
    elif lead is not None and _is_by_ledger(desk):
        await external_contacts.keep(desk, tie)
        tie = await _greet_by_ledger(desk, signal, tie, lead, _greeting(desk, user, standing))
    else:
        tie = await _greet(desk, signal, tie, user, standing)
    await external_contacts.keep(desk, tie)
    await _count_unbound(desk, signal, lead, user)
    if lead is not None:
        await _bind(desk, signal, lead, way, user, is_again=is_again)
    return Reply()


def _tie(signal: CustomerHasAdded, before: Tie | None, lead: Lead | None, user_id: str, now: datetime) -> Tie:
    """How it stands between the two now; who comes back after he left begins anew."""
    tie = Tie(
        platform=signal.platform,
        external_id=signal.external_id,
        user_id=user_id,
        lead_id=lead.id if lead else (before.lead_id if before else None),
        state=signal.state or (before.state if before else ""),
        added_at=_at(signal, now),
    )
    if before is None or before.ended_at is not None:
        return tie
    return replace(tie, added_at=before.added_at, welcome=before.welcome)


async def _lead_of(desk: Desk, signal: CustomerHasAdded, way: ContactWay | None) -> Lead | None:
    """By the word in his code; without one, whom we know the same customer to be."""
    lead_id = way.lead_id if way else None
    if lead_id is None:
        lead_id = await external_contacts.lead_of(desk.tx, signal.platform, signal.external_id)
    lead = await leads.find(desk.tx, lead_id) if lead_id else None
    return await leads.find(desk.tx, lead.merged_into) if lead and lead.merged_into else lead


async def _came(
    desk: Desk, signal: CustomerHasAdded, standing: Standing, lead: Lead, *, is_again: bool
) -> None:
    """Keep the way by which he came, and ask who he is; nobody tells before the colleague confirmed."""
    if not is_again:
        await came.touched(desk, lead.id, standing)
    if not lead.name and not signal.half:
        await came.ask_who(desk, signal.platform, signal.external_id, lead.id)


def _is_by_ledger(desk: Desk) -> bool:
    """Whether customers are written to over 客户联系: then the ledger knows the greeting, too."""
    return "wecom" in desk.company.doors.channels and _GREETING in desk.company.content


async def _greet_by_ledger(desk: Desk, signal: CustomerHasAdded, tie: Tie, lead: Lead, greeting: str) -> Tie:
    """Have the planner greet him, so that nobody greets him twice; too late, a colleague does tomorrow."""
    if not signal.welcome_code or tie.welcome == PENDING:
        return tie
    is_open = await touch_windows.open_window(
        desk, lead.id, way="wecom.welcome", kind="welcome", address=signal.welcome_code,
        at=_at(signal, desk.now),
    )  # fmt: skip
    if not is_open:
        await incidents.count(desk.tx, "welcome.missed", "too_late", desk.now)
    key = f"greeting:{tie.user_id}:{desk.vault.index('welcome', signal.welcome_code)}"
    wanted = Intent(
        key=key, lead_id=lead.id, purpose=Purpose.ADDED, content=_GREETING, words={"greeting": greeting}
    )
    await request(desk, wanted)
    return replace(tie, welcome=PENDING if is_open else MISSED)


def _greeting(desk: Desk, user: User | None, standing: Standing | None) -> str:
    """The code's own words, or the company's."""
    company = desk.company
    name = user.name if user else company.org.company
    own = company.contact_ways.get(standing.name) if standing else None
    said = own.greeting if own and own.greeting else company.channels.greeting
    return said.replace("{company}", company.org.company).replace("{name}", name)


async def _greet(
    desk: Desk, signal: CustomerHasAdded, tie: Tie, user: User | None, standing: Standing | None
) -> Tie:
    """Queue the greeting if there is a code for one and he was not greeted before."""
    if not signal.welcome_code or tie.welcome == PENDING:
        return tie
    expires_at = _at(signal, desk.now) + _GREET_WITHIN
    if desk.now >= expires_at:
        await incidents.count(desk.tx, "welcome.missed", "too_late", desk.now)
        return replace(tie, welcome=MISSED)
    await outbox.effect(
        desk,
        platform=signal.platform,
        outgoing=Welcome(code=signal.welcome_code, text=_greeting(desk, user, standing)),
        key=f"welcome:{tie.user_id}:{desk.vault.index('welcome', signal.welcome_code)}",
        lane_key=f"{signal.platform}:customer:{signal.external_id}",
        topic=f"lead:{tie.lead_id}" if tie.lead_id else "",
        expires_at=expires_at,
    )
    return replace(tie, welcome=PENDING)


async def _bind(
    desk: Desk,
    signal: CustomerHasAdded,
    lead: Lead,
    way: ContactWay | None,
    user: User | None,
    *,
    is_again: bool,
) -> None:
    await wechat_identity.take(desk, lead, wecom=signal.external_id)
    if await leads.bind(desk, lead.id, signal.external_id):
        await leads.behaved(desk, lead.id, texts.BEHAVIOUR_WECHAT)
        agreed = Consent(
            given=True, purpose="wechat", channel=signal.platform, text=texts.CONSENT_WECHAT, version=""
        )
        await consents.record(desk, lead.id, agreed)
        await refresh(desk, lead.id)
    if way is not None:
        await contact_way.served(desk, way)
    if not is_again:
        await _tell(desk, signal, lead, user)


async def _tell(desk: Desk, signal: CustomerHasAdded, lead: Lead, user: User | None) -> None:
    """Tell the colleague who was added, and the owner if that is another one."""
    occasion = (signal.platform, signal.external_id, signal.account, _at(signal, desk.now).isoformat())
    key = f"wechat_added:{':'.join(occasion)}"
    who = lead.display
    if user is not None:
        text = texts.ADDED_YOU.format(lead_id=lead.id, who=who)
        await outbox.post(desk, Notice(to=user.id, key=f"{key}:{user.id}", text=text, topic=lead.topic))
    if lead.owner_id is not None and (user is None or user.id != lead.owner_id):
        name = user.name if user else signal.account
        text = texts.ADDED_COLLEAGUE.format(lead_id=lead.id, who=who, name=name)
        notice = Notice(to=lead.owner_id, key=f"{key}:{lead.owner_id}", text=text, topic=lead.topic)
        await outbox.post(desk, notice)


async def _count_unbound(desk: Desk, signal: CustomerHasAdded, lead: Lead | None, user: User | None) -> None:
    if user is None:
        await incidents.count(desk.tx, "customer.added", "colleague_unknown", desk.now)
    if lead is None:
        reason = "unknown_state" if signal.state else "no_state"
        await incidents.count(desk.tx, "customer.unbound", reason, desk.now)


def _at(signal: CustomerHasAdded, now: datetime) -> datetime:
    """When it happened, by the platform's clock; now if it did not say."""
    try:
        at = datetime.fromisoformat(signal.at) if signal.at else now
    except ValueError:
        return now
    return at if at.tzinfo is not None else now
