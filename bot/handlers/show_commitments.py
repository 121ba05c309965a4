"""Promises beside forecast, won and target (承诺汇总): one's own with its history, or one's people's."""

from __future__ import annotations

from datetime import tzinfo
from decimal import Decimal

from bot.cards.texts import forecasts as texts
from bot.chat.outbound import Image, Reply
from bot.chat.router import Router
from bot.crm.amount import say_amount
from bot.crm.forecast_commands import ShowCommitments
from bot.crm.query import Period
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight import names
from bot.insight.answers.asked_about import FORECAST, asked_about, lexicon_here
from bot.insight.ask.answer import Understood
from bot.insight.ask.lexicon import Lexicon
from bot.insight.boards import commitments
from bot.insight.boards.board import board_of
from bot.insight.boards.commitments import Standing, Standings
from bot.insight.forecast import words as forecast_words

router: Router[Scope] = Router()


@router.on(ShowCommitments, reads=True)
async def on_show_commitments(command: ShowCommitments, scope: Scope) -> Reply:
    """In private alone; nobody's beyond the asker's own people."""
    desk, actor = scope.desk, scope.actor
    if not scope.is_private:
        return Reply(text=texts.NOT_HERE)
    if actor.role is Role.MARKETER:
        return Reply(text=texts.NOT_FOR_MARKETERS)
    if board_of(actor) is None:
        return Reply(text=texts.NOT_YOURS)
    lexicon = await lexicon_here(desk)
    asked = asked_about(desk, actor, lexicon, command.when, FORECAST)
    period = asked.query.period if isinstance(asked, Understood) else None
    if period is None or not forecast_words.is_month_or_quarter(period):
        return Reply(text=texts.HOW_TO_COMMIT)
    found = await commitments.standings(desk, actor, period)
    if not found.people:
        return Reply(text=texts.NOBODY_HERE)
    return _shown(scope, found, period, lexicon)


def _shown(scope: Scope, found: Standings, period: Period, lexicon: Lexicon) -> Reply:
    company, actor = scope.desk.company, scope.actor
    currency = company.org.currency
    named = [(names.shown("owner", one.user_id, lexicon), one) for one in found.people]
    notes = []
    if actor.role is Role.REP:
        notes += _history(found, actor.id, currency, company.org.zone)
    else:
        silent = [name for name, one in named if one.promised is None]
        notes += [texts.NOT_SAID_BY.format(names="、".join(silent))] if silent else []
    notes += [forecast_words.too_thin(found.thin)] if found.thin else []
    title = texts.TITLE.format(when=forecast_words.dates(period))
    whole = None if actor.role is Role.REP else _line(texts.TOTAL, found.whole, currency)
    text = texts.table(title, [_line(name, one, currency) for name, one in named], whole, (*notes, texts.HOW))
    chart = commitments.chart(title, named, note=texts.BAND)
    return Reply(text=text, image=Image(chart=chart) if chart else None)


def _history(found: Standings, user_id: str, currency: str, zone: tzinfo) -> list[str]:
    said = found.said.get(user_id, ())
    if len(said) < 2:  # noqa: PLR2004 - said once, nothing has changed
        return []
    return [texts.history([(one.at.astimezone(zone), _said(one.amount, currency)) for one in said])]


def _line(name: str, one: Standing, currency: str) -> texts.Line:
    return texts.Line(
        name=name,
        promised=_said(one.promised, currency),
        forecast=_said(one.forecast, currency),
        won=_said(one.won, currency),
        target=_said(one.target, currency),
    )


def _said(amount: Decimal | None, currency: str) -> str:
    return texts.NONE if amount is None else say_amount(amount, currency)
