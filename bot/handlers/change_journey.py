"""Let a journey rest, go on, end, take another version or go back to one; fill a stock of coupons."""

from __future__ import annotations

import re

from bot.cards import journey as cards
from bot.cards.texts import journeys as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.company.journeys import Journey
from bot.crm.journey_commands import PublishJourney, RollBackJourney, SetJourney, StockCoupons
from bot.crm.user import Role
from bot.handlers import Scope
from bot.journeys import engine, publishing
from bot.journeys.book import Shelf
from bot.kit.yaml_model import similar
from bot.store import audit, enrollments, journeys
from bot.store.journeys import LIVE, PAUSED, STOPPED

router: Router[Scope] = Router()
_CHANGE = frozenset((Role.MARKETER, Role.DIRECTOR, Role.EXECUTIVE))
_MOST_CODES = 200


@router.on(SetJourney)
async def on_set_journey(command: SetJourney, scope: Scope) -> Reply:
    """Pause, resume, stop."""
    found = await _meant(scope, command.name, "journey.set")
    if isinstance(found, Reply):
        return found
    key, one = found
    state = (await journeys.states(scope.desk.tx, hold=True)).get(key)
    if state is None or command.state not in {LIVE, PAUSED, STOPPED}:
        return Reply(text=cards.AS_IT_IS.format(name=one.name, state=cards.STATES[""]))
    if state.state == command.state:
        return Reply(text=cards.AS_IT_IS.format(name=one.name, state=cards.STATES[state.state]))
    if command.state == STOPPED and not command.sure:
        inside = (await enrollments.inside(scope.desk.tx)).get(key, 0)
        return Reply(card=cards.stop_asked(one.name, inside))
    await journeys.put(scope.desk, key, state.version, command.state, by=scope.actor.id)
    await _note(scope, key, f"journey.{command.state}")
    await engine.want(scope.desk, Shelf())
    text = cards.DONE[command.state].format(name=one.name)
    is_asked = command.state == STOPPED and scope.tapped
    return (
        Reply(card=cards.done(f"{cards.TITLE}：{{name}}", one.name, text)) if is_asked else Reply(text=text)
    )


@router.on(PublishJourney)
async def on_publish_journey(command: PublishJourney, scope: Scope) -> Reply:
    """Show what it means; do it when that was confirmed and nothing has changed since."""
    if (unread := scope.desk.unread) and scope.actor.role in _CHANGE:
        return Reply(text=cards.UNREAD.format(why=unread))
    found = await _meant(scope, command.name, "journey.publish")
    if isinstance(found, Reply):
        return found
    key, one = found
    in_file = scope.desk.company.journeys.get(key)
    if in_file is None:
        return Reply(text=cards.NO_FILE.format(name=one.name))
    shelf = Shelf()
    await journeys.states(scope.desk.tx, hold=True)
    plan = await publishing.plan(scope.desk, shelf, key, in_file)
    if plan.is_same:
        return Reply(text=cards.SAME.format(name=in_file.name, version=plan.version))
    if command.sure != plan.digest[:16]:
        card = cards.plan(_planned(plan))
        return Reply(card=card, text=cards.STALE if command.sure else "")
    move = command.move == "yes"
    version, moved = await publishing.publish(scope.desk, shelf, key, in_file, by=scope.actor.id, move=move)
    await _note(scope, key, "journey.published", version=version, moved=moved)
    await engine.want(scope.desk, Shelf())
    said = cards.MOVED.format(n=moved) if move else cards.NOT_MOVED if plan.inside else ""
    text = cards.PUBLISHED.format(name=in_file.name, version=version, moved=said)
    return Reply(card=cards.done(cards.PLAN_TITLE, in_file.name, text))


def _planned(plan: publishing.Plan) -> cards.Planned:
    return cards.Planned(
        name=plan.name, digest=plan.digest[:16], version=plan.version, inside=plan.inside, where=plan.where,
        movable=plan.movable, twice=plan.twice, stranded=plan.stranded, looked_at=plan.looked_at,
        notices=plan.notices,
    )  # fmt: skip


@router.on(RollBackJourney)
async def on_roll_back(command: RollBackJourney, scope: Scope) -> Reply:
    """Let newcomers take the version before."""
    found = await _meant(scope, command.name, "journey.roll_back")
    if isinstance(found, Reply):
        return found
    key, one = found
    tx = scope.desk.tx
    state = (await journeys.states(tx, hold=True)).get(key)
    kept = await journeys.versions(tx, key)
    earlier = [v.version for v in kept if state is not None and v.version < state.version]
    if state is None or not earlier:
        return Reply(text=cards.NO_EARLIER.format(name=one.name))
    version = max(earlier)
    if command.sure != str(version):
        return Reply(card=cards.roll_back_asked(one.name, version))
    await journeys.put(scope.desk, key, version, state.state, by=scope.actor.id)
    await _note(scope, key, "journey.rolled_back", version=version)
    await engine.want(scope.desk, Shelf())
    text = cards.ROLLED_BACK.format(name=one.name, version=version)
    return Reply(card=cards.done(cards.BACK_TITLE, one.name, text))


@router.on(StockCoupons)
async def on_stock_coupons(command: StockCoupons, scope: Scope) -> Reply:
    """Lay codes in, or say what is left."""
    refused = await _refused(scope, "journey.stock", f"coupons:{command.stock}")
    if refused is not None:
        return refused
    if not command.stock:
        left = await journeys.stocks(scope.desk.tx)
        lines = [texts.STOCK_LINE.format(stock=stock, n=n) for stock, n in sorted(left.items())]
        return Reply(text="\n".join((texts.STOCKS, *lines)) if lines else texts.NO_STOCKS)
    codes = [code for code in re.split(r"[\s,;、，；]+", command.codes) if code][:_MOST_CODES]
    added = await journeys.stock_up(scope.desk, command.stock, codes)
    left = await journeys.stocks(scope.desk.tx)
    await audit.note(
        scope.desk, actor=scope.actor.id, action="coupons.stocked", of=f"coupons:{command.stock}", n=added
    )
    return Reply(
        text=texts.STOCKED.format(
            stock=command.stock, n=added, known=len(codes) - added, left=left.get(command.stock, 0)
        )
    )


async def _meant(scope: Scope, name: str, action: str) -> tuple[str, Journey] | Reply:
    refused = await _refused(scope, action, "journey:?")
    if refused is not None:
        return refused
    found = await publishing.definitions(scope.desk.tx, scope.desk.company)
    wanted = name.strip().lower()
    for key, one in found.items():
        if wanted in {key, *(word.lower() for word in (one.name, *one.aliases))}:
            return key, one
    known = [one.name for one in found.values()]
    return Reply(text=cards.unknown(name, similar(name, known), known))


async def _refused(scope: Scope, action: str, of: str) -> Reply | None:
    if scope.actor.role in _CHANGE:
        return None if scope.is_private else Reply(text=cards.NOT_HERE)
    await audit.note(scope.desk, actor=scope.actor.id, action="access.refused", of=of, wanted=action)
    return Reply(text=cards.NOT_TO_CHANGE)


async def _note(scope: Scope, key: str, action: str, **detail: str | int) -> None:
    await audit.note(scope.desk, actor=scope.actor.id, action=action, of=f"journey:{key}", **detail)
