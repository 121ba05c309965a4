"""Give many leads to somebody (改派 L7,L8 给 张三; 改派 李四 的全部线索 给 张三; 交接 李四 给 张三)."""

from __future__ import annotations

from dataclasses import replace

from bot.assignment import hand_over, reassign
from bot.assignment.reassign import Obstacle, Unclear
from bot.cards import hand_over_asked
from bot.cards.texts import hand_over as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.assigning import GiveAllLeads, GiveLeads
from bot.crm.assigning_signals import HandOverGoesOn
from bot.crm.user import User
from bot.handlers import Scope
from bot.store import hand_overs, subjects, users

router: Router[Scope] = Router()
_YES = "yes"


@router.on(GiveLeads)
async def on_give_leads(command: GiveLeads, scope: Scope) -> Reply:
    """Show what would go, and on 确定 begin; whoever leads their regions may, and owners their own."""
    lead_ids = tuple(dict.fromkeys(one for one in command.lead_ids.split(",") if one))
    if len(lead_ids) > hand_over.AT_MOST:
        return Reply(text=texts.TOO_MANY.format(most=hand_over.AT_MOST))
    to = await _taker(scope, command.to)
    if isinstance(to, Reply):
        return to
    return await _give(scope, replace(command, to=to.id), lead_ids, to)


@router.on(GiveAllLeads)
async def on_give_all_leads(command: GiveAllLeads, scope: Scope) -> Reply:
    """The same for everything that one colleague has, whether he is still here or not."""
    desk, actor = scope.desk, scope.actor
    of = await _whose(scope, command.of)
    if isinstance(of, Reply):
        return of
    if not (actor.active and (of.id == actor.id or actor.leads_region(of.region))):
        await subjects.refused(desk, actor, action="hand_over", of=f"user:{of.id}")
        return Reply(text=texts.NOT_LEADING)
    to = await _taker(scope, command.to)
    if isinstance(to, Reply):
        return to
    if to.id == of.id:
        return Reply(text=texts.SAME)
    lead_ids = tuple(await hand_overs.owned(desk.tx, of.id))
    return await _give(scope, replace(command, of=of.id, to=to.id), lead_ids, to, of)


@router.on(HandOverGoesOn)
async def on_goes_on(command: HandOverGoesOn, scope: Scope) -> Reply:
    """Move the next few."""
    await hand_over.go_on(scope.desk, command.hand_over_id)
    return Reply()


async def _give(
    scope: Scope,
    command: GiveLeads | GiveAllLeads,
    lead_ids: tuple[str, ...],
    to: User,
    of: User | None = None,
) -> Reply:
    desk, actor = scope.desk, scope.actor
    seen = await hand_over.preview(desk, lead_ids, to=to, by=actor)
    refused = [lead_id for lead_id, why in seen.skipped if why == hand_over.MISSING]
    if refused:
        await subjects.refused(desk, actor, action="reassign", of=f"lead:{refused[0]}")
    is_all = isinstance(command, GiveAllLeads) and command.what == "all"
    if not seen.movable and not is_all:
        return Reply(text="\n".join((texts.NOTHING, texts.skipped(seen.skipped))).strip())
    if command.sure != _YES:
        card = hand_over_asked.card(
            replace(command, sure=_YES), to=to, of=of, movable=len(seen.movable), skipped=seen.skipped,
            held=seen.held, cap=desk.company.pools.terms.holding, is_away=not to.takes_leads(desk.now),
        )  # fmt: skip
        return Reply(card=card)
    await hand_over.begin(desk, seen.movable, to=to, by=actor, of=of, is_all=is_all)
    return Reply(card=hand_over_asked.begun(to=to, movable=len(seen.movable)))


async def _taker(scope: Scope, name: str) -> User | Reply:
    found = await reassign.taker(scope.desk, name)
    if isinstance(found, Unclear):
        return _unclear(found, name)
    return found


async def _whose(scope: Scope, name: str) -> User | Reply:
    """Himself, or a colleague by id or name; one who is here comes before one who left."""
    if name == "me":
        return scope.actor
    by_id = await users.find(scope.desk.tx, name)
    everybody = (
        [by_id] if by_id else [one for one in await users.everybody(scope.desk.tx) if one.name == name]
    )
    found = [one for one in everybody if one.active] or everybody
    if len(found) == 1:
        return found[0]
    obstacle = Obstacle.SEVERAL if found else Obstacle.NOBODY
    return _unclear(Unclear(obstacle, tuple(found)), name)


def _unclear(found: Unclear, name: str) -> Reply:
    among = "、".join(f"{one.id}（{one.team or one.region}）" for one in found.among)
    text = texts.SEVERAL if found.obstacle is Obstacle.SEVERAL else texts.NOBODY
    return Reply(text=text.format(name=name, among=among))
