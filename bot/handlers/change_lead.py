"""Change lead (改 L7 公司 云帆): correct a field of a lead of one's own, or of one's people."""

from __future__ import annotations

from bot.assignment.access import Held, face_of, held
from bot.assignment.faces import refresh
from bot.cards import lead_gone
from bot.cards.texts import intake as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ChangeLead
from bot.crm.user import User
from bot.handlers import Scope
from bot.intake import likeness
from bot.intake.change import Changed, Taken, Unchangeable, Wrong, change, changeable
from bot.store import audit

router: Router[Scope] = Router()
#: Fields by which a lead may turn out to be one we have.
_TELLING = frozenset({"name", "company", "phone", "email", "city"})


@router.on(ChangeLead)
async def on_change_lead(command: ChangeLead, scope: Scope) -> Reply:
    """Correct it, or say why not; who may not know of the lead learns nothing."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    if not _may_change(found, actor):
        await audit.note(desk, actor=actor.id, action="lead.change_refused", of=found.lead.topic)
        return Reply(card=await face_of(desk, found.lead.id, actor), topic=found.lead.topic)
    outcome = await change(desk, found.lead.id, command.field, command.value, by=actor.id)
    if not isinstance(outcome, Changed):
        return Reply(text=await _refused(scope, command, outcome))
    await refresh(desk, found.lead.id)
    if outcome.field.key in _TELLING:
        await likeness.compare(desk, found.lead.id)
    label = outcome.field.label
    said = texts.CHANGED.format(field=label, value=outcome.shown) if outcome.shown else ""
    note = said or texts.CLEARED.format(field=label)
    return Reply(card=await face_of(desk, found.lead.id, actor, note=note), topic=found.lead.topic)


def _may_change(found: Held, actor: User) -> bool:
    return found.is_of(actor) or found.is_under(actor)


async def _refused(scope: Scope, command: ChangeLead, outcome: Taken | Wrong | Unchangeable) -> str:
    desk = scope.desk
    fields = "、".join(changeable(desk))
    match outcome:
        case Taken(lead_id):
            other = await held(desk, lead_id)
            owner = other.owner.name if other is not None and other.owner is not None else ""
            return texts.TAKEN.format(lead_id=lead_id, owner=texts.owned_by(owner))
        case Wrong(message):
            return texts.wrong([(command.field, message)])
        case Unchangeable.FIXED:
            return texts.FIXED.format(field=command.field, fields=fields)
        case Unchangeable.NEEDED:
            return texts.NEEDED
        case _:
            return texts.UNKNOWN_FIELD.format(field=command.field, fields=fields)
