"""PostgreSQL killed and started again, and again, while people send: whoever was thanked is there, once."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
from sqlalchemy import create_engine, select, text

from bot.store import inbox, sending
from bot.store.migrate import migrate
from bot.store.tables.leads import leads, submissions
from bot.store.tables.machinery import inbox as inbox_table
from bot.store.tables.people import feedback
from tests import postgres
from tests.attack.conftest import Target
from tests.story.conftest import ShiftedClock, running

#: People who write to the bot, and who send forms, all the time.
_WRITERS, _SENDERS = ("zhangsan", "lina", "chenli"), 2
#: Seconds between two restarts, at the least and at the most.
_BETWEEN = (0.2, 1.2)
#: Seconds in which nothing was finished, before it counts as stuck; and looks, before time is pushed.
_STILL, _LOOKS = 60.0, 2
#: Seconds after which a bot that takes nothing counts as dead.
_PATIENCE = 60.0


@dataclass
class Outage:
    """What came of many restarts."""

    restarts: int = 0
    messages: int = 0
    forms: int = 0
    refused: int = 0
    seconds: float = 0.0
    #: Deliveries and sends that waited when the last restart was over, and the seconds they took.
    left_over: int = 0
    drained: float = 0.0
    #: Seconds from the server's return to the first delivery that was taken.
    recoveries: list[float] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The figures, for a machine."""
        return {
            "restarts": self.restarts, "messages": self.messages, "forms": self.forms, "refused": self.refused,
            "seconds": round(self.seconds, 1), "slowest_recovery_s": round(max(self.recoveries, default=0.0), 2),
            "left_over": self.left_over, "drained_s": round(self.drained, 1),
            "breaches": len(self.breaches), "examples": self.breaches[:20],
        }  # fmt: skip


@contextlib.contextmanager
def own_server() -> Iterator[tuple[postgres.Server, str]]:
    """A server that may be killed, with a database whose commits are written before they are said to be."""
    server = postgres.start()
    try:
        engine = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE leadbell_outage"))
            # The suite's servers do without; one that dies would lose what it had confirmed.
            connection.execute(text("ALTER DATABASE leadbell_outage SET synchronous_commit = on"))
        engine.dispose()
        migrate(server.url("leadbell_outage"))
        yield server, server.url("leadbell_outage")
    finally:
        server.stop()


class People:
    """They write and send until told to stop; what is not taken they bring again, as it was."""

    def __init__(self, target: Target) -> None:
        self._target, self._over = target, asyncio.Event()
        self.said: list[str] = []
        self.sent: dict[str, str] = {}
        self.refused = 0
        self.taken_at = 0.0
        self._number = 0

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._write(user)) for user in _WRITERS]
        tasks += [asyncio.create_task(self._send(n)) for n in range(_SENDERS)]
        try:
            yield
        finally:
            self._over.set()
            await asyncio.gather(*tasks)

    async def _until_taken(self, bring: Callable[[], Awaitable[int]]) -> None:
        while True:
            try:
                status = await bring()
            except aiohttp.ClientError:
                status = 0
            if status == 200:
                self.taken_at = time.monotonic()
                return
            assert status in {0, 503}, status
            self.refused += 1
            await asyncio.sleep(0.1)

    async def _write(self, user: str) -> None:
        while not self._over.is_set():
            self._number += 1
            words = f"反馈 第{self._number}条"
            query, body = self._target.sealed(self._target.text(user, words, self._number))

            async def bring(query: Any = query, body: bytes = body) -> int:
                return (await self._target.post(query, body))[0]

            await self._until_taken(bring)
            self.said.append(words.removeprefix("反馈 "))
            await asyncio.sleep(0.02)

    async def _send(self, sender: int) -> None:
        http, base = self._target.world.http, self._target.world.base
        n = 0
        while not self._over.is_set():
            n += 1
            phone = f"139{sender}{n:07}"
            headers = {"Idempotency-Key": phone, "X-Forwarded-For": f"9.{sender}.{n // 250}.{n % 250}"}
            fields = {"name": "王芳", "phone": phone, "city": "上海"}

            async def bring(headers: Any = headers, fields: Any = fields, phone: str = phone) -> int:
                async with http.post(f"{base}/forms/website", json=fields, headers=headers) as answer:
                    if answer.status == 200:
                        self.sent[phone] = (await answer.json())["lead_id"]
                    return answer.status

            await self._until_taken(bring)
            await asyncio.sleep(0.05)


