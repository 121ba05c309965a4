"""Enter lead (录线索): a colleague takes down somebody whom he met himself."""

from __future__ import annotations

from datetime import timedelta

from bot.assignment.access import face_of, held
from bot.cards import collision
from bot.cards.texts import intake as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import EnterLead
from bot.crm.lead import Lead
from bot.crm.pool import WAITING, may_enter, pool_of
from bot.handlers import Scope
from bot.intake import collide, likeness
from bot.intake.enter import Entered, Incomplete, Known, Unreadable, enter
from bot.store import dialogues, users

router: Router[Scope] = Router()
_WAITS = timedelta(minutes=10)


@router.on(EnterLead)
async def on_enter_lead(command: EnterLead, scope: Scope) -> Reply:
    """Enter it, say whose it is already, or say what is missing."""
    if not command.text.strip():
        return await _ask(scope, texts.HOW_TO_ENTER)
    outcome = await enter(scope.desk, command.text, by=scope.actor)
    match outcome:
        case Unreadable(errors):
            said = [(scope.desk.company.label_of(one.field), one.message) for one in errors]
            return await _ask(scope, texts.wrong(said))
        case Incomplete():
            return await _ask(scope, texts.HOW_TO_REACH, so_far=command.text)
        case Known(lead, matched):
            return await _known(scope, lead, matched)
        case Entered():
            return await _entered(scope, outcome)


async def _ask(scope: Scope, text: str, *, so_far: str = "") -> Reply:
    """Take his next words for the lead; in a group everybody's next words would be."""
    if scope.is_private:
        await dialogues.open(scope.desk, scope.actor.id, "enter_lead", {"text": so_far}, for_=_WAITS)
    return Reply(text=text)


async def _known(scope: Scope, lead: Lead, matched: str) -> Reply:
    """Whoever may see the lead gets its card, whoever may not hears whose it is."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, lead.id)
    if found is not None and found.is_of(actor):
        card = await face_of(desk, lead.id, actor, note=texts.ALREADY_YOURS)
        return Reply(card=card, topic=lead.topic)
    is_free = lead.owner_id is None and lead.status in WAITING
    may_see = found is not None and found.is_under(actor)
    if may_see or (is_free and may_enter(desk.company, actor, lead.pool_id)):
        card = await face_of(desk, lead.id, actor, note=texts.ALREADY_KNOWN)
        return Reply(card=card, topic=lead.topic)
    if not actor.role.sells:
        return Reply(text=texts.NOTHING_TO_ENTER)
    owner = found.owner.name if found is not None and found.owner is not None else ""
    now = desk.now.astimezone(desk.company.org.zone)
    line = collision.Line(lead, owner, pool_of(desk.company, lead.pool_id).name, matched)
    await collide.met(desk, lead, actor, matched=matched, how="entered")
    return Reply(card=collision.one(line, now=now, note=texts.ALREADY_KNOWN))


async def _entered(scope: Scope, entered: Entered) -> Reply:
    desk, lead = scope.desk, entered.lead
    others = [(one, await _owner_name(scope, one)) for one in entered.same_firm]
    is_his = lead.owner_id == scope.actor.id
    await likeness.compare(desk, lead.id)
    notes = [texts.ENTERED if is_his else texts.ENTERED_FOR_OTHERS, texts.same_firm(others)]
    note = "；".join(one for one in notes if one)
    if not is_his:
        return Reply(text=f"{lead.id} {note}")
    return Reply(card=await face_of(desk, lead.id, scope.actor, note=note), topic=lead.topic)


async def _owner_name(scope: Scope, lead: Lead) -> str:
    owner = await users.find(scope.desk.tx, lead.owner_id) if lead.owner_id else None
    return owner.name if owner else ""
