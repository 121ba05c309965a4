"""The units in which journeys go on: defined, followed, swept, stepped. Each is whole or has not been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from bot.journeys import quarantine, rows, sweeping
from bot.journeys.book import Book, Shelf, open_book
from bot.journeys.course import World
from bot.journeys.following import follow
from bot.journeys.live import Live, Request
from bot.journeys.matching import wants
from bot.journeys.runner import run
from bot.journeys.sweeping import Named
from bot.store import Tx, enrollments, incidents, journeys, journeys_feed
from bot.store.desk import Desk
from bot.store.enrollments import PARKED, RUNNING, Row
from bot.store.journeys import State

_log = structlog.get_logger()
FAILED, STOPPED = "failed", "stopped"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Stepped:
    """What one unit did."""

    marks: int = 0
    people: int = 0
    steps: int = 0


async def define(desk: Desk, shelf: Shelf) -> list[str]:
    """Publish what the files have at the very first start, and have marked what is wanted; what was new.

    Whatever is written later is a draft until somebody publishes it: to save a file reaches nobody.
    """
    is_first = not await journeys.states(desk.tx, hold=True)
    new = []
    for key, journey in desk.company.journeys.items():
        if not is_first or not journey.live:
            continue
        await journeys.publish(desk, key, journey, by=SYSTEM)
        new.append(key)
        _log.info("journey.published", journey=key, version=1, by=SYSTEM)
    await want(desk, shelf)
    return new


async def want(desk: Desk, shelf: Shelf) -> None:
    """Have marked what the open journeys and those still inside older versions want to know."""
    book = await open_book(desk.tx, shelf)
    wanted = {one for way in book for one in wants(way.journey, desk.company.registry)}
    for key in book.open:
        for version in {number for number, _ in await enrollments.standing(desk.tx, key)}:
            way = await shelf.way(desk.tx, key, version)
            wanted |= set(wants(way.journey, desk.company.registry))
    await journeys.want(desk.tx, wanted)


async def step(desk: Desk, shelf: Shelf, request: Request, *, most: int) -> Stepped:
    """Follow what happened, then move those whose time has come; first what happened, for it comes before."""
    book = await open_book(desk.tx, shelf, hold=True)
    marks = await follow(desk, book, most=most)
    if marks == most:
        return Stepped(marks=marks)
    due = await enrollments.due(desk.tx, now=desk.now, most=most)
    return Stepped(marks, len(due), await _moved(desk, book, request, due))


async def _moved(desk: Desk, book: Book, request: Request, due: Sequence[Row]) -> int:
    """Those of them who may move, moved; how many steps."""
    ready = await _ready(desk, book, due)
    versions = dict.fromkeys((row.journey, row.version) for row in ready)
    courses = {one: await book.shelf.way(desk.tx, *one) for one in versions}
    ways = {row.id: courses[row.journey, row.version] for row in ready}
    live = Live(desk, book, request)
    steps = await run(live, ways, rows.standings(ready), _world(desk), say=live.say)
    await live.finish()
    return steps


def _world(desk: Desk) -> World:
    return World(desk.now, desk.company.org.zone, desk.company.working_time)


async def _ready(desk: Desk, book: Book, due: Sequence[Row]) -> list[Row]:
    """Those who may move; whose journey rests is parked, whose journey was stopped is out."""
    journeys_ = {row.journey for row in due}
    paused = {key for key in journeys_ if book.is_paused(key)}
    stopped = {key for key in journeys_ if book.is_stopped(key)}
    if not paused and not stopped:
        return list(due)
    await enrollments.move(desk.tx, [row.id for row in due if row.journey in paused], PARKED)
    for row in due:
        if row.journey in stopped:
            await enrollments.end(desk, row.id, STOPPED)
    return [row for row in due if row.journey not in paused | stopped]


async def one_by_one(desk: Desk, shelf: Shelf, request: Request, row_id: str) -> int:
    """Move one alone, because together something failed; how many steps."""
    book = await open_book(desk.tx, shelf, hold=True)
    found = await enrollments.find(desk.tx, row_id)
    if found is None or found.state != RUNNING or found.due_at is None or found.due_at > desk.now:
        return 0
    return await _moved(desk, book, request, [found])


async def follow_one(desk: Desk, shelf: Shelf) -> int:
    """Follow one thing that happened, because together something failed; 0 if there is none."""
    return await follow(desk, await open_book(desk.tx, shelf, hold=True), most=1)


async def pass_over(desk: Desk, reason: str) -> None:
    """What happened cannot be followed however often it is tried: it is counted and stops nothing else."""
    for mark in await journeys_feed.take(desk.tx, most=1):
        await incidents.count(desk.tx, "journey.mark_skipped", "failed", desk.now)
        _log.error("journey.mark_failed", mark=mark.id, kind=mark.kind, error=reason)


async def set_aside(desk: Desk, shelf: Shelf, row_id: str, reason: str) -> None:
    """Somebody's step fails whenever it is tried: he is out, and it is counted, said and seen."""
    found = await enrollments.find(desk.tx, row_id)
    if found is None or not await enrollments.end(desk, row_id, FAILED):
        return
    await incidents.count(desk.tx, "journey.failed", found.journey, desk.now)
    _log.error("journey.step_failed", way=row_id, error=reason)
    way = await shelf.way(desk.tx, found.journey, found.version)
    await quarantine.failed(
        desk, await open_book(desk.tx, shelf, hold=True), found.journey, way.journey, found.lead_id
    )


