"""The process dies by SIGKILL in the middle of a unit, and right after one: nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.crm.touching import Planned
from bot.journeys.simulate import Happening
from bot.store import open_store
from bot.store.tables.machinery import outbox
from tests.conftest import NOW
from tests.journeys.fleet import Fleet, with_journeys

PEOPLE = 12
ONE = {"enter": [{"form": "whitepaper"}], "steps": [{"touch": "a"}, {"wait": "1天"}, {"touch": "b"}]}


class Dying(Fleet):
    """Dies at the so-manieth message, before its unit is whole; or at the so-manieth unit, after it."""

    at_message = at_unit = 10**9

    async def request(self, desk, intents):
        return [await self._post(desk, intent) for intent in intents]

    async def _post(self, desk, intent):
        row = {
            "lane_key": intent.lead_id,
            "key": intent.key,
            "platform": "p",
            "kind": "text",
            "recipient": "x",
        }
        row |= {
            "body": intent.content.encode(),
            "topic": "",
            "created_at": desk.now,
            "due_at": desk.now,
            "rank": 1,
        }
        # Not `insert_new`: a second message of the same key would be an error, not a silence.
        await desk.tx.insert(outbox, {**row, "state": "pending", "attempts": 0, "fence": 0})
        self.at_message -= 1
        if self.at_message == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return Planned(touch_id=intent.key, channel="email", at=desk.now)

    async def do(self, work):
        found = await super().do(work)
        self.at_unit -= 1
        if self.at_unit == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return found


async def _live(url: str, company, *, begins: bool, at_message: int = 10**9, at_unit: int = 10**9) -> None:
    store = open_store(url, unit_span=30)
    fleet = Dying(store, with_journeys(company, {"one": ONE}), NOW, most=5)
    if begins:
        for n in range(PEOPLE):
            await fleet.lead(f"L{n}", external_id=f"L{n}")
        await fleet.define()
        for n in range(PEOPLE):
            await fleet.happen(Happening(NOW, "form", "whitepaper"), f"L{n}")
    else:
        fleet.at_message, fleet.at_unit = at_message, at_unit
        await fleet.settle()
        await fleet.pass_until(NOW + timedelta(days=3))
    await store.close()


def _child(url: str, company, **how) -> int:
    """Run in a process of its own; the signal that ended it, 0 if none."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            asyncio.run(_live(url, company, **how))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


@pytest.mark.parametrize("at", range(1, 2 * PEOPLE, 5))
def test_killed_anywhere_nothing_is_lost_and_nothing_is_doubled(sqlite_url, company, at):
    """Everybody gets both messages once, and every step stands once in the log."""
    _child(sqlite_url, company, begins=True)

    assert _child(sqlite_url, company, begins=False, at_message=at) == signal.SIGKILL
    _child(sqlite_url, company, begins=False, at_unit=at)
    assert _child(sqlite_url, company, begins=False) == 0

    db = sqlite3.connect(Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")))
    said = sorted(db.execute("SELECT lane_key, body FROM outbox").fetchall())
    assert said == sorted((f"L{n}", body) for n in range(PEOPLE) for body in (b"a", b"b"))
    assert db.execute("SELECT count(*) FROM journey_steps").fetchone() == (4 * PEOPLE,)
    assert db.execute("SELECT DISTINCT state, ended_how FROM journey_enrollments").fetchall() == [
        ("done", "end")
    ]
    db.close()
