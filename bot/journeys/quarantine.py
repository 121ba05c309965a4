"""What goes in circles or fails is told to those who keep it; if it befalls many, the journey rests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog

from bot.cards.texts import journeys as texts
from bot.chat.outbound import Notice
from bot.crm.company.journeys import Journey
from bot.crm.user import SYSTEM
from bot.journeys.admission import MOST_A_DAY
from bot.journeys.book import Book
from bot.journeys.colleagues import keepers
from bot.store import audit, enrollments_troubles, incidents, journeys, outbox
from bot.store.desk import Desk

_log = structlog.get_logger()
_DAY: Final = timedelta(days=1)
#: People in a day; more than that is no accident of one customer's.
MOST: Final = 10


async def looped(desk: Desk, book: Book, key: str, journey: Journey, lead_id: str) -> None:
    """Somebody entered again and again: he enters no more today, and it is said."""
    day = _today(desk)
    text = texts.LOOPED.format(journey=journey.name, lead=lead_id, n=MOST_A_DAY)
    await _tell(desk, f"journey_loop:{key}:{day}", text)
    people = await enrollments_troubles.circling(
        desk.tx, key, since=desk.now - _DAY, times=MOST_A_DAY, most=MOST
    )
    if people >= MOST:
        await _rest(desk, book, key, journey, why="loop", n=people)


async def failed(desk: Desk, book: Book, key: str, journey: Journey, lead_id: str) -> None:
    """A step failed whenever it was tried: he is out, and it is said."""
    day = _today(desk)
    await _tell(desk, f"journey_failed:{key}:{day}", texts.FAILED.format(journey=journey.name, lead=lead_id))
    people = await enrollments_troubles.failed(desk.tx, key, since=desk.now - _DAY, most=MOST)
    if people >= MOST:
        await _rest(desk, book, key, journey, why="failed", n=people)


async def _rest(desk: Desk, book: Book, key: str, journey: Journey, *, why: str, n: int) -> None:
    state = book.states.get(key)
    if state is None or state.state != journeys.LIVE:
        return
    await journeys.put(desk, key, state.version, journeys.PAUSED, by=SYSTEM.id)
    book.states[key] = replace(state, state=journeys.PAUSED)
    await incidents.count(desk.tx, "journey.quarantined", f"{key}:{why}", desk.now)
    await audit.note(desk, actor=SYSTEM.id, action="journey.paused", of=f"journey:{key}", why=why)
    text = texts.RESTS[why].format(journey=journey.name, n=n)
    await _tell(desk, f"journey_rests:{key}:{desk.now.isoformat()}", text)
    _log.error("journey.quarantined", journey=key, reason=why, people=n)


async def _tell(desk: Desk, key: str, text: str) -> None:
    """Those who keep the system and those who keep the journeys, once for each occasion."""
    for user in await keepers(desk):
        await outbox.post(desk, Notice(to=user.id, key=key, text=text))


def _today(desk: Desk) -> str:
    return desk.now.astimezone(desk.company.org.zone).date().isoformat()
