"""One's indicators (KPI): those that move first, then those that follow, each beside the period before."""

from __future__ import annotations

from bot.cards.texts import forecasts as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.forecast_commands import ShowKpi
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight.answers.asked_about import WON, asked_about, lexicon_here
from bot.insight.ask.answer import Understood
from bot.insight.boards.board import board_of
from bot.insight.boards.kpi_reading import Indicators, indicators, line
from bot.insight.forecast import words as forecast_words

router: Router[Scope] = Router()


@router.on(ShowKpi, reads=True)
async def on_show_kpi(command: ShowKpi, scope: Scope) -> Reply:
    """As text: a dozen numbers are read, not looked at."""
    desk, actor = scope.desk, scope.actor
    if not scope.is_private:
        return Reply(text=texts.NOT_HERE)
    if board_of(actor) is None:
        return Reply(text=texts.NOT_YOURS)
    asked = asked_about(desk, actor, await lexicon_here(desk), command.when, WON)
    period = asked.query.period if isinstance(asked, Understood) else None
    if period is None:
        return Reply(text=texts.NOT_A_PERIOD.format(example=texts.KPI_EXAMPLE))
    found = await indicators(desk.tx, desk.company, actor, period, now=desk.now)
    scoped = {Role.REP: actor.name, Role.MANAGER: actor.region}.get(actor.role, "")
    title = texts.KPI_TITLE.format(scope=f"{scoped}，" if scoped else "", period=forecast_words.dates(period))
    lines = [line_ for group in found for line_ in _group(group, desk.company.org.currency)]
    note = texts.KPI_NOTE.format(at=desk.now.astimezone(desk.company.org.zone))
    return Reply(text="\n".join((title, *lines, note)))


def _group(group: Indicators, currency: str) -> list[str]:
    lines = [f"【{group.group.title}】{group.group.hint}", *(line(one, currency) for one in group.found)]
    if group.missing:
        lines.append(texts.KPI_MISSING.format(names="、".join(one.name for one in group.missing)))
    return lines
