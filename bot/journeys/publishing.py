"""Another version of a journey: what it would mean for those inside, before anybody decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.cards.texts import journeys as texts
from bot.crm.company import Company, template_ids
from bot.crm.company.journey_segments import segments_of
from bot.crm.company.journey_steps import Coupon
from bot.crm.company.journeys import Journey
from bot.journeys import wording
from bot.journeys.book import Shelf
from bot.journeys.course import Course, course
from bot.journeys.graph import Graph, walk
from bot.journeys.same_step import is_same
from bot.store import Tx, enrollments, journeys
from bot.store.desk import Desk
from bot.store.enrollments import Row
from bot.store.journeys import State

#: People whose own way is looked at before a publication; the rest are counted by place.
LOOKED_AT = 2_000
KEPT = "分群“{segment}”随时更新：有人进出，马上触发"
_SAYS = ("touch", "survey")


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is where, and what a move to the new version would do to them."""

    key: str
    name: str
    digest: str
    #: 0 if it was never published.
    version: int
    #: Whether the file says what runs already.
    is_same: bool
    inside: int
    #: By step of the versions they are in, in words, how many; the most first.
    where: tuple[tuple[str, int], ...] = ()
    #: Who can go on by the new version.
    movable: int = 0
    #: Who would get something that he had already.
    twice: int = 0
    #: Whose place the new version does not have.
    stranded: int = 0
    #: What they were reckoned of, if not of everybody.
    looked_at: int = 0
    #: What should be known before: beside which other journeys it would do something else.
    notices: tuple[str, ...] = ()


async def plan(desk: Desk, shelf: Shelf, key: str, journey: Journey) -> Plan:
    """Reckon it; nothing is changed."""
    state = (await journeys.states(desk.tx)).get(key)
    number = 0 if state is None else state.version
    digest = journeys.digest(journey)
    current = await journeys.version(desk.tx, key, number) if number else None
    people = await enrollments.people(desk.tx, key, most=LOOKED_AT)
    counts = await enrollments.standing(desk.tx, key)
    new = course(key, number + 1, journey)
    fates = await _fates(desk.tx, shelf, new, people)
    where = await _where(desk, shelf, key, counts)
    inside = sum(counts.values())
    return Plan(
        key, journey.name, digest, number, current is not None and current.digest == digest, inside,
        tuple(sorted(where, key=lambda one: (-one[1], one[0]))),
        fates.count("movable"), fates.count("twice"), fates.count("stranded"),
        len(people) if len(people) < inside else 0,
        (
            *_standing(state, journey.name),
            *await empty_stocks(desk.tx, (journey,)),
            *_turned_on(desk.company, journey),
            *desk.company.journey_notices(key),
            *_examples(desk.company, journey),
        ),
    )  # fmt: skip


def _standing(state: State | None, name: str) -> Iterator[str]:
    """What becomes of one that does not run."""
    if state is not None and state.state == journeys.PAUSED:
        yield texts.WILL_REST.format(name=name)
    if state is not None and state.state == journeys.STOPPED:
        yield texts.WILL_RUN


async def empty_stocks(tx: Tx, those: Iterable[Journey]) -> list[str]:
    """Stocks of coupons that they give from and that nobody has filled, and how that is done."""
    steps = (step for journey in those for step in walk(journey.steps))
    wanted = dict.fromkeys(step.coupon for step in steps if isinstance(step, Coupon))
    there = await journeys.stocks(tx) if wanted else {}
    return [texts.EMPTY_STOCK.format(stock=stock) for stock in wanted if not there.get(stock)]


def _turned_on(company: Company, journey: Journey) -> Iterator[str]:
    """Segments that are kept up to date for it."""
    for key in sorted(segments_of({"": journey})):
        segment = company.segments.meant(key)
        if segment is not None:
            yield KEPT.format(segment=segment.name)


def _examples(company: Company, journey: Journey) -> Iterator[str]:
    """Templates that it would go by on channels that are set up, and that no platform gave us."""
    said = frozenset(_said(step) for step in walk(journey.steps))
    directory = company.assets_at.parent
    for notice in template_ids.notices(company, directory, of=said, on=company.doors.channels):
        # In a chat a file is called as its editor knows it, not by where the server keeps it.
        yield notice.replace(f"{directory}/", "config/")


