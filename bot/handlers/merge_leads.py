"""Merge leads (合并 L7 L9): shown side by side first, done by a press; and «not one» (不是同一个)."""

from __future__ import annotations

from bot.cards import merge as merge_card
from bot.cards.texts import quality as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.lead import Lead
from bot.crm.quality_commands import KeepApart, MergeLeads
from bot.handlers import Scope
from bot.intake import likeness, merge
from bot.intake.merge import Obstacle, Plan
from bot.store import leads, lookalikes, subjects, users

router: Router[Scope] = Router()


@router.on(MergeLeads)
async def on_merge_leads(command: MergeLeads, scope: Scope) -> Reply:
    """Show what it would do, or do it; who owns one of them has the manager of both decide."""
    desk, actor = scope.desk, scope.actor
    found = await merge.plan(desk, command.one, command.other, by=actor)
    if isinstance(found, Obstacle):
        return await _obstacle(command, scope, found)
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    if command.sure != "yes":
        return Reply(card=likeness.face(found, likeness.said(await _pair(scope, found))), topic=_topic(found))
    prefers: merge.Side = "gone" if scope.chosen(merge_card.KEY) == "gone" else "kept"
    how = "card" if scope.tapped else "message"
    done = await merge.merge(desk, command.one, command.other, by=actor, how=how, prefers=prefers)
    if isinstance(done, Obstacle):
        return await _obstacle(command, scope, done)
    kept = await leads.get(desk.tx, done.kept)
    await likeness.tell_owners(desk, found, by=actor)
    return Reply(card=merge_card.done(kept, done.gone), topic=_topic(found))


@router.on(KeepApart)
async def on_keep_apart(command: KeepApart, scope: Scope) -> Reply:
    """They are two people: never asked again."""
    desk, actor = scope.desk, scope.actor
    found = await merge.plan(desk, command.one, command.other, by=actor)
    if isinstance(found, Obstacle):
        return await _obstacle(MergeLeads(command.one, command.other), scope, found)
    await lookalikes.apart(desk, found.kept.id, found.gone.id, by=actor.id)
    said = texts.APART.format(one=found.kept.id, other=found.gone.id)
    return Reply(card=merge_card.over(said), topic=_topic(found))


async def _pair(scope: Scope, found: Plan) -> lookalikes.Lookalike | None:
    return await lookalikes.find(scope.desk.tx, found.kept.id, found.gone.id)


async def _obstacle(command: MergeLeads, scope: Scope, why: Obstacle) -> Reply:
    match why:
        case Obstacle.SAME:
            return Reply(text=texts.SAME)
        case Obstacle.DONE:
            return Reply(text=texts.ALREADY.format(one=command.one, other=command.other))
        case Obstacle.ELSEWHERE:
            return Reply(text=texts.ELSEWHERE)
        case Obstacle.NOT_YOURS:
            return await _not_his(command, scope)
        case _:
            await subjects.refused(scope.desk, scope.actor, action="merge", of=f"lead:{command.one}")
            return Reply(text=texts.UNKNOWN_PAIR)


async def _not_his(command: MergeLeads, scope: Scope) -> Reply:
    """Who owns one of the two knows of a duplicate: the one above both is asked; others learn nothing."""
    desk, actor = scope.desk, scope.actor
    pair = [await leads.find(desk.tx, lead_id) for lead_id in (command.one, command.other)]
    known: list[Lead] = [one for one in pair if one is not None]
    await subjects.refused(desk, actor, action="merge", of=f"lead:{command.one}")
    is_party = len(known) == len(pair) and any(one.owner_id == actor.id for one in known)
    if not is_party or not actor.active or any(one.merged_into for one in known):
        return Reply(text=texts.UNKNOWN_PAIR)
    asked = await likeness.ask_above(desk, known[0], known[1], evidence=())
    boss = await users.find(desk.tx, asked) if asked else None
    return Reply(text=texts.ASKED.format(name=boss.name) if boss else texts.NOBODY_ASKED)


def _topic(found: Plan) -> str:
    return f"pair:{found.kept.id}:{found.gone.id}"
