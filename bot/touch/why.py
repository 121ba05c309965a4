"""Why a customer got what he got and no more: the latest decisions, told; what is asked by 为什么没发 L7."""

from __future__ import annotations

from bot.cards.texts import touch as texts
from bot.cards.texts.lead_lines import clock
from bot.crm.lead import Lead
from bot.store import enrollments, touch_plans
from bot.store.desk import Desk
from bot.store.touch_plans import Plan
from bot.touch.explain import Explained, explain
from bot.touch.ways import label

_LOOK, _TOLD = 50, 4


async def why(desk: Desk, lead: Lead, channel: str = "") -> str:
    """What went to him and what did not, the latest ones; of one channel, if it is named."""
    plans = await touch_plans.of_lead(desk.tx, lead.id, most=_LOOK)
    about = [one for one in plans if not channel or _concerns(one, channel)]
    ended = await _ended_at_once(desk, lead.id)
    if not about and not channel and ended:
        return "\n".join((texts.WHY_TITLE.format(who=lead.display), *ended))
    if not about:
        said = texts.NONE_ON if channel and plans else texts.NONE_YET
        return said.format(lead_id=lead.id, channel=_named(desk, channel))
    told = [await explain(desk, one) for one in about[:_TOLD]]
    more = [texts.MORE_TO_SEE.format(n=len(about) - _TOLD, lead_id=lead.id)] if len(about) > _TOLD else []
    head = texts.WHY_TITLE.format(who=lead.display)
    return "\n\n".join((head, *(_paragraph(desk, one) for one in told), *more, *ended))


async def _ended_at_once(desk: Desk, lead_id: str) -> list[str]:
    """Journeys that he was through with when he came in: nothing was said, and this is why."""
    found = []
    for row in await enrollments.of_leads(desk.tx, [lead_id]):
        if row.n <= 1 and row.ended_how in texts.ENDED_AT_ONCE:
            journey = desk.company.journeys.get(row.journey)
            name = journey.name if journey is not None else row.journey
            found.append(texts.ENDED_AT_ONCE[row.ended_how].format(journey=name))
    return list(dict.fromkeys(found))


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