async def outage(restarts: int, seed: int = 1) -> Outage:
    """Restart the server so often under load, let the bot come to rest, and compare."""
    found, chance, began = Outage(), random.Random(seed), time.monotonic()
    with own_server() as (server, url):
        assert server.restart is not None
        async with running(url, clock=ShiftedClock()) as world:
            target = Target(world)
            people = People(target)
            async with people.at_work():
                for _ in range(restarts):
                    await asyncio.sleep(chance.uniform(*_BETWEEN))
                    await asyncio.to_thread(server.restart, "immediate")
                    found.recoveries.append(await _taken_again(people))
                    found.restarts += 1
            await _rest(target, found)
            found.messages, found.forms, found.refused = len(people.said), len(people.sent), people.refused
            await _compare(target, people, found)
    found.seconds = time.monotonic() - began
    return found


async def _taken_again(people: People) -> float:
    back = time.monotonic()
    while people.taken_at < back:
        assert time.monotonic() - back < _PATIENCE, "the bot takes nothing any more"
        await asyncio.sleep(0.01)
    return people.taken_at - back


async def _rest(target: Target, found: Outage) -> None:
    """Wait as long as work gets done; when none is ready, let leases end and quotas fill."""
    world, before, idle, looks = target.world, -1, 0, 0
    began = moved = time.monotonic()
    while time.monotonic() - moved < _STILL:
        async with world.app.bench.store.read() as tx:
            deliveries, sends = await inbox.counts(tx), await sending.counts(tx)
        waiting = deliveries.pop("pending", 0)
        unsent = sum(sends.pop(state, 0) for state in ("pending", "leased", "sending"))
        looks += 1
        if looks == 1:
            found.left_over = waiting + unsent
        if not waiting and not unsent:
            found.drained = time.monotonic() - began
            return
        finished = sum(deliveries.values()) + sum(sends.values())
        idle = 0 if finished != before else idle + 1
        if not idle:
            before, moved = finished, time.monotonic()
        if idle >= _LOOKS:
            idle = 1
            world.clock.push(timedelta(seconds=35))
        await asyncio.sleep(0.25)
    found.breaches.append(f"stuck: {waiting} in the inbox, {unsent} in the outbox")


async def _compare(target: Target, people: People, found: Outage) -> None:
    async with target.world.app.bench.store.read() as tx:
        kept = await tx.all(select(inbox_table))
        vault = target.world.app.bench.vault
        rows = await tx.all(select(feedback))
        opinions = Counter(vault.open(row.text, f"feedback.text:{row.id}").decode() for row in rows)
        known = [row.id for row in await tx.all(select(leads.c.id))]
        forms = Counter(row.lead_id for row in await tx.all(select(submissions.c.lead_id)))
    if len(kept) < len(people.said):
        found.breaches.append(
            f"lost: {len(people.said)} deliveries were answered 200, {len(kept)} are in the inbox"
        )
    found.breaches += [
        f"lost: delivery {row.key} is {row.state} {row.reason}" for row in kept if row.state != "done"
    ]
    for words in people.said:
        found.breaches += _once(words, opinions[words])
    for phone, lead in people.sent.items():
        found.breaches += _once(f"the form of {phone[-4:]}", forms[lead] if lead in known else 0)
    if len(known) != len(people.sent):
        found.breaches.append(f"two leads: {len(people.sent)} forms, {len(known)} leads")
    found.breaches += _read_twice(target)


def _once(what: str, n: int) -> list[str]:
    return [] if n == 1 else [f"{'twice' if n else 'lost'}: {what} is there {n} times"]


def _read_twice(target: Target) -> Iterator[str]:
    for person in target.world.simulator.world.people.values():
        shown = [message for message in person.messages if message.sender == "app"]
        # Each occasion has an unseen ending of its own, so that equal texts are one sent twice.
        for words, n in Counter(m.text for m in shown if m.kind == "text").items():
            if n > 1:
                yield f"second text: {person.userid} read {words[:20]!r} {n} times"
        for key, n in Counter(m.task_id for m in shown if m.task_id).items():
            if n > 1:
                yield f"second card: {person.userid} has {n} of {key}"
