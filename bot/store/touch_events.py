"""Each time a message's picture or link was asked for, and by whom, as far as that can be told."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update

from bot.store.tables.content import touch_events
from bot.store.tx import Tx

#: Requests that come from one message so near to each other are one burst.
BURST = timedelta(seconds=2)


class By(enum.StrEnum):
    """Who asked."""

    HUMAN = "human"
    #: A mail provider fetches pictures for its readers; somebody may have looked, or not.
    PROXY = "proxy"
    #: A scanner that tries what stands in a mail before anybody reads it.
    MACHINE = "machine"
    #: A click that is judged a little later, by what came along with it.
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One request."""

    touch_id: str
    #: open or click.
    kind: str
    at: datetime
    by: By
    link_id: str = ""
    why: str = ""


_WAITING = (
    select(touch_events)
    .where(
        touch_events.c.touch_id == bindparam("of"),
        touch_events.c.by == By.WAITING.value,
        touch_events.c.at <= bindparam("until"),
    )
    .order_by(touch_events.c.at, touch_events.c.id)
)
_CLICKS = (
    select(touch_events.c.at, touch_events.c.link_id)
    .where(
        touch_events.c.touch_id == bindparam("of"),
        touch_events.c.kind == "click",
        touch_events.c.at >= bindparam("since"),
        touch_events.c.at <= bindparam("until"),
    )
    .order_by(touch_events.c.at)
)
_JUDGE = (
    update(touch_events)
    .where(touch_events.c.id == bindparam("row_id"), touch_events.c.by == By.WAITING.value)
    .values({"by": bindparam("verdict"), "why": bindparam("reason")})
)
_OF_TOUCH = (
    select(touch_events)
    .where(touch_events.c.touch_id == bindparam("of"))
    .order_by(touch_events.c.at, touch_events.c.id)
)


_PEOPLES = select(func.count().label("n")).where(
    touch_events.c.touch_id == bindparam("of"),
    touch_events.c.kind == "click",
    touch_events.c.by == By.HUMAN.value,
)


async def clicks(tx: Tx, touch_id: str) -> int:
    """How often people followed a link of it."""
    row = await tx.first(_PEOPLES, of=touch_id)
    return int(row.n) if row is not None else 0


async def record(tx: Tx, event: Event) -> None:
    """Keep it."""
    await tx.insert(
        touch_events,
        {
            "touch_id": event.touch_id,
            "kind": event.kind,
            "link_id": event.link_id,
            "by": event.by.value,
            "why": event.why,
            "at": event.at,
        },
    )


async def waiting(tx: Tx, touch_id: str, *, until: datetime) -> list[tuple[int, Event]]:
    """Clicks that wait to be judged, by row."""
    return [(row.id, _read(row)) for row in await tx.all(_WAITING, of=touch_id, until=until)]


async def links_around(tx: Tx, touch_id: str, at: datetime) -> int:
    """How many different links of a message were asked for in one burst."""
    rows = await tx.all(_CLICKS, of=touch_id, since=at - BURST, until=at + BURST)
    return len({row.link_id for row in rows})


async def judge(tx: Tx, row_id: int, by: By, why: str) -> None:
    """Say who it was."""
    await tx.run(_JUDGE, row_id=row_id, verdict=by.value, reason=why)


async def of_touch(tx: Tx, touch_id: str) -> Sequence[Event]:
    """Everything that was asked for, in order."""
    return [_read(row) for row in await tx.all(_OF_TOUCH, of=touch_id)]


def _read(row: object) -> Event:
    return Event(
        touch_id=row.touch_id, kind=row.kind, at=row.at, by=By(row.by), link_id=row.link_id, why=row.why  # type: ignore[attr-defined]
    )  # fmt: skip
