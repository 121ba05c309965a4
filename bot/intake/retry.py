"""The map was mended: what could not be taken is read again, some at a time, nothing twice."""

from __future__ import annotations

from datetime import datetime

from bot.crm.capture_signals import RetryMore
from bot.intake.doors.reading import Failed, Ready, Skipped, read_push
from bot.intake.doors.take import FAILED_FOR, again
from bot.intake.mail.reading import DOOR as MAILBOX
from bot.intake.mail.reading import read_mail
from bot.store import arrivals, timers
from bot.store.desk import Desk

#: In one unit, which has 50 ms.
_AT_ONCE = 3


def named(desk: Desk, said: str) -> str | None:
    """The door that somebody means by its title or key; None if there is none."""
    doors = desk.company.doors
    titles = {one.connector.title: name for name, one in doors.entrances.items()}
    known = {
        **titles,
        **{name: name for name in doors.entrances},
        "询盘邮箱": MAILBOX,
        "邮箱": MAILBOX,
        MAILBOX: MAILBOX,
    }
    if said in known:
        return known[said]
    near = [name for title, name in known.items() if said and said in title]
    return near[0] if len(set(near)) == 1 else None


async def begin(desk: Desk, door: str, *, user_id: str) -> int:
    """Start trying again; how many wait (100 stands for more)."""
    waiting = await arrivals.failed(desk.tx, door, since=desk.now - FAILED_FOR, most=100)
    if waiting:
        await _go_on(desk, RetryMore(door, user_id, desk.now.isoformat()))
    return len(waiting)


async def step(desk: Desk, signal: RetryMore) -> RetryMore | None:
    """Try some; None while there are more, at the end what came of it."""
    until = datetime.fromisoformat(signal.until)
    waiting = await arrivals.untried(
        desk.tx, signal.door, since=desk.now - FAILED_FOR, until=until, most=_AT_ONCE
    )
    taken = 0
    for one in waiting:
        body = await arrivals.body(desk, one.id)
        if body is None:
            continue
        became = await again(desk, signal.door, one.id, _read(desk, signal.door, body))
        taken += became.state == arrivals.TAKEN
    now = RetryMore(
        signal.door, signal.user_id, signal.until, str(int(signal.taken) + taken),
        str(int(signal.tried) + len(waiting)),
    )  # fmt: skip
    if len(waiting) < _AT_ONCE:
        return now
    await _go_on(desk, now)
    return None


def _read(desk: Desk, door: str, body: bytes) -> Ready | Failed | Skipped:
    if door == MAILBOX:
        return read_mail(desk.company, body, own=desk.company.doors.own).what
    return read_push(desk.company, door, desk.company.doors.entrances[door].connector, body)


async def _go_on(desk: Desk, signal: RetryMore) -> None:
    key = f"{signal.user_id}:{signal.until}:{signal.tried}"
    await timers.set_timer(desk, lane_key=f"door:{signal.door}", command=signal, key=key, due_at=desk.now)
