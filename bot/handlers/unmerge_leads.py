"""Undo a merging (撤销合并 L9): both leads as they were, or why that cannot be."""

from __future__ import annotations

from bot.cards import merge as merge_card
from bot.cards.texts import quality as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.quality_commands import UnmergeLeads
from bot.handlers import Scope
from bot.intake.unmerge import Refusal, Refused, unmerge
from bot.store import merges, subjects

router: Router[Scope] = Router()


@router.on(UnmergeLeads)
async def on_unmerge_leads(command: UnmergeLeads, scope: Scope) -> Reply:
    """Undo it; who may not learns nothing of the leads."""
    done = await unmerge(scope.desk, command.said, by=scope.actor)
    if isinstance(done, Refused):
        return Reply(text=await _refused(command, scope, done))
    merge = done.merge
    said = (texts.UNMERGED_LEFT if done.left else texts.UNMERGED).format(
        gone=merge.gone, kept=merge.kept, left=done.left
    )
    return Reply(card=merge_card.over(said), topic=f"pair:{merge.kept}:{merge.gone}")


async def _refused(command: UnmergeLeads, scope: Scope, refused: Refused) -> str:
    merge = None
    if refused.why not in (Refusal.NOTHING, Refusal.NOT_YOURS):
        said = command.said
        merge = await (merges.find if said.startswith("M") else merges.standing)(scope.desk.tx, said)
    gone = merge.gone if merge else command.said
    match refused.why:
        case Refusal.NOT_YOURS:
            await subjects.refused(scope.desk, scope.actor, action="unmerge", of=f"lead:{command.said}")
            return texts.NOTHING_MERGED.format(said=command.said)
        case Refusal.TOO_LATE:
            return texts.TOO_LATE
        case Refusal.LATER:
            return texts.LATER.format(which=refused.which)
        case Refusal.OWNER_LEFT:
            return texts.OWNER_LEFT.format(gone=gone, which=refused.which)
        case Refusal.KEY_GONE:
            return texts.KEY_GONE.format(gone=gone, which=refused.which)
        case _:
            await subjects.refused(scope.desk, scope.actor, action="unmerge", of=f"lead:{command.said}")
            return texts.NOTHING_MERGED.format(said=command.said)
