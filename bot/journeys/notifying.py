"""A line to colleagues or to a group, when somebody comes by a step that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.assignment.groups import post
from bot.cards.texts import assignment
from bot.cards.texts import journeys as texts
from bot.chat.outbound import Notice
from bot.crm.lead import Lead
from bot.crm.pool import pool_of
from bot.journeys.colleagues import whom
from bot.store import chats, leads, outbox

if TYPE_CHECKING:
    from bot.journeys.course import Course, Moved
    from bot.journeys.live import Live
    from bot.journeys.step import Tell
    from bot.store.desk import Desk

NOBODY = "nobody"
_GROUPS = frozenset(("manager_group", "pool_group"))


async def tell(live: Live, way: Course, moved: Moved, wanted: Tell) -> str:
    """Whoever sells, or has the customer, hears which one; others in marketing, admins and groups do not."""
    desk = live.desk
    lead = await leads.get(desk.tx, moved.after.lead_id)
    key = f"journey:{moved.after.id}:{moved.line.place}:{moved.line.occurrence}"
    names = {"text": wanted.text, "journey": way.journey.name}
    if wanted.whom in _GROUPS:
        said = texts.TOLD_GROUP.format(lead=lead.id, **names)
        return wanted.whom if await _to_group(desk, wanted.whom, lead, key=key, text=said) else NOBODY
    people = await whom(desk, wanted.whom, lead)
    for user in people:
        text = (
            texts.TOLD.format(lead=lead.id, who=lead.display, **names)
            if user.role.sells or user.id == lead.owner_id
            else texts.TOLD_TOTAL.format(**names)
        )
        await outbox.post(desk, Notice(to=user.id, key=key, text=text, topic=lead.topic))
    return wanted.whom if people else NOBODY


async def _to_group(desk: Desk, word: str, lead: Lead, *, key: str, text: str) -> bool:
    if word == "manager_group":
        chat = desk.company.org.manager_chat_of(lead.region or None)
        if chat:
            await post(desk, chat=chat, name=assignment.MANAGERS, key=f"group:{key}", text=text)
        return bool(chat)
    bound = await chats.of_pool(desk.tx, pool_of(desk.company, lead.pool_id).id)
    for one in bound:
        await outbox.post(desk, Notice(to=one.to, key=f"group:{key}", text=text, group=True))
    return bool(bound)
