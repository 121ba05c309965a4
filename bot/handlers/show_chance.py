"""Say how likely a lead is to be won, with the reasons in points; or why nothing can be said yet."""

from __future__ import annotations

from bot.assignment import access
from bot.cards import lead_gone
from bot.cards.texts import chances as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.forecast_commands import ShowChance, ShowChanceModel
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight import chances
from bot.insight.chances import RulesAlone
from bot.rules.scorecard.spelled import read
from bot.store import scorecards

router: Router[Scope] = Router()
_MAY = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE, Role.MARKETER})


@router.on(ShowChance, reads=True)
async def on_show_chance(command: ShowChance, scope: Scope) -> Reply:
    """Whoever may see the lead hears it; others get what they always get of it."""
    desk, actor = scope.desk, scope.actor
    held = await access.held(desk, command.lead_id)
    if held is None or not (held.is_of(actor) or held.is_under(actor)):
        return Reply(card=await access.face_of(desk, command.lead_id, actor) if held else lead_gone.missing())
    lead = held.lead
    told = await chances.chance_of(desk.tx, desk.company, lead.id)
    if isinstance(told, RulesAlone):
        tier = next((one.label for one in desk.company.scoring.tiers if one.key == lead.tier), lead.tier)
        return Reply(text=texts.rules_alone(lead.id, lead.score, tier, _why(told)))
    reasons = [
        (chances.label_of(desk.company, one.field), one.value, one.points) for one in told.forecast.reasons
    ]
    at = told.at.astimezone(desk.company.org.zone)
    return Reply(text=texts.lead(lead.id, told.forecast.chance, told.usual, reasons, at=at))


@router.on(ShowChanceModel, reads=True)
async def on_show_chance_model(_command: ShowChanceModel, scope: Scope) -> Reply:
    """Those who lead or market hear how good it is: totals, nobody's rows."""
    if scope.actor.role not in _MAY:
        return Reply(text=texts.ASKED_BY_OTHERS)
    kept = await scorecards.latest(scope.desk.tx)
    if kept is None or kept.outcome != "trained":
        return Reply(text=_why(RulesAlone(kept)))
    _, proof = read(kept.body)
    bands = [(band.leads, band.said, band.came) for band in proof.bands]
    at = kept.at.astimezone(scope.desk.company.org.zone)
    return Reply(text=texts.model(won=kept.won, lost=kept.lost, auc=proof.auc, bands=bands, at=at))


def _why(told: RulesAlone) -> str:
    kept = told.kept
    if kept is None:
        return texts.no_card("")
    return texts.no_card(kept.outcome, won=kept.won, lost=kept.lost, auc=kept.auc)
