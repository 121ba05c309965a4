"""Show timeline (时间线 L7): the last events as a card, with a link to all of them."""

from __future__ import annotations

from bot.assignment.access import held
from bot.cards import lead_gone, lead_timeline
from bot.cards.texts import quality as texts
from bot.cards.texts.timeline import told
from bot.chat import page_links
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.quality_commands import ShowTimeline
from bot.crm.timeline import Place
from bot.handlers import Scope
from bot.store import audit, merge_moves, subjects, users
from bot.store.reads.timeline import moments

router: Router[Scope] = Router()


@router.on(ShowTimeline)
async def on_show_timeline(command: ShowTimeline, scope: Scope) -> Reply:
    """For its owner and for those above him; each look leaves a row."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, command.lead_id)
    if found is None or not (found.is_of(actor) or found.is_under(actor)):
        await subjects.refused(desk, actor, action="timeline", of=f"lead:{command.lead_id}")
        return Reply(card=lead_gone.missing())
    if not scope.is_private:
        await subjects.refused(desk, actor, action="timeline", of=f"lead:{command.lead_id}")
        return Reply(text=texts.ONLY_PRIVATE)
    lead = found.lead
    family = await merge_moves.family(desk.tx, lead.id)
    latest, _ = await moments(desk, family, Place(desk.now), most=lead_timeline.SHOWN)
    names = await users.names(desk.tx, {one.by for one in latest})
    lines = [(one.at, told(one, desk.company, names)) for one in latest]
    link = page_links.PageLink(lead.id, actor.id, desk.now)
    url = page_links.address(desk.company.doors.base_url, desk.vault, link)
    await audit.note(desk, actor=actor.id, action="timeline.shown", of=lead.topic)
    now = desk.now.astimezone(desk.company.org.zone)
    return Reply(card=lead_timeline.card(lead, lines, url=url, now=now), topic=f"timeline:{lead.id}")
