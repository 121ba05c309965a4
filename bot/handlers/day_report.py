"""A rep's report of the day (日报): sent to his manager, put into his own words, or left."""

from __future__ import annotations

from datetime import date, timedelta

from bot.cards import digest_day as cards
from bot.cards.texts import digests as texts
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.digest_commands import EditDayReport, LeaveDayReport, SendDayReport
from bot.crm.spoken import say_day
from bot.handlers import Scope
from bot.insight.digests import day_report
from bot.insight.digests.posting import shown
from bot.insight.digests.view import view_of
from bot.store import audit, day_reports, dialogues, outbox
from bot.store.day_reports import LEFT, SENT, DayReport

router: Router[Scope] = Router()
#: Signs of a report in somebody's own words: one message.
LONGEST = 600
_ASKED_FOR = timedelta(minutes=30)


@router.on(SendDayReport)
async def on_send(command: SendDayReport, scope: Scope) -> Reply:
    """To his managers, once."""
    report = await _open(scope, command.day)
    if isinstance(report, Reply):
        return report
    desk, actor = scope.desk, scope.actor
    receivers = await day_report.receivers(await view_of(desk, actor))
    if not receivers:
        return Reply(text=texts.DAY_NO_MANAGER)
    await day_reports.move(desk, actor.id, report.day, SENT)
    text = day_report.sent_text(report, actor)
    for manager in receivers:
        key = f"day_report:{actor.id}:{command.day}:{manager.id}"
        await outbox.post(desk, Notice(to=manager.id, key=key, text=text))
    await audit.note(desk, actor=actor.id, action="day_report.sent", of=f"day:{command.day}")
    today = desk.now.astimezone(desk.company.org.zone).date()
    title = texts.DAY_SENT.format(managers=day_report.names(receivers))
    return Reply(card=cards.said(title, say_day(report.day, today)))


@router.on(EditDayReport)
async def on_edit(command: EditDayReport, scope: Scope) -> Reply:
    """His words in place of the draft; asked for if he has not said them yet."""
    report = await _open(scope, command.day)
    if isinstance(report, Reply):
        return report
    desk, actor, body = scope.desk, scope.actor, command.text.strip()
    if not body:
        await dialogues.open(desk, actor.id, "day_report", {"day": command.day}, for_=_ASKED_FOR)
        return Reply(text=texts.DAY_ASK)
    if len(body) > LONGEST:
        await dialogues.open(desk, actor.id, "day_report", {"day": command.day}, for_=_ASKED_FOR)
        return Reply(text=texts.DAY_TOO_LONG.format(most=LONGEST))
    body = day_report.masked(body)
    await day_reports.write(desk, actor.id, report.day, body, edited=True)
    digest = await day_report.shown(await view_of(desk, actor), report.day, body)
    return await shown(desk, actor.id, scope.platform, digest)


@router.on(LeaveDayReport)
async def on_leave(command: LeaveDayReport, scope: Scope) -> Reply:
    """None today."""
    report = await _open(scope, command.day)
    if isinstance(report, Reply):
        return report
    await day_reports.move(scope.desk, scope.actor.id, report.day, LEFT)
    return Reply(card=cards.said(texts.DAY_LEFT))


async def _open(scope: Scope, day: str) -> DayReport | Reply:
    """His own one, nobody else's can be named; or why nothing can be done with it."""
    try:
        found = await day_reports.find(scope.desk, scope.actor.id, date.fromisoformat(day))
    except ValueError:
        found = None
    if found is None:
        return Reply(text=texts.DAY_NO_DRAFT)
    return Reply(card=cards.said(texts.DAY_SENT_BEFORE)) if found.state == SENT else found
