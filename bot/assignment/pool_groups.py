"""Groups bound to a pool: a pool's leads ring there with nobody's name, and the card says who has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.assignment.sheet import lead_sheet
from bot.cards import lead_in_group
from bot.chat.outbound import Notice
from bot.crm.lead import Lead
from bot.crm.lead_sheet import LeadSheet
from bot.crm.pool import pool_of
from bot.store import chats, leads, logins, on_screen, outbox, tenures, users
from bot.store.card_views import ALIKE, Views
from bot.store.desk import Desk
from bot.store.outbox import ShownCard

#: A lead that could not be shown for so long is no news to a group.
_STALE = timedelta(hours=2)
#: Ways to an owner that somebody else may have decided.
_GIVEN = frozenset({"assigned", "reassigned", "transferred"})


async def ring(desk: Desk, lead: Lead, sheet: LeadSheet) -> None:
    """Show a lead in the groups of its pool, once for each time that it becomes free."""
    for one in await chats.of_pool(desk.tx, pool_of(desk.company, lead.pool_id).id):
        key, card = f"offer:{lead.id}:{lead.epoch}:group", lead_in_group.card(sheet)
        await outbox.post(desk, Notice(
            to=one.to, key=key, card=card, topic=lead.topic, group=True, expires_at=desk.now + _STALE
        ))  # fmt: skip


async def redraw(desk: Desk, lead: Lead, sheet: LeadSheet) -> None:
    """Draw the groups' cards as the lead stands now, and say beside them what they cannot show yet."""
    sheet = await _with_giver(desk, lead, sheet)
    for shown in await outbox.in_groups(desk, lead.topic):
        views = await _views(desk, sheet, shown.platform)
        redrawn = await outbox.redraw(desk, shown, lead_in_group.card(sheet), views=views)
        if not redrawn or lead.owner_id is None:
            continue
        if await on_screen.can_be_pressed(desk, shown.card_key):
            text = lead_in_group.beside(sheet)
            await outbox.say_beside(desk, shown, text, occasion=f"{lead.epoch}")


async def answer(desk: Desk, shown: ShownCard, *, to: str) -> bool:
    """Draw a group's card again for the account that pressed it; False if it is about no lead of ours."""
    kind, _, lead_id = shown.topic.partition(":")
    lead = await leads.find(desk.tx, lead_id) if kind == "lead" else None
    if lead is None:
        return False
    sheet = await _sheet(desk, lead)
    views = replace(await _views(desk, sheet, shown.platform), pressed_by=to)
    await outbox.redraw(desk, shown, lead_in_group.card(sheet), force=True, views=views)
    return True


async def _views(desk: Desk, sheet: LeadSheet, platform: str) -> Views:
    """Its owner sees what he can do with it, on each of his accounts."""
    own = lead_in_group.own(sheet)
    if own is None or sheet.lead.owner_id is None:
        return ALIKE
    accounts = [at for on, at in await logins.of_user(desk.tx, sheet.lead.owner_id) if on == platform]
    return Views(own=dict.fromkeys(accounts, own))


async def _sheet(desk: Desk, lead: Lead) -> LeadSheet:
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    return await _with_giver(desk, lead, await lead_sheet(desk, lead, owner))


async def _with_giver(desk: Desk, lead: Lead, sheet: LeadSheet) -> LeadSheet:
    """Add who gave it to its owner, if he did not take it himself."""
    history = await tenures.of_lead(desk.tx, lead.id) if lead.owner_id else []
    last = history[-1] if history else None
    if last is None or last.how not in _GIVEN or last.by == last.owner_id:
        return sheet
    giver = await users.find(desk.tx, last.by)
    return replace(sheet, given_by=giver.name if giver else "", is_handed_over=last.how == "transferred")
