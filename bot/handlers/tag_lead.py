"""Tags (打标签 L7 价格敏感, 去掉标签): by its owner or who leads him, from the dictionary."""

from __future__ import annotations

from bot.assignment.access import Held, face_of, held
from bot.assignment.faces import refresh
from bot.cards import lead_gone
from bot.cards.texts import tagging as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.company.tags import Setter
from bot.crm.marketing_commands import TagLead, UntagLead
from bot.crm.user import User
from bot.handlers import Scope
from bot.intake import behave
from bot.intake.tagging import NotTagged, Tagged, tag, untag
from bot.kit.yaml_model import similar
from bot.store import leads, subjects

router: Router[Scope] = Router()


@router.on(TagLead)
async def on_tag_lead(command: TagLead, scope: Scope) -> Reply:
    """Put it on, or say which there are."""
    found = await held(scope.desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    if not _may(found, scope.actor):
        return await _refused(scope, found)
    if not command.tag:
        first = next((one.name for one in scope.desk.company.tags.all()), "")
        said = texts.WHICH.format(lead_id=found.lead.id, example=first, known=_known(scope))
        return Reply(text=said)
    await leads.lock(scope.desk.tx, found.lead.id)
    outcome = await tag(
        scope.desk, found.lead.id, command.tag,
        by=scope.actor.id, may=_rights(found, scope.actor), reason=texts.BY_HAND,
    )  # fmt: skip
    if isinstance(outcome, Tagged):
        return await _done(scope, found, texts.tagged(outcome.tag, outcome.instead_of))
    return _not_done(scope, command.tag, outcome, there=texts.THERE)


@router.on(UntagLead)
async def on_untag_lead(command: UntagLead, scope: Scope) -> Reply:
    """Take it away."""
    found = await held(scope.desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    if not _may(found, scope.actor):
        return await _refused(scope, found)
    await leads.lock(scope.desk.tx, found.lead.id)
    outcome = await untag(
        scope.desk, found.lead.id, command.tag,
        by=scope.actor.id, may=_rights(found, scope.actor), reason=texts.BY_HAND,
    )  # fmt: skip
    if isinstance(outcome, Tagged):
        return await _done(scope, found, texts.UNTAGGED.format(tag=outcome.tag))
    return _not_done(scope, command.tag, outcome, there=texts.NOT_THERE)


def _may(found: Held, actor: User) -> bool:
    return found.is_of(actor) or found.is_under(actor)


def _rights(found: Held, actor: User) -> frozenset[Setter]:
    """Whoever leads the region may what his people may, and more."""
    return frozenset(("sales", "managers")) if found.is_under(actor) else frozenset(("sales",))


async def _refused(scope: Scope, found: Held) -> Reply:
    await subjects.refused(scope.desk, scope.actor, action="tag", of=found.lead.topic)
    return Reply(card=await face_of(scope.desk, found.lead.id, scope.actor), topic=found.lead.topic)


async def _done(scope: Scope, found: Held, note: str) -> Reply:
    """Rules may ask for tags, so the lead is counted anew."""
    await behave.recount(scope.desk, found.lead.id)
    await refresh(scope.desk, found.lead.id)
    card = await face_of(scope.desk, found.lead.id, scope.actor, note=note)
    return Reply(card=card, topic=found.lead.topic)


def _not_done(scope: Scope, word: str, why: NotTagged, *, there: str) -> Reply:
    company = scope.desk.company
    match why:
        case NotTagged.UNKNOWN:
            near = similar(word, [one.name for one in company.tags.all()])
            meant = texts.MEANT.format(tag=near) if near else ""
            return Reply(text=texts.UNKNOWN.format(tag=word, meant=meant, known=_known(scope)))
        case NotTagged.NOT_HIS:
            return Reply(text=texts.NOT_YOURS.format(tag=company.tags.meant(word) or word))
        case _:
            return Reply(text=there.format(tag=company.tags.meant(word) or word))


def _known(scope: Scope) -> str:
    groups = scope.desk.company.tags.groups
    return texts.known((group.label, [one.name for one in group.tags]) for group in groups)
