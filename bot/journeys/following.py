"""What happened, followed: whoever waited for it goes on, whom it concerns enters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.journeys import expecting, rows, touched
from bot.journeys.admission import NotAdmitted
from bot.journeys.book import Book
from bot.journeys.course import Course
from bot.journeys.entering import Known, Occasion, enter, keep_one, known_of
from bot.journeys.matching import Occurred, asks_nth, begins
from bot.store import enrollments, incidents, journeys_feed
from bot.store.desk import Desk
from bot.store.enrollments import DONE
from bot.store.journeys_feed import Mark

#: What happened longer ago begins nothing: an import of old behaviour is no news.
STALE = timedelta(days=3)
MERGED = "merged"


async def follow(desk: Desk, book: Book, *, most: int) -> int:
    """Follow what was marked; how much that was."""
    marks = await journeys_feed.take(desk.tx, most=most)
    if not marks:
        return 0
    roots = await journeys_feed.roots(desk.tx, [mark.lead_id for mark in marks])
    known = await known_of(desk, sorted(set(roots.values())))
    for mark in marks:
        lead_id = roots.get(mark.lead_id)
        if lead_id is None:
            await incidents.count(desk.tx, "journey.mark_skipped", "no_lead", desk.now)
        elif mark.kind == MERGED:
            await keep_one(desk, known, lead_id, mark.ref)
        elif mark.kind == touched.TOUCHED:
            await _touched(desk, book, mark)
        else:
            await _one(desk, book, mark, lead_id, known)
    return len(marks)


async def _touched(desk: Desk, book: Book, mark: Mark) -> None:
    """A message of some journey came to its end: by the version that its reader is in."""
    said = touched.occasion(mark.source)
    row = await enrollments.find(desk.tx, said.way) if said is not None else None
    way = None if row is None else await book.shelf.way(desk.tx, row.journey, row.version)
    await touched.follow(desk, way, mark)


async def _one(desk: Desk, book: Book, mark: Mark, lead_id: str, known: Known) -> None:
    happened = await _occurred(desk, book, mark, lead_id)
    await _wake(desk, book, happened, known, lead_id)
    fields = desk.company.registry
    concerned = [way for way in book if begins(way.journey, happened, fields)]
    # Who has more to say enters first; so two that fit the same are always taken in the same order.
    for way in sorted(concerned, key=lambda one: (-one.journey.priority, one.key)):
        if happened.at < desk.now - STALE:
            await incidents.count(
                desk.tx, "journey.not_entered", f"{way.key}:{NotAdmitted.TOO_OLD}", desk.now
            )
            continue
        await enter(desk, book, way, [await _occasion(desk, way, mark, lead_id)], known)


async def _occurred(desk: Desk, book: Book, mark: Mark, lead_id: str) -> Occurred:
    nth = 0
    if mark.kind == "event" and asks_nth({way.key: way.journey for way in book}, mark.ref):
        nth = await journeys_feed.nth(desk.tx, mark, lead_id)
    return Occurred(
        mark.kind, mark.ref, mark.at or desk.now, mark.source or f"mark{mark.id}", mark.object,
        mark.before, mark.after, nth,
    )  # fmt: skip


async def _occasion(desk: Desk, way: Course, mark: Mark, lead_id: str) -> Occasion:
    slot = ""
    if way.journey.business_key:
        is_event = mark.kind == "event"
        slot = await journeys_feed.said(desk.tx, mark, way.journey.business_key) if is_event else mark.source
    name = slot or f"{mark.kind}:{mark.source or f'mark{mark.id}'}"
    words = {"object": mark.object} if mark.object else {}
    return Occasion(lead_id, name, slot, words)


async def _wake(desk: Desk, book: Book, happened: Occurred, known: Known, lead_id: str) -> None:
    """Whoever waits for this goes on; for whoever will wait for it further on it is kept."""
    mine = known.of(lead_id)
    for n, row in enumerate(mine):
        if row.state == DONE or row.place is None:
            continue
        way = await book.shelf.way(desk.tx, row.journey, row.version)
        one = rows.standing(row)
        heard = expecting.heard(way.graph, one, happened, desk.company.registry)
        if heard == expecting.KEPT:
            mine[n] = row._replace(memory=one.memory.spell())
            await enrollments.remember(desk.tx, row.id, mine[n].memory)
        if heard == expecting.WAKES or expecting.redated(way.graph, one, happened, desk.company.registry):
            await enrollments.wake(desk, row.id, happened.kind)
            mine[n] = mine[n]._replace(awaits_since=None, woken=happened.kind, due_at=desk.now)


async def admitted(desk: Desk, book: Book, way: Course, those: Sequence[Occasion]) -> list[object]:
    """As `enter`, for those of whom nothing is known yet."""
    known = await known_of(desk, [one.lead_id for one in those])
    return list(await enter(desk, book, way, those, known))
