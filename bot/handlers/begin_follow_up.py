"""Begin a follow-up (跟进 on a card): ask what was done, and take the next words as the answer."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import BeginFollowUp
from bot.crm.lead import LeadStatus
from bot.handlers import Scope
from bot.store import dialogues, subjects
from bot.store.subjects import Subject

router: Router[Scope] = Router()
_LASTS = timedelta(minutes=30)


@router.on(BeginFollowUp)
async def on_begin_follow_up(command: BeginFollowUp, scope: Scope) -> Reply:
    """Ask the owner, in private."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.written_about(desk, actor, command.lead_id)
    if found is None:
        await subjects.refused(desk, actor, action="follow_up", of=f"lead:{command.lead_id}")
        return Reply(text=work.NOT_YOURS.format(said=command.lead_id))
    if not isinstance(found, Subject):
        return Reply(text=work.several(command.lead_id, tuple(lead.id for lead in found)))
    if found.lead.status is LeadStatus.INVALID:
        return Reply(text=work.CLOSED_LEAD.format(lead_id=found.lead.id))
    if not scope.is_private:
        return Reply(text=work.ONLY_PRIVATE)
    about = found.deal.id if found.deal else found.lead.id
    await dialogues.open(desk, actor.id, "follow_up", {"lead_id": about}, for_=_LASTS)
    return Reply(text=work.FOLLOW_UP_PROMPT.format(who=found.lead.display, lead_id=about))
