"""Messages to a customer: which ones (触达记录 L7), why or why not (为什么没发 L7), how many (触达记录)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from bot.assignment.access import Held, held
from bot.cards import lead_gone, touch_record, touch_totals
from bot.cards.texts import touch as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.touch_commands import ExplainTouches, ShowTouches
from bot.crm.touching import Refusal, TouchState
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.store import subjects, touch_plans
from bot.touch.explain import explain
from bot.touch.why import why

router: Router[Scope] = Router()
_DAYS, _LOOK = 7, 50


@router.on(ExplainTouches)
async def on_explain(command: ExplainTouches, scope: Scope) -> Reply:
    """For the owner and those above him: the latest, with everything that decided."""
    found = await _found(scope, command.said, "touch.why")
    if isinstance(found, Reply):
        return found
    return Reply(text=await why(scope.desk, found.lead, command.channel))


@router.on(ShowTouches)
async def on_show_touches(command: ShowTouches, scope: Scope) -> Reply:
    """One customer's; without a number the totals."""
    if not command.said:
        return await _totals(scope)
    found = await _found(scope, command.said, "touch.list")
    if isinstance(found, Reply):
        return found
    plans = await touch_plans.of_lead(scope.desk.tx, found.lead.id, most=_LOOK)
    told = [await explain(scope.desk, one) for one in plans[: touch_record.SHOWN]]
    now = scope.desk.now.astimezone(scope.desk.company.org.zone)
    more = max(0, len(plans) - touch_record.SHOWN)
    lines = [(one.at, one.title) for one in told]
    card = touch_record.record(found.lead, lines, more=more, now=now)
    return Reply(card=card, topic=f"touches:{found.lead.id}")


async def _found(scope: Scope, said: str, action: str) -> Held | Reply:
    """The customer of a number, or of his own by name; else what to answer."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, said)
    if found is None:
        own = await subjects.addressed(desk.tx, actor.id, said)
        if len(own) > 1:
            return Reply(text=texts.WHICH.format(said=said, leads="、".join(one.id for one in own)))
        found = await held(desk, own[0].id) if own else None
    if found is None and not said[-1:].isdigit():
        await subjects.refused(desk, actor, action=action, of=f"lead:{said}")
        return Reply(text=texts.OWN_BY_NAME.format(said=said))
    if found is None or not (found.is_of(actor) or found.is_under(actor)):
        await subjects.refused(desk, actor, action=action, of=f"lead:{said}")
        return Reply(card=lead_gone.missing())
    return found if scope.is_private else Reply(text=texts.ONLY_PRIVATE)


async def _totals(scope: Scope) -> Reply:
    """For marketing and those who lead: numbers, and nobody's name."""
    desk, actor = scope.desk, scope.actor
    region = _region(actor)
    if region is None:
        await subjects.refused(desk, actor, action="touch.totals", of="touches:*")
        return Reply(text=texts.TOTALS_NOT_YOURS)
    rows = await touch_plans.totals(desk.tx, desk.now - timedelta(days=_DAYS), region=region)
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for state, reason, n in rows:
        states[texts.STATES[TouchState(state)]] += n
        if reason and TouchState(state) in (TouchState.NOT_SENT, TouchState.SKIPPED, TouchState.GIVEN_TO_REP):
            reasons[texts.REFUSALS[Refusal(reason)]] += n
    scope_said = texts.OF_REGION.format(region=region) if region else texts.COMPANY_WIDE
    card = touch_totals.card(states.most_common(5), reasons.most_common(3), scope=scope_said, days=_DAYS)
    return Reply(card=card)


def _region(actor: User) -> str | None:
    """Whose numbers he may see: empty for everybody's, None for nobody's."""
    if not actor.active:
        return None
    if actor.sees_all() or actor.role is Role.MARKETER:
        return ""
    return actor.region if actor.role is Role.MANAGER and actor.region else None
