"""Why a customer got what he got and no more: the latest decisions, told; what is asked by 为什么没发 L7."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.texts import touch as texts
from bot.cards.texts.lead_lines import clock
from bot.crm.lead import Lead
from bot.crm.spoken import say_moment
from bot.store import enrollments, touch_plans
from bot.store.desk import Desk
from bot.store.enrollments import DONE, PARKED, Row
from bot.store.touch_plans import Plan
from bot.touch.explain import Explained, explain
from bot.touch.standing import goal_holds
from bot.touch.ways import label

_LOOK, _TOLD = 50, 4
#: Whoever is out of a journey so soon was out when he came in.
_AT_ONCE = timedelta(minutes=5)


async def why(desk: Desk, lead: Lead, channel: str = "") -> str:
    """What went to him and what did not, the latest ones; of one channel, if it is named."""
    plans = await touch_plans.of_lead(desk.tx, lead.id, most=_LOOK)
    about = [one for one in plans if not channel or _concerns(one, channel)]
    ways = [] if channel else await _ways(desk, lead.id)
    if not about and ways:
        return "\n".join((texts.WHY_TITLE.format(who=lead.display), *ways))
    if not about:
        said = texts.NONE_ON if channel and plans else texts.NONE_YET
        return said.format(lead_id=lead.id, channel=_named(desk, channel))
    told = [await explain(desk, one) for one in about[:_TOLD]]
    more = [texts.MORE_TO_SEE.format(n=len(about) - _TOLD, lead_id=lead.id)] if len(about) > _TOLD else []
    head = texts.WHY_TITLE.format(who=lead.display)
    tail = ["\n".join(ways)] if ways else []
    return "\n\n".join((head, *(_paragraph(desk, one) for one in told), *more, *tail))


async def _ways(desk: Desk, lead_id: str) -> list[str]:
    """Of each journey, the latest first: what he waits for in it, or why it says no more."""
    rows = sorted(
        await enrollments.of_leads(desk.tx, [lead_id]), key=lambda row: row.entered_at, reverse=True
    )
    found = dict.fromkeys([said for row in rows if (said := await _way(desk, row))])
    return list(found)[:_TOLD]


async def _way(desk: Desk, row: Row) -> str:
    journey = desk.company.journeys.get(row.journey)
    name = journey.name if journey is not None else row.journey
    if row.state == DONE:
        is_at_once = row.n <= 1 and row.ended_at is not None and row.ended_at - row.entered_at < _AT_ONCE
        told = texts.ENDED_AT_ONCE if is_at_once else texts.ENDED_LATER
        return told.get(row.ended_how, "").format(journey=name)
    if await goal_holds(desk, row):
        return texts.GOAL_HOLDS.format(journey=name)
    if row.state == PARKED or row.due_at is None:
        return texts.RESTS.format(journey=name)
    at = say_moment(row.due_at, now=desk.now, zone=desk.company.org.zone)
    return texts.GOES_ON.format(journey=name, at=at)


def _concerns(plan: Plan, channel: str) -> bool:
    """It went there, or could not."""
    return plan.channel == channel or any(key.partition(".")[0] == channel for key in plan.skipped)


def _named(desk: Desk, channel: str) -> str:
    known = {one.key: one.name for one in desk.company.channels.channels}
    return known.get(channel, label(channel))


def _paragraph(desk: Desk, told: Explained) -> str:
    zone = desk.company.org.zone
    at = clock(told.at.astimezone(zone), desk.now.astimezone(zone))
    return "\n".join((f"{at} {told.title}", *(f"· {line}" for line in told.lines)))
