"""Journeys as published: immutable versions, which one newcomers take, whether they run, what they want."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, func, select, update

from bot.crm.company.journeys import Journey
from bot.store import enrollments
from bot.store.desk import Desk
from bot.store.tables.journeys import journey_coupons, journey_states, journey_versions, journey_wants
from bot.store.tx import Tx

LIVE, PAUSED, STOPPED = "live", "paused", "stopped"


@dataclass(frozen=True, slots=True)
class State:
    """How a journey stands."""

    journey: str
    #: Newcomers take it.
    version: int
    state: str
    by: str
    at: datetime
    hour: str
    entered: int
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it was published."""

    journey: str
    version: int
    digest: str
    definition: Journey
    by: str
    at: datetime


_STATES = select(journey_states).order_by(journey_states.c.journey)
#: One keeper at a time: what one has entered the other must see.
_HOLD = _STATES.with_for_update()
_SET = (
    update(journey_states)
    .where(journey_states.c.journey == bindparam("of"))
    .values(version=bindparam("to"), state=bindparam("is_now"), by=bindparam("whom"), at=bindparam("since"))
)
_COUNT = (
    update(journey_states)
    .where(journey_states.c.journey == bindparam("of"))
    .values(hour=bindparam("this_hour"), entered=bindparam("so_many"), counted_at=bindparam("now_at"))
)
_VERSION = select(journey_versions).where(
    journey_versions.c.journey == bindparam("of"), journey_versions.c.version == bindparam("numbered")
)
_VERSIONS = (
    select(journey_versions)
    .where(journey_versions.c.journey == bindparam("of"))
    .order_by(journey_versions.c.version)
)
_LAST = select(func.max(journey_versions.c.version).label("n")).where(
    journey_versions.c.journey == bindparam("of")
)
_WANTS = select(journey_wants)
_UNWANT = delete(journey_wants).where(
    journey_wants.c.kind == bindparam("of_kind"), journey_wants.c.ref == bindparam("of_ref")
)


def spelled(journey: Journey) -> dict[str, Any]:
    """The journey as a document that reads back to the same."""
    found: dict[str, Any] = journey.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return found


def digest(journey: Journey) -> str:
    """Of all that it says; another digest is another version."""
    said = orjson.dumps(spelled(journey), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(said).hexdigest()[:32]


async def states(tx: Tx, *, hold: bool = False) -> dict[str, State]:
    """Every journey that was ever published."""
    return {row.journey: _state(row) for row in await tx.all(_HOLD if hold else _STATES)}


async def version(tx: Tx, journey: str, number: int) -> Version | None:
    """One version."""
    row = await tx.first(_VERSION, of=journey, numbered=number)
    return None if row is None else _version(row)


async def versions(tx: Tx, journey: str) -> list[Version]:
    """All of them, the first first."""
    return [_version(row) for row in await tx.all(_VERSIONS, of=journey)]


async def publish(desk: Desk, key: str, journey: Journey, *, by: str) -> int:
    """Put a version down and let newcomers take it; the same text as the last version stays that one.

    One that rests goes on resting; one that was stopped runs again.
    """
    row = await desk.tx.first(_LAST, of=key)
    number = int(row.n or 0) if row is not None else 0
    last = await version(desk.tx, key, number) if number else None
    if last is None or last.digest != digest(journey):
        number += 1
        values = {
            "journey": key,
            "version": number,
            "digest": digest(journey),
            "definition": spelled(journey),
        }
        await desk.tx.insert(journey_versions, {**values, "by": by, "at": desk.now})
    was = (await states(desk.tx)).get(key)
    rests = was is not None and was.state == PAUSED
    await put(desk, key, number, PAUSED if rests else LIVE, by=by)
    return number


async def put(desk: Desk, key: str, number: int, state: str, *, by: str) -> None:
    """Newcomers take this version; it runs, rests or is stopped.

    A stop is a stop: whoever was not let out yet is out before it runs again.
    """
    if state != STOPPED:
        was = (await states(desk.tx)).get(key)
        if was is not None and was.state == STOPPED:
            await enrollments.end_all(desk, key, STOPPED)
    row = {
        "journey": key,
        "version": number,
        "state": state,
        "by": by,
        "at": desk.now,
        "hour": "",
        "entered": 0,
    }
    if not await desk.tx.insert_new(journey_states, row):
        await desk.tx.run(_SET, of=key, to=number, is_now=state, whom=by, since=desk.now)


async def count_entered(desk: Desk, key: str, hour: str, entered: int) -> None:
    """How many entered in this hour."""
    await desk.tx.run(_COUNT, of=key, this_hour=hour, so_many=entered, now_at=desk.now)


async def want(tx: Tx, wanted: Iterable[tuple[str, str]]) -> None:
    """From now on exactly this is marked."""
    new, old = set(wanted), {(row.kind, row.ref) for row in await tx.all(_WANTS)}
    for kind, ref in sorted(old - new):
        await tx.run(_UNWANT, of_kind=kind, of_ref=ref)
    rows = [{"kind": kind, "ref": ref} for kind, ref in sorted(new - old)]
    if rows:
        await tx.insert_all_new(journey_wants, rows)


def _state(row: Any) -> State:  # noqa: ANN401 - a row
    return State(
        row.journey, row.version, row.state, row.by, row.at, row.hour, row.entered, row.counted_at
    )  # fmt: skip


def _version(row: Any) -> Version:  # noqa: ANN401 - a row
    read = Journey.model_validate_json(orjson.dumps(row.definition))
    return Version(row.journey, row.version, row.digest, read, row.by, row.at)


_FREE = (
    select(journey_coupons.c.code)
    .where(journey_coupons.c.stock == bindparam("of"), journey_coupons.c.given_to.is_(None))
    .order_by(journey_coupons.c.code)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_MINE = select(journey_coupons.c.code).where(journey_coupons.c.given_to == bindparam("whom"))
_GIVE = (
    update(journey_coupons)
    .where(
        journey_coupons.c.stock == bindparam("of"),
        journey_coupons.c.code == bindparam("this"),
        journey_coupons.c.given_to.is_(None),
    )
    .values(given_to=bindparam("whom"), given_at=bindparam("at"))
)
_LEFT = select(
    journey_coupons.c.stock, (func.count() - func.count(journey_coupons.c.given_to)).label("n")
).group_by(journey_coupons.c.stock)


async def coupon(desk: Desk, stock: str, to: str) -> str:
    """A code of this stock for this occasion, the same one if asked again; empty if none is left."""
    mine = await desk.tx.first(_MINE, whom=to)
    if mine is not None:
        return str(mine.code)
    free = await desk.tx.first(_FREE, of=stock)
    if free is None or await desk.tx.run(_GIVE, of=stock, this=free.code, whom=to, at=desk.now) != 1:
        return ""
    return str(free.code)


async def stock_up(desk: Desk, stock: str, codes: Iterable[str]) -> int:
    """Lay codes into a stock; how many are new."""
    added = 0
    for code in dict.fromkeys(codes):
        row = {"stock": stock, "code": code, "added_at": desk.now}
        added += await desk.tx.insert_new(journey_coupons, row)
    return added


async def stocks(tx: Tx) -> dict[str, int]:
    """How many codes are left in each stock that ever had any."""
    return {row.stock: int(row.n) for row in await tx.all(_LEFT)}
