"""Search (查): one's own leads by name, phone or company; of others only who has them."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import search_result
from bot.cards.texts import work
from bot.chat.outbound import Memory, Reply
from bot.chat.router import Router
from bot.crm.commands import SearchLeads
from bot.crm.lead import Lead
from bot.crm.listing import PAGE, Colleague
from bot.crm.pool import WAITING, may_enter, may_oversee
from bot.handlers import Scope
from bot.intake.clean.email import read_email
from bot.intake.clean.phone import read_phone
from bot.store import lead_keys, leads, users
from bot.store.reads.search import search

#: Who sells nothing has no collision to avoid, and is told of nobody's lead.
router: Router[Scope] = Router()
_LASTS = timedelta(minutes=10)


@router.on(SearchLeads, reads=True)
async def on_search(command: SearchLeads, scope: Scope) -> Reply:
    """By the blind index for a whole phone or e-mail, else by name and company."""
    if not scope.is_private:
        return Reply(text=work.ONLY_PRIVATE)
    said = command.text.strip()
    if not said:
        return Reply(text=work.SEARCH_PROMPT, memory=Memory("search", {}, _LASTS))
    exact = await _exact(scope, said)
    if exact is not None:
        return await _known(scope, said, exact)
    found = await search(scope.desk.tx, scope.actor, said)
    zone = scope.desk.company.org.zone
    card = search_result.card(said, found[:PAGE], has_more=len(found) > PAGE, now=scope.desk.now, zone=zone)
    return Reply(card=card)


async def _exact(scope: Scope, said: str) -> Lead | None:
    """The lead of exactly this phone or e-mail."""
    desk, phone, email = scope.desk, read_phone(said), read_email(said)
    keys = lead_keys.keys_of(
        desk.vault, phone=phone.reveal() if phone else "", email=email.reveal() if email else ""
    )
    holders = await lead_keys.holders(desk.tx, keys)
    lead_id = next(iter(holders.values()), None)
    return await leads.find(desk.tx, lead_id) if lead_id else None


async def _known(scope: Scope, said: str, lead: Lead) -> Reply:
    desk, actor = scope.desk, scope.actor
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    own: tuple[Lead, ...] = ()
    colleague, free = None, None
    if lead.owner_id == actor.id or may_oversee(actor, lead, owner):
        own = (lead,)
    elif lead.owner_id is not None and actor.role.sells:
        colleague = Colleague(lead.id, owner.name if owner else lead.owner_id, lead.owned_at)
    elif lead.status in WAITING and may_enter(desk.company, actor, lead.pool_id):
        free = lead
    card = search_result.card(
        said, own, colleague=colleague, free=free, now=desk.now, zone=desk.company.org.zone
    )
    return Reply(card=card)
