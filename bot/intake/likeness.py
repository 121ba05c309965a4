"""Leads that may be one person are shown to whoever may decide; nobody is merged by this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.cards import merge as merge_card
from bot.cards.texts import quality as texts
from bot.chat.card import Card
from bot.chat.outbound import Notice
from bot.crm.lead import Lead, LeadStatus
from bot.crm.merging import Whose, in_order, may_merge
from bot.crm.user import User
from bot.intake.merge import Plan, plan
from bot.rules import likeness as rules
from bot.store import incidents, lead_hints, leads, lookalikes, outbox, sweeps, users
from bot.store.desk import Desk
from bot.store.leads import Particulars
from bot.store.lookalikes import Lookalike
from bot.store.reads.likely import likely

_log = structlog.get_logger()
#: A lead is compared once everything that came with it is written down.
_AFTER = timedelta(minutes=2)
#: Cards of this kind to one person in a day; more wait in his list.
ASKED_PER_DAY = 5
#: Namesakes in one town: beyond these a name and a town say nothing.
_NAMESAKES = 3


def settled(now: datetime) -> datetime:
    """Whoever came then or before may be compared."""
    return now - _AFTER


async def sweep(desk: Desk, *, most: int) -> int:
    """Compare the next new leads with those that were there; how many it looked at."""
    found = await sweeps.following(desk, until=settled(desk.now), most=most)
    for lead_id in found:
        await compare(desk, lead_id)
    return len(found)


async def compare(desk: Desk, lead_id: str) -> int:
    """Compare a lead with those that it may be; how many pairs were proposed."""
    lead = await leads.find(desk.tx, lead_id)
    if lead is None or lead.merged_into is not None or lead.status is LeadStatus.INVALID:
        return 0
    known = await leads.particulars(desk, lead_id)
    hints = lead_hints.hints_of(
        desk.vault, phone=known.phone.reveal(), mailbox=rules.mailbox(known.email.reveal())
    )
    await lead_hints.keep(desk, lead_id, hints)
    found = await likely(desk, lead, known.company_key, hints)
    for sort in found.cut:
        await incidents.count(desk.tx, "lookalike.cut", sort, desk.now)
    traits = _traits(known)
    namesakes = Counter(one.city for one, _ in found.leads if one.name == lead.name and one.city)
    proposed = 0
    for other, others in found.leads:
        alike = rules.compare(traits, _traits(others))
        is_common = set(alike.evidence) == {"same_name", "same_city"} and namesakes[lead.city] > _NAMESAKES
        if is_common:
            await incidents.count(desk.tx, "lookalike.passed", "common_name", desk.now)
        elif alike.is_enough:
            proposed += await _propose(desk, lead, other, alike)
    return proposed


async def _propose(desk: Desk, lead: Lead, other: Lead, alike: rules.Likeness) -> bool:
    first, second = in_order(lead, other)
    if await lookalikes.find(desk.tx, first.id, second.id) is not None:
        return False
    await ask_above(desk, first, second, evidence=alike.evidence, points=alike.points)
    return True


async def ask_above(
    desk: Desk, one: Lead, other: Lead, *, evidence: Iterable[str], points: int = rules.ENOUGH
) -> str:
    """Put the pair before who may decide it, once; his id, or empty if nobody may or it was refused."""
    first, second = in_order(one, other)
    owners = [await users.find(desk.tx, lead.owner_id) if lead.owner_id else None for lead in (first, second)]
    asked = await _who_decides(desk, first, owners[0], second, owners[1])
    told = tuple(evidence)
    to = asked.id if asked else ""
    if not await lookalikes.propose(desk, first.id, second.id, likeness=points, evidence=told, asked=to):
        known = await lookalikes.find(desk.tx, first.id, second.id)
        return known.asked if known is not None and known.state == lookalikes.OPEN else ""
    _log.info("lookalike.proposed", lead=first.id, other=second.id, likeness=points, evidence=told)
    if asked is None:
        await incidents.count(desk.tx, "lookalike.unasked", "nobody_may_decide", desk.now)
        return ""
    await _show(desk, asked, first, second, told)
    return to


async def _who_decides(
    desk: Desk, one: Lead, owner: User | None, other: Lead, others_owner: User | None
) -> User | None:
    """The owner of both; else a manager of both; else who leads the company."""
    if owner is not None and one.owner_id == other.owner_id and owner.active:
        return owner
    regions = dict.fromkeys((owner.region if owner else "", one.region, other.region))
    managers = [boss for region in regions for boss in await users.managers_of(desk.tx, region)]
    for boss in (*managers, *await users.executives(desk.tx)):
        if may_merge(boss, one, owner, other, others_owner):
            return boss
    return None


async def _show(desk: Desk, asked: User, first: Lead, second: Lead, evidence: tuple[str, ...]) -> None:
    today = desk.now.astimezone(desk.company.org.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if await lookalikes.asked_since(desk.tx, asked.id, today) > ASKED_PER_DAY:
        await incidents.count(desk.tx, "lookalike.quiet", "enough_today", desk.now)
        return
    found = await plan(desk, first.id, second.id, by=asked)
    if isinstance(found, Plan):
        topic = f"pair:{first.id}:{second.id}"
        card = face(found, texts.evidence(evidence))
        await outbox.post(desk, Notice(to=asked.id, key=topic, card=card, topic=topic))


def face(found: Plan, evidence: str) -> Card:
    """Both side by side."""
    return merge_card.card(
        merge_card.Face(
            found.kept, found.gone,
            found.owner.name if found.owner else "", found.others_owner.name if found.others_owner else "",
            [(one.label, one.kept, one.gone) for one in found.conflicts], evidence,
            takes_over=found.whose is Whose.OTHERS and found.gone.owner_id is not None,
            becomes_deal=found.whose is Whose.CONVERTED, tasks=found.tasks, deals=found.deals,
        )
    )  # fmt: skip


def said(pair: Lookalike | None) -> str:
    """What speaks for a pair, in words; empty for one that nobody proposed."""
    return texts.evidence(pair.evidence) if pair is not None else ""


async def tell_owners(desk: Desk, found: Plan, *, by: User) -> None:
    """Who had either of them hears whose it is now, unless he did it himself."""
    kept = await leads.get(desk.tx, found.kept.id)
    owner = await users.find(desk.tx, kept.owner_id) if kept.owner_id else None
    for user_id in sorted({one.owner_id for one in (found.kept, found.gone) if one.owner_id} - {by.id}):
        whose = (
            texts.IS_YOURS
            if user_id == kept.owner_id
            else texts.IS_HIS.format(owner=owner.name if owner else "")
        )
        said_to = texts.MERGED_BY.format(by=by.name, gone=found.gone.id, kept=kept.id, whose=whose)
        key = f"merged:{found.kept.id}:{found.gone.id}:{desk.now.isoformat()}:{user_id}"
        await outbox.post(desk, Notice(to=user_id, key=key, text=said_to, topic=kept.topic))


def _traits(known: Particulars) -> rules.Traits:
    return rules.Traits(
        name=known.name, company_key=known.company_key, city=known.city,
        phone=known.phone.reveal(), email=known.email.reveal(),
    )  # fmt: skip