async def due_ids(desk: Desk, *, most: int) -> list[str]:
    """Whose time has come."""
    return [row.id for row in await enrollments.due(desk.tx, now=desk.now, most=most)]


async def sweep(desk: Desk, shelf: Shelf, walk: Named, *, most: int) -> bool:
    """One part of a walk of dates or of a schedule; whether there may be more."""
    return await sweeping.sweep(desk, await open_book(desk.tx, shelf, hold=True), walk, most=most)


async def pass_by(desk: Desk, shelf: Shelf, walk: Named, reason: str) -> None:
    """Whoever is next in a walk cannot be let in: the walk goes on without him."""
    lead_id = await sweeping.pass_by(desk, await open_book(desk.tx, shelf, hold=True), walk)
    _log.error("journey.walk_passed_by", journey=walk[0], lead=lead_id, error=reason)


async def walks(desk: Desk, shelf: Shelf) -> list[Named]:
    """Walks of dates and schedules that have something to do."""
    return await sweeping.due(desk, await open_book(desk.tx, shelf))


async def is_work(desk: Desk) -> bool:
    """Whether something happened, or somebody's time has come."""
    if await journeys_feed.is_work(desk.tx):
        return True
    due = await enrollments.next_due(desk.tx)
    return due is not None and due <= desk.now


async def unpark(desk: Desk, key: str, *, most: int) -> int:
    """Let some who rested run again; how many."""
    ids = await enrollments.some(desk.tx, key, PARKED, most=most)
    await enrollments.move(desk.tx, ids, RUNNING)
    return len(ids)


async def put_out(desk: Desk, key: str, *, most: int) -> int:
    """Let some out of a journey that was stopped; how many."""
    ids = [row.id for row in await enrollments.people(desk.tx, key, most=most)]
    for row_id in ids:
        await enrollments.end(desk, row_id, STOPPED)
    return len(ids)


async def unsettled(tx: Tx, states: Mapping[str, State]) -> list[str]:
    """Journeys that run while somebody in them rests, or are stopped while somebody is in them."""
    resting = await enrollments.resting(tx)
    inside = await enrollments.inside(tx) if any(s.state == journeys.STOPPED for s in states.values()) else {}
    found = []
    for key, state in states.items():
        is_left = state.state == journeys.LIVE and key in resting
        is_over = state.state == journeys.STOPPED and inside.get(key, 0) > 0
        if is_left or is_over:
            found.append(key)
    return found
