"""A promise (承诺 本月 50万): written down, changed by saying it again, taken back."""

from __future__ import annotations

from bot.cards import commitment
from bot.cards.texts import forecasts as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.amount import read_amount, say_amount
from bot.crm.forecast_commands import Commit
from bot.crm.query import Period
from bot.handlers import Scope
from bot.insight.answers.asked_about import FORECAST, asked_about, lexicon_here
from bot.insight.ask.answer import Understood
from bot.insight.forecast import words as forecast_words
from bot.store import commitments

router: Router[Scope] = Router()


@router.on(Commit)
async def on_commit(command: Commit, scope: Scope) -> Reply:
    """Only one's own, and only while the month or quarter lasts."""
    amount = read_amount(command.amount) if command.amount else None
    if command.amount and amount is None:
        return Reply(text=texts.NO_AMOUNT)
    period = await _period(command, scope)
    if isinstance(period, str):
        return Reply(text=period)
    desk, actor = scope.desk, scope.actor
    said = (await commitments.said(desk.tx, [actor.id], period)).get(actor.id, [])
    before = said[-1].amount if said else None
    if amount != before:
        await commitments.say(desk, actor, period, amount)
    when = forecast_words.dates(period)
    if amount is None:
        return Reply(text=(texts.NEVER_SAID if before is None else texts.TAKEN_BACK).format(when=when))
    currency = desk.company.org.currency
    was = "" if before is None or before == amount else say_amount(before, currency)
    told = texts.said(when, say_amount(amount, currency), was)
    return Reply(card=commitment.card(told, command.when), topic=f"commitment:{actor.id}", fresh=True)


async def _period(command: Commit, scope: Scope) -> Period | str:
    """The month or quarter that is meant, or why there is none."""
    desk, actor = scope.desk, scope.actor
    if not scope.is_private:
        return texts.NOT_HERE
    if not (actor.active and actor.role.sells):
        return texts.NOT_SELLING
    found = asked_about(desk, actor, await lexicon_here(desk), command.when, FORECAST)
    period = found.query.period if isinstance(found, Understood) else None
    if period is None or not forecast_words.is_month_or_quarter(period):
        return texts.HOW_TO_COMMIT
    if period.ends <= desk.now.astimezone(desk.company.org.zone).date():
        return texts.IS_OVER.format(when=forecast_words.dates(period))
    return period
