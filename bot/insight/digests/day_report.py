"""A rep's report of the day (日报), drafted from what he wrote down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.cards import digest_day
from bot.cards.texts import digests as texts
from bot.crm.follow_up import KIND_LABELS
from bot.crm.listing import TaskLine
from bot.crm.spoken import say_day
from bot.crm.user import User
from bot.insight import wording
from bot.insight.ask.times import spans
from bot.insight.digests.digest import Digest
from bot.insight.digests.view import View
from bot.store import day_reports, users
from bot.store.day_reports import DayReport
from bot.store.desk import Desk
from bot.store.reads import digest_day as reads
from bot.store.reads.digest_morning import morning

#: Follow-ups and tasks in a draft, and signs of each.
_MOST, _SIGNS = 12, 40
_COUNTED = ("follow_ups", "followed_leads", "new_leads", "tasks_done", "won_deals", "won_amount")
#: Eleven digits and more are somebody's number: a report goes to others.
_NUMBER = re.compile(r"(?<!\d)(\d{3})[\d -]{4,8}(\d{4})(?!\d)")


async def of_rep(view: View) -> Digest:
    """The draft with its buttons; in his own words if he wrote some; silent once it is sent or left."""
    day = view.today
    found = await day_reports.find(view.desk, view.viewer.id, day)
    if found is not None and found.state != day_reports.DRAFT:
        return Digest(silent=found.state)
    body = found.body if found is not None and found.edited else await draft(view, day)
    return await shown(view, day, body)


async def shown(view: View, day: date, body: str) -> Digest:
    """These words above the buttons."""
    managers = names(await receivers(view))
    card = digest_day.draft(day.isoformat(), said_day=say_day(day, view.today), managers=managers)
    return Digest(text=body, card=card, topic=f"day_report:{view.viewer.id}:{day.isoformat()}")


async def draft(view: View, day: date) -> str:
    """What he did, with whom, and what comes next."""
    desk, zone = view.desk, view.desk.company.org.zone
    figures = await view.figures(_COUNTED, period=spans.day(day))
    counted = "，".join(
        f"{one.metric.name} {wording.amount(one.metric, one.figure, view.currency)}"
        for one in figures.values()
        if one.figure.value or one.metric.id == "follow_ups"
    )
    since, until = (datetime.combine(on, time(), tzinfo=zone) for on in (day, day + timedelta(days=1)))
    done = await reads.done(desk, view.viewer.id, since=since, until=until, most=_MOST + 1)
    following = _next_worked(view, day)
    tomorrow = datetime.combine(following + timedelta(days=1), time(), tzinfo=zone)
    waits = await morning(desk, view.viewer.id, tonight=tomorrow, most=_MOST)
    lines = [texts.DAY_HEAD.format(name=view.viewer.name, day=say_day(day, view.today))]
    lines.append(texts.DAY_NUMBERS + counted)
    lines += _done(done)
    lines += _planned((*waits.overdue, *waits.today), following, view)
    return "\n".join(lines)


async def receivers(view: View) -> list[User]:
    """His managers; who leads the company where he has none."""
    managers = await users.managers_of(view.desk.tx, view.viewer.region) if view.viewer.region else []
    found = managers or await users.executives(view.desk.tx)
    return [one for one in found if one.id != view.viewer.id and one.active]


def names(people: Sequence[User]) -> str:
    """王磊、陈立."""
    return "、".join(dict.fromkeys(one.name for one in people))


def sent_text(report: DayReport, author: User) -> str:
    """What his manager reads; whoever wrote it is said even if he struck his name out."""
    return report.body if author.name in report.body else f"{author.name}：\n{report.body}"


def masked(text: str) -> str:
    """Nobody's number goes along."""
    return _NUMBER.sub(r"\1****\2", text)


def _done(done: Sequence[reads.Done]) -> list[str]:
    if not done:
        return [texts.DAY_NONE]
    lines = [
        f"{at}. {one.lead_id} {one.about} {KIND_LABELS[one.kind]}：{_short(one.text)}"
        for at, one in enumerate(done[:_MOST], 1)
    ]
    more = [texts.DAY_MORE.format(n=f"{len(done) - _MOST}+")] if len(done) > _MOST else []
    return [texts.DAY_DONE, *lines, *more]


def _planned(waiting: Sequence[TaskLine], on: date, view: View) -> list[str]:
    zone = view.desk.company.org.zone
    head = texts.DAY_NEXT if on == view.today + timedelta(days=1) else f"{say_day(on, view.today)}："
    if not waiting:
        return [head + texts.DAY_NO_TASKS]
    lines = [head]
    for line in waiting[:_MOST]:
        late = "（逾期）" if line.task.is_overdue(view.desk.now) else ""
        is_then = line.task.due_at.astimezone(zone).date() == on and not line.task.whole_day
        at = f"{line.task.due_at.astimezone(zone):%H:%M} " if is_then else ""
        about = "" if line.about and line.about in line.task.title else f" {line.about}".rstrip()
        lines.append(f"· {at}{line.task.title}{about}{late}")
    return lines


def _next_worked(view: View, day: date) -> date:
    found = day + timedelta(days=1)
    while not view.desk.company.working_time.spans_on(found):
        found += timedelta(days=1)
    return found


def _short(text: str) -> str:
    one_line = masked(" ".join(text.split()))
    return one_line if len(one_line) <= _SIGNS else one_line[: _SIGNS - 1] + "…"


async def keep(desk: Desk, user_id: str, day: date, body: str) -> None:
    """Remember the draft that he was shown; his own words stay."""
    found = await day_reports.find(desk, user_id, day)
    if found is None or (found.state == day_reports.DRAFT and not found.edited):
        await day_reports.write(desk, user_id, day, body, edited=False)