def _said(step: object) -> str:
    return str(getattr(step, "touch", "") or getattr(step, "survey", ""))


async def _where(
    desk: Desk, shelf: Shelf, key: str, counts: Mapping[tuple[int, str], int]
) -> list[tuple[str, int]]:
    """Two steps that say the same stay two lines."""
    where: dict[tuple[str, str], int] = {}
    for (version, place), n in counts.items():
        at = (await shelf.way(desk.tx, key, version)).graph.places.get(place)
        words = place if at is None else wording.step(at.config, desk.company)
        where[place, words] = where.get((place, words), 0) + n
    return [(words, n) for (_, words), n in where.items()]


async def _fates(tx: Tx, shelf: Shelf, new: Course, people: Iterable[Row]) -> list[str]:
    same: dict[tuple[int, str], bool] = {}
    return [await _fate(tx, shelf, new, row, same) for row in people]


async def _fate(tx: Tx, shelf: Shelf, new: Course, row: Row, same: dict[tuple[int, str], bool]) -> str:
    old = await shelf.way(tx, row.journey, row.version)
    place = row.place or ""
    if (row.version, place) not in same:
        same[row.version, place] = is_same(old, new, place)
    if not same[row.version, place]:
        return "stranded"
    had = await _had(tx, old, row)
    return "twice" if had & said_from(new.graph, place) else "movable"


async def _had(tx: Tx, old: Course, row: Row) -> frozenset[str]:
    """What was said to him on this way."""
    steps = await enrollments.steps_of(tx, row.id)
    places = (old.graph.places.get(step.place) for step in steps)
    return frozenset(_content(place) for place in places if place is not None and place.kind in _SAYS)


def said_from(graph: Graph, place: str) -> frozenset[str]:
    """What may still be said to somebody who stands here."""
    seen: set[str] = set()
    ways: list[str | None] = [place]
    while ways:
        at = ways.pop()
        if at is not None and at not in seen:
            seen.add(at)
            ways += graph[at].ways.values()
    return frozenset(_content(graph[one]) for one in seen if graph[one].kind in _SAYS)


def _content(place: object) -> str:
    config = getattr(place, "config", None)
    return str(getattr(config, "touch", "") or getattr(config, "survey", ""))


async def publish(
    desk: Desk, shelf: Shelf, key: str, journey: Journey, *, by: str, move: bool
) -> tuple[int, int]:
    """Let newcomers take it; with `move`, those inside who can as well. Version and how many went over."""
    number = await journeys.publish(desk, key, journey, by=by)
    if not move:
        return number, 0
    new = course(key, number, journey)
    older = [one for one in await enrollments.people(desk.tx, key, most=LOOKED_AT) if one.version != number]
    fates = await _fates(desk.tx, shelf, new, older)
    ids = [row.id for row, fate in zip(older, fates, strict=True) if fate == "movable"]
    await enrollments.to_version(desk.tx, ids, number)
    return number, len(ids)


def named(company: Company, word: str, known: Iterable[str] = ()) -> str | None:
    """The journey that people call so: by name, another name or its key."""
    wanted = word.strip().lower()
    for key, one in company.journeys.items():
        if wanted in {key, *(name.lower() for name in (one.name, *one.aliases))}:
            return key
    return wanted if wanted in set(known) else None


async def definitions(tx: Tx, company: Company) -> Mapping[str, Journey]:
    """Every journey that is in a file or still runs without one."""
    found = dict(company.journeys)
    for key, state in (await journeys.states(tx)).items():
        if key not in found:
            kept = await journeys.version(tx, key, state.version)
            if kept is not None:
                found[key] = kept.definition
    return found


async def meant(tx: Tx, company: Company, word: str) -> str | None:
    """The journey that people call so, with a file or without."""
    wanted = word.strip().lower()
    for key, one in (await definitions(tx, company)).items():
        if wanted in {key, *(name.lower() for name in (one.name, *one.aliases))}:
            return key
    return None
