"""What comes by itself (我的订阅): shown, moved to another time, muted, stopped, or sent once now."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import subscriptions as cards
from bot.cards.texts import digests as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.cadence_words import read_spoken
from bot.crm.digest_commands import (
    ChangeSubscription,
    ListSubscriptions,
    PauseSubscription,
    SendNow,
    StopSubscription,
)
from bot.crm.spoken import say_moment
from bot.handlers import Scope
from bot.insight.digests import day_report, desk_book
from bot.insight.digests.compose import compose
from bot.insight.digests.posting import shown
from bot.insight.digests.question import Declined, asked_again
from bot.insight.digests.view import view_of
from bot.store import subscriptions
from bot.store.subscriptions import ACTIVE, STOPPED, Subscription

router: Router[Scope] = Router()
_LONGEST_PAUSE = 90


@router.on(ListSubscriptions, reads=True)
async def on_list(command: ListSubscriptions, scope: Scope) -> Reply:
    """All that he gets, and what of ours he stopped."""
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    found = desk_book.ordered(await subscriptions.of_user(scope.desk.tx, scope.actor.id))
    lines = await _lines(scope, found)
    pages = max(1, -(-len(lines) // cards.PAGE))
    said = command.page
    page = (
        min(max(int(said), 1), pages) if said.isascii() and said.isdigit() and len(said) < len("10000") else 1
    )
    shown = lines[(page - 1) * cards.PAGE : page * cards.PAGE]
    total = sum(one.state == ACTIVE for one in found)
    return Reply(card=cards.listed(shown, page=page, pages=pages, total=total), topic=_list_topic(scope))


@router.on(ChangeSubscription)
async def on_change(command: ChangeSubscription, scope: Scope) -> Reply:
    """Another time; what was not said of it stays."""
    spoken = read_spoken(command.when)
    if spoken is None:
        return Reply(text=texts.WHAT_TIME)
    found = await _meant(scope, command.which, newest=True)
    if not found:
        none = texts.NO_SUCH.format(which=command.which) if command.which else texts.NOTHING_TO_CHANGE
        return Reply(text=none)
    if len(found) > 1:
        return Reply(card=cards.which(await _lines(scope, found), command.when))
    one = found[0]
    cadence = spoken.cadence(one.cadence)
    if not one.is_own:
        cadence = type(cadence)(cadence.every, cadence.at, cadence.days, shifts=True)
    await subscriptions.change(scope.desk, one, cadence=cadence, own_time=True)
    now = await subscriptions.find(scope.desk.tx, one.id) or one
    line = await desk_book.line_of(scope.desk, now)
    title = texts.CHANGED.format(what=line.what, when=line.when, to=cards.place(line))
    first = say_moment(now.next_at, now=scope.desk.now, zone=scope.desk.company.org.zone)
    card = cards.begun(line, title=title, reading=one.reading, first=first)
    return Reply(card=card, topic=f"subscription:{one.id}")


@router.on(StopSubscription)
async def on_stop(command: StopSubscription, scope: Scope) -> Reply:
    """It comes no more."""
    found = await _meant(scope, command.which)
    if not found:
        return Reply(text=texts.NO_SUCH.format(which=command.which))
    if len(found) > 1:
        return Reply(card=cards.which(await _lines(scope, found)))
    one, line = found[0], await desk_book.line_of(scope.desk, found[0])
    if one.state != ACTIVE:
        return Reply(card=cards.said(texts.ALREADY_STOPPED.format(what=line.what)))
    await subscriptions.change(scope.desk, one, state=STOPPED, reason="stopped")
    return Reply(card=cards.stopped(line, is_ours=not one.is_own), topic=f"subscription:{one.id}")


@router.on(PauseSubscription)
async def on_pause(command: PauseSubscription, scope: Scope) -> Reply:
    """Leave him alone with it for some days."""
    found = await _meant(scope, command.which)
    days = int(command.days) if command.days.isascii() and command.days.isdigit() else 0
    if len(found) != 1 or found[0].state != ACTIVE or not 0 < days <= _LONGEST_PAUSE:
        return Reply(text=texts.NO_SUCH.format(which=command.which))
    one, until = found[0], scope.desk.now + timedelta(days=days)
    await subscriptions.change(scope.desk, one, paused_until=until)
    said = f"{until.astimezone(scope.desk.company.org.zone):%m-%d}"
    return Reply(card=cards.said(texts.PAUSED.format(what=desk_book.name_of(one), until=said)))


@router.on(SendNow)
async def on_send_now(command: SendNow, scope: Scope) -> Reply:
    """What it would say now, to him alone."""
    found = await _meant(scope, command.which)
    if len(found) != 1:
        return Reply(text=texts.NO_SUCH.format(which=command.which))
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    one, view = found[0], await view_of(scope.desk, scope.actor)
    if one.is_own:
        said = await asked_again(view, one.question, head=texts.HEAD.format(when=texts.NOW))
        return Reply(text=said.why) if isinstance(said, Declined) else said.reply()
    if not desk_book.of_this_role(scope.desk, scope.actor, one.kind):
        return Reply(text=texts.NOT_YOURS.format(what=desk_book.name_of(one)))
    digest = await compose(view, one.kind, subscription=one.id)
    if digest.silent:
        return Reply(text=texts.NOTHING_NOW.format(what=desk_book.name_of(one)))
    if one.kind == "day_report":
        await day_report.keep(scope.desk, scope.actor.id, view.today, digest.text)
    return await shown(scope.desk, scope.actor.id, scope.platform, digest)


async def _meant(scope: Scope, which: str, *, newest: bool = False) -> list[Subscription]:
    """Those of his own that he may mean; unsaid, the one that he touched last."""
    have = await subscriptions.of_user(scope.desk.tx, scope.actor.id)
    live = [one for one in have if one.state == ACTIVE]
    if which:
        return desk_book.ordered(desk_book.meant(which, live) or desk_book.meant(which, have))
    last = await subscriptions.last_touched(scope.desk.tx, scope.actor.id) if newest else None
    return [] if last is None else [last]


async def _lines(scope: Scope, found: list[Subscription]) -> list[cards.Line]:
    return [await desk_book.line_of(scope.desk, one) for one in found]


def _list_topic(scope: Scope) -> str:
    return f"subscriptions:{scope.actor.id}"
