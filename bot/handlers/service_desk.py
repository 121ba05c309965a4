"""What comes about at our desks (微信客服), and a colleague who takes a conversation over (接待 L7)."""

from __future__ import annotations

from bot.assignment.access import held
from bot.cards import lead_gone
from bot.cards.texts import outreach as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.outreach_commands import ServeCustomer
from bot.crm.service_signals import (
    CustomerEntered,
    CustomerSaid,
    ServiceMessageFailed,
    ServiceWasTold,
    SessionChanged,
)
from bot.handlers import Scope
from bot.intake import service_desk, service_failed
from bot.intake.service_desk import CHANNEL
from bot.store import audit, service_accounts, service_sessions, subjects

router: Router[Scope] = Router()


@router.on(ServiceWasTold)
async def on_told(signal: ServiceWasTold, scope: Scope) -> Reply:
    """Something is to be pulled."""
    await service_accounts.told(scope.desk, signal.platform, signal.account, token=signal.token)
    return Reply()


@router.on(CustomerSaid)
async def on_said(signal: CustomerSaid, scope: Scope) -> Reply:
    """A customer wrote."""
    await service_desk.said(scope.desk, signal)
    return Reply()


@router.on(CustomerEntered)
async def on_entered(signal: CustomerEntered, scope: Scope) -> Reply:
    """A customer opened the conversation."""
    await service_desk.entered(scope.desk, signal)
    return Reply()


@router.on(ServiceMessageFailed)
async def on_failed(signal: ServiceMessageFailed, scope: Scope) -> Reply:
    """What we sent did not arrive."""
    await service_failed.failed(scope.desk, signal)
    return Reply()


@router.on(SessionChanged)
async def on_session(signal: SessionChanged, scope: Scope) -> Reply:
    """Somebody has it, or it is over."""
    await service_failed.session(scope.desk, signal)
    return Reply()


@router.on(ServeCustomer)
async def on_serve(command: ServeCustomer, scope: Scope) -> Reply:
    """The owner, or who leads him, has the platform give him the conversation."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, command.lead_id)
    if found is None or not (found.is_of(actor) or found.is_under(actor)):
        await subjects.refused(desk, actor, action="service.serve", of=f"lead:{command.lead_id}")
        return Reply(card=lead_gone.missing())
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    session = await service_sessions.of_lead(desk, found.lead.id)
    account = await service_sessions.account_of(desk.tx, actor.id)
    if session is None or not account:
        return Reply(text=texts.NO_SESSION.format(who=found.lead.display, lead_id=found.lead.id))
    if CHANNEL not in desk.company.doors.channels:
        return Reply(text=texts.SERVICE_OFF)
    if session.servicer == account:
        return Reply(text=texts.SESSION_YOURS.format(lead_id=found.lead.id))
    await service_sessions.want(desk.tx, session.id, account, desk.now)
    await audit.note(desk, actor=actor.id, action="service.served", of=found.lead.topic)
    return Reply(text=texts.SESSION_GIVEN.format(lead_id=found.lead.id))
