"""Move an opportunity from stage to stage (推进): each stage has its gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.assignment import deal_faces, deal_stage
from bot.cards import deal as deal_card
from bot.cards.texts import deals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.catalogue_words import stage_named
from bot.crm.commands import MoveStage
from bot.crm.company.pipeline import Stage
from bot.crm.opportunity import Opportunity
from bot.handlers import Scope
from bot.store import dialogues, subjects

router: Router[Scope] = Router()
_LASTS = timedelta(minutes=30)


@router.on(MoveStage)
async def on_move_stage(command: MoveStage, scope: Scope) -> Reply:
    """Move it, or say what has to be known first."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.worked_deal(desk, actor, command.opportunity_id, action="move")
    if found is None:
        return Reply(text=deals.not_yours(command.opportunity_id))
    deal = found.deal
    if not deal.is_open:
        return Reply(text=deals.CLOSED.format(deal_id=deal.id, stage=deal.stage))
    said = command.stage or scope.chosen(deal_card.KEY)
    stage = stage_named(desk.company, said)
    if stage is None:
        return await _ask(scope, deal, said)
    done = await deal_stage.move(desk, deal, stage, by=actor.id, also_for=actor.id)
    if done is not deal_stage.MOVED:
        return Reply(text=_why(scope, deal, stage, done))
    await dialogues.close(desk.tx, actor.id)
    moved = replace(deal, stage=stage.name, stage_since=desk.now)
    card = await deal_faces.deal_face(desk, moved, note=deals.MOVED.format(stage=stage.name))
    return Reply(card=card, topic=deal.topic)


async def _ask(scope: Scope, deal: Opportunity, said: str) -> Reply:
    stages = "、".join(one.name for one in scope.desk.company.pipeline.stages)
    if said:
        return Reply(text=deals.STAGE_UNKNOWN.format(said=said, stages=stages))
    state = {"opportunity_id": deal.id}
    await dialogues.open(scope.desk, scope.actor.id, "stage", state, for_=_LASTS)
    return Reply(text=deals.STAGE_PROMPT.format(deal_id=deal.id, stages=stages))


def _why(scope: Scope, deal: Opportunity, stage: Stage, stopped: deal_stage.Stopped) -> str:
    """What stops it, in words."""
    desk = scope.desk
    match stopped.why:
        case "by_word":
            reasons = "、".join(desk.company.reasons.lost)
            return deals.STAGE_BY_WORD[stage.kind].format(deal_id=deal.id, reasons=reasons)
        case "missing":
            product = desk.company.catalogue.products[0].name
            return deals.gate(deal.id, stage.name, stopped.missing, product=product)
        case "closed" | "changed":
            return deals.CLOSED.format(deal_id=deal.id, stage=deal.stage)
        case _:
            return deals.STAGE_SAME.format(deal_id=deal.id, stage=stage.name)
