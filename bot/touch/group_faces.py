"""The card of a task that a colleague is asked to send: told, reminded, drawn again."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import group_message
from bot.chat.card import Card
from bot.chat.outbound import Notice
from bot.crm.company import Company
from bot.crm.spoken import say_moment
from bot.store import group_messages, leads, outbox, touch_events, touch_texts
from bot.store.desk import Desk
from bot.store.group_messages import Group

_NAMES = 5
_FAILED = frozenset({"failed", "declined", "expired", "withdrawn", "unknown"})


def topic_of(group: Group) -> str:
    """What its cards are about."""
    return f"group_message:{group.id}"


def called(company: Company, content: str) -> str:
    """What people call a content."""
    library = company.content.get(content)
    return library.name if library else content


def ends_at(company: Company, group: Group) -> datetime:
    """Until when he has to send it."""
    return (group.asked_at or group.opened_at) + timedelta(days=company.touch.ask_days)


async def face(desk: Desk, group: Group, *, is_reminder: bool = False) -> Card:
    """The card as it stands."""
    everybody = await group_messages.everybody(desk.tx, group.id)
    names = [lead.display for one in everybody[:_NAMES] if (lead := await leads.find(desk.tx, one.lead_id))]
    states = [one.state for one in everybody]
    counts = (
        states.count("sent"), sum(one in _FAILED for one in states), states.count(group_messages.WAITING)
    )  # fmt: skip
    clicks = await touch_events.clicks(desk.tx, f"{touch_texts.BATCH}{group.id}")
    until = say_moment(ends_at(desk.company, group), now=desk.now, zone=desk.company.org.zone)
    return group_message.card(
        group_message.Sheet(
            id=group.id, what=called(desk.company, group.content),
            text=await group_messages.text_of(desk, group.id), state=group.state, names=names,
            count=len(everybody), until=until, counts=counts, clicks=clicks, is_reminder=is_reminder,
        )
    )  # fmt: skip


async def tell(desk: Desk, group: Group, *, occasion: str) -> None:
    """Ask him, or remind him."""
    card = await face(desk, group, is_reminder=occasion != "asked")
    key = f"{topic_of(group)}:{occasion}"
    await outbox.post(desk, Notice(to=group.user_id, key=key, card=card, topic=topic_of(group)))


async def redraw(desk: Desk, group: Group) -> None:
    """Show how it stands on every card about it."""
    shown = await outbox.on_topic(desk, topic_of(group))
    if shown:
        card = await face(desk, group)
        for one in shown:
            await outbox.redraw(desk, one, card)
