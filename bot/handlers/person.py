"""Somebody's own data (导出/删除 L12 的个人信息): an admin's, in private, each with a row that he did it."""

from __future__ import annotations

from bot.assignment.access import held
from bot.cards import person as cards
from bot.cards.texts import privacy as texts
from bot.chat import person_links
from bot.chat.outbound import Reply
from bot.chat.person_links import PersonLink
from bot.chat.router import Router
from bot.crm.knobs import may_change
from bot.crm.privacy_commands import ErasePerson, ExportPerson, KeepPerson
from bot.handlers import Scope
from bot.store import audit, subjects
from bot.store.personal import erase

router: Router[Scope] = Router()


@router.on(ExportPerson)
async def on_export(command: ExportPerson, scope: Scope) -> Reply:
    """A link; what it shows is read when it is opened."""
    if (refused := await _refused(scope, command.said, "person.export")) is not None:
        return refused
    desk = scope.desk
    found = await held(desk, command.said)
    if found is None:
        return Reply(text=texts.NOBODY.format(lead_id=command.said))
    link = PersonLink(found.lead.id, scope.actor.id, desk.now)
    url = person_links.address(desk.company.doors.base_url, desk.vault, link)
    await audit.note(desk, actor=scope.actor.id, action="person.export_asked", of=found.lead.topic)
    if not url:
        return Reply(text=texts.NO_ADDRESS.format(lead_id=found.lead.id))
    return Reply(card=cards.export(found.lead.id, url))


@router.on(ErasePerson)
async def on_erase(command: ErasePerson, scope: Scope) -> Reply:
    """Shown first with what goes and what stays; done when he is sure."""
    if (refused := await _refused(scope, command.said, "person.erase")) is not None:
        return refused
    desk = scope.desk
    found = await held(desk, command.said)
    if found is None:
        return Reply(text=texts.NOBODY.format(lead_id=command.said))
    lead = found.lead
    if not command.reason:
        return Reply(text=texts.ASK_REASON.format(lead_id=lead.id))
    if not command.sure:
        return Reply(card=cards.ask(lead, command.reason))
    done = await erase.begin(desk, lead.id, by=scope.actor, reason=command.reason)
    if isinstance(done, erase.Refused):
        return Reply(text=texts.ALREADY.format(lead_id=lead.id))
    return Reply(card=cards.erased(lead.id))


@router.on(KeepPerson)
async def on_keep(_: KeepPerson, scope: Scope) -> Reply:
    """Nothing was done."""
    del scope
    return Reply(card=cards.left())


async def _refused(scope: Scope, said: str, action: str) -> Reply | None:
    if not may_change(scope.actor, scope.desk.company):
        await subjects.refused(scope.desk, scope.actor, action=action, of=f"lead:{said}")
        return Reply(text=texts.NOT_YOURS)
    return None if scope.is_private else Reply(text=texts.ONLY_PRIVATE)
