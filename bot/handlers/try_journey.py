"""What a journey would come to: for a crowd from now on (试算), or over the past (回测)."""

from __future__ import annotations

from bot.cards import journey as cards
from bot.cards import journey_trial
from bot.cards.texts import journey_trials as texts
from bot.chat import insight_links
from bot.chat.outbound import Image, Reply
from bot.chat.router import Router
from bot.crm.company.journeys import Journey
from bot.crm.trial_commands import BacktestJourney, TryJourney
from bot.crm.user import Role
from bot.handlers import Scope
from bot.journeys import backtest, crowd, dry_run, publishing, trial_told
from bot.kit.yaml_model import similar

router: Router[Scope] = Router()
_LOOK = frozenset({Role.MARKETER, Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
#: Days ahead, and days back.
_AHEAD, _BACK = 90, 180


@router.on(TryJourney, reads=True)
async def on_try_journey(command: TryJourney, scope: Scope) -> Reply:
    """Totals alone; whose work it makes is said to those above them."""
    found = await _meant(scope, command.name)
    if isinstance(found, Reply):
        return found
    days = _days(command.days, dry_run.DAYS, _AHEAD)
    if days is None:
        return Reply(text=texts.DAYS_WRONG.format(most=_AHEAD, example=f"试算 旅程 {command.name} 30天"))
    segments = scope.desk.company.segments
    segment = segments.meant(command.segment) if command.segment else None
    if command.segment and segment is None:
        known = [one.name for one in segments.segments]
        meant = similar(command.segment, known)
        guess = texts.MEANT.format(name=meant) if meant else ""
        return Reply(text=texts.NO_SEGMENT.format(name=command.segment, meant=guess, known="、".join(known)))
    key, journey = found
    trial = await dry_run.dry_run(scope.desk, key, journey, segment=segment, days=days)
    if trial.is_unknown:
        return Reply(text=texts.UNKNOWN_WHOM.format(name=journey.name))
    return _shown(scope, trial, is_past=False)


@router.on(BacktestJourney, reads=True)
async def on_backtest_journey(command: BacktestJourney, scope: Scope) -> Reply:
    """As above, of what has happened."""
    found = await _meant(scope, command.name)
    if isinstance(found, Reply):
        return found
    days = _days(command.days, backtest.DAYS, _BACK)
    if days is None:
        return Reply(text=texts.DAYS_WRONG.format(most=_BACK, example=f"回测 旅程 {command.name} 60天"))
    key, journey = found
    trial = await backtest.backtest(scope.desk, key, journey, days=days)
    if trial.is_unknown:
        return Reply(text=texts.BY_HAND.format(name=journey.name))
    if not trial.concerned:
        return Reply(text=texts.NOBODY_PAST.format(name=journey.name, days=days))
    return _shown(scope, trial, is_past=True)


def _shown(scope: Scope, trial: crowd.Trial, *, is_past: bool) -> Reply:
    found = trial_told.tried(trial, scope.desk.company, scope.actor, is_past=is_past)
    chart = trial_told.chart(found)
    desk = scope.desk
    link = insight_links.of_trials(scope.actor.id, desk.now, trial.key)
    card = journey_trial.card(found, url=insight_links.address(desk.company.doors.base_url, desk.vault, link))
    return Reply(card=card, image=Image(chart=chart) if chart else None, fresh=True)


def _days(said: str, usual: int, most: int) -> int | None:
    """How many are meant; None for more than are looked at."""
    n = int(said) if said.isdecimal() else usual
    return n if 1 <= n <= most else None


async def _meant(scope: Scope, name: str) -> tuple[str, Journey] | Reply:
    if not scope.is_private:
        return Reply(text=texts.NOT_HERE)
    if scope.actor.role not in _LOOK:
        return Reply(text=texts.NOT_YOURS.format(name=name))
    tx, company = scope.desk.tx, scope.desk.company
    key = await publishing.meant(tx, company, name)
    definitions = await publishing.definitions(tx, company)
    if key is None:
        known = [one.name for one in definitions.values()]
        return Reply(text=cards.unknown(name, similar(name, known), known))
    return key, definitions[key]
