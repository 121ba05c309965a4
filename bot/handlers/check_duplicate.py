"""Check duplicate (查重): whose customer a phone, an address or a firm is; and 撞单 L7, who was first."""

from __future__ import annotations

from datetime import datetime

from bot.assignment.access import held
from bot.cards import collision, lead_gone
from bot.cards.texts import quality as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.pool import WAITING, may_enter, pool_of
from bot.crm.quality_commands import CheckDuplicate, ShowCollisions
from bot.handlers import Scope
from bot.intake import collide
from bot.intake.collide import Hit
from bot.store import collisions, merge_moves, subjects, tenures, users

router: Router[Scope] = Router()
_SHOWN = 5


@router.on(CheckDuplicate)
async def on_check_duplicate(command: CheckDuplicate, scope: Scope) -> Reply:
    """Say whose it is, since when and by what; the owner hears that somebody met his customer."""
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    said, actor = command.text.strip(), scope.actor
    # Who sells nothing has no collision to avoid, and is told of nobody's lead.
    may_ask = actor.active and actor.role.sells
    hits = await collide.look_up(scope.desk, said) if may_ask else ()
    if not hits:
        return Reply(card=collision.none(said))
    lines = [await line(scope, hit) for hit in hits]
    now = scope.desk.now.astimezone(scope.desk.company.org.zone)
    if len(hits) == 1 and hits[0].matched != "company":
        if not lines[0].may_see:
            await collide.met(scope.desk, hits[0].lead, actor, matched=hits[0].matched, how="checked")
        return Reply(card=collision.one(lines[0], now=now))
    return Reply(card=collision.several(said, lines, now=now))


async def line(scope: Scope, hit: Hit) -> collision.Line:
    """What this person may know of a lead that was hit."""
    desk, actor, lead = scope.desk, scope.actor, hit.lead
    found = await held(desk, lead.id)
    owner = found.owner.name if found is not None and found.owner is not None else ""
    is_free = lead.owner_id is None and lead.status in WAITING
    may_claim = is_free and may_enter(desk.company, actor, lead.pool_id)
    may_see = found is not None and (found.is_of(actor) or found.is_under(actor))
    pool = pool_of(desk.company, lead.pool_id).name
    return collision.Line(lead, owner, pool, hit.matched, may_see=may_see, may_claim=may_claim)


@router.on(ShowCollisions)
async def on_show_collisions(command: ShowCollisions, scope: Scope) -> Reply:
    """Who had it, in order, and who met it since: for its owner and for those who decide."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, command.lead_id)
    if found is None or not (found.is_of(actor) or found.is_under(actor)):
        await subjects.refused(desk, actor, action="collisions", of=f"lead:{command.lead_id}")
        return Reply(card=lead_gone.missing())
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    lead = found.lead
    family = await merge_moves.family(desk.tx, lead.id)
    card = collision.evidence(
        lead, had=await _had(scope, family), may_give=found.is_under(actor),
        met=[
            (one.at, one.name, one.how, one.matched)
            for one in await collisions.of_leads(desk.tx, family, most=_SHOWN)
        ],
        now=desk.now.astimezone(desk.company.org.zone),
    )  # fmt: skip
    return Reply(card=card, topic=lead.topic)


async def _had(scope: Scope, family: tuple[str, ...]) -> list[tuple[datetime, str, str]]:
    """Who had it, in order: since when, his name, how he came by it."""
    tx = scope.desk.tx
    had = [tenure for one in family for tenure in await tenures.of_lead(tx, one)]
    told = []
    for one in sorted(had, key=lambda tenure: tenure.from_at)[:_SHOWN]:
        owner = await users.find(tx, one.owner_id)
        how = texts.TENURES.get(one.how, one.how)
        told.append((one.from_at, owner.name if owner else one.owner_id, how))
    return told
