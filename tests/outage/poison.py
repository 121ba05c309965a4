"""What kills the process, or fails, whenever it is worked on: set aside at the third look, and nobody else waits."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import Ask, GiveFeedback
from bot.crm.company import Company
from bot.crm.signals import RemindTask
from bot.handlers import Scope
from bot.store import timers
from bot.store.tables.machinery import inbox, incidents
from bot.store.tables.machinery import timers as timers_table
from bot.worker.bench import Bench
from bot.worker.lanes import LaneWorker
from tests.conftest import HandClock
from tests.kill.bases import Base
from tests.kill.crash import forked
from tests.kill.hooks import Watch
from tests.kill.house import House, Plan, build, handlers
from tests.kill.stage import run
from tests.kill.story import Post
from tests.kill.wire import Wire

DEADLY, BROKEN, HARMLESS = "毒", "坏", "好"
#: Looks at a poison: two of which it does not let us end.
FATAL_LOOKS, SOFT_TRIES = 2, 5
_STARTS = 8
_SECONDS = 60


def _strike(text: str) -> None:
    if DEADLY in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if BROKEN in text:
        raise RuntimeError


def poisoned(_bench: Callable[[], Bench]) -> Router[Scope]:
    """Handlers that die or fail of certain words: while writing, beside the writer, and by a timer."""
    router: Router[Scope] = Router()

    @router.on(GiveFeedback)
    async def on_feedback(command: GiveFeedback, scope: Scope) -> Reply:
        _strike(command.text)
        return Reply(text=f"收到 {command.text}")

    @router.on(Ask, reads=True)
    async def on_ask(command: Ask, scope: Scope) -> Reply:
        _strike(command.text)
        return Reply(text=f"听到 {command.text}")

    @router.on(RemindTask)
    async def on_timer(command: RemindTask, scope: Scope) -> Reply:
        _strike(command.task_id)
        return Reply()

    whole = handlers(_bench)
    whole._routes.update(router._routes)
    return whole


@dataclass
class Poisoning:
    """What came of many poisons."""

    poisons: int = 0
    deaths: int = 0
    others: int = 0
    seconds: float = 0.0
    breaches: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The figures, for a machine."""
        return {
            "poisons": self.poisons, "deaths": self.deaths, "others": self.others,
            "seconds": round(self.seconds, 1), "breaches": len(self.breaches), "examples": self.breaches[:20],
        }  # fmt: skip


class Ward:
    """One bot that is started again each time it dies."""

    def __init__(
        self, base: Base, company: Company, home: Path, worker: type[LaneWorker] = LaneWorker
    ) -> None:
        self._base, self._company, self._home, self._worker = base, company, home, worker
        self._starts = 0

    def treat(self, name: str, words: list[tuple[str, str]], timer: str = "") -> tuple[int, dict[str, Any]]:
        """Deliver these (who, what), work until it survives; how often it died, and what the store says."""
        self._base.fresh(name)
        run(self._keep(name, words, timer))
        log = self._home / f"{name}.log"
        deaths = 0
        for _ in range(_STARTS):
            status = forked(lambda: self._live(name), log, _SECONDS)
            self._base.settle(name)
            if status == 0:
                break
            if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
                return deaths, {"broken": log.read_text()[-2000:]}
            deaths += 1
        found = run(self._look(name))
        found["log"] = log.read_text() if log.exists() else ""
        self._base.settle(name)
        self._base.drop(name)
        return deaths, found

    def _house(self, name: str) -> House:
        self._starts += 1
        wire = Wire(self._home / f"{name}.wire")
        clock = HandClock()
        # Each life begins when the leases of the one before are over.
        clock.push(timedelta(minutes=1) * self._starts)
        plan = Plan(router=poisoned)
        house = build(self._base.url(name), wire, Watch(), clock, self._company, plan, self._starts)
        house.worker = self._worker(house.bench)
        return house

    async def _keep(self, name: str, words: list[tuple[str, str]], timer: str) -> None:
        house = self._house(name)
        for i, (user, text) in enumerate(words):
            event = {"act": "said", "event": f"said-{i}", "user": user, "text": text}
            answer = await house.callbacks.receive(Post("/callback/wecom", event))
            assert answer.status == 200
        if timer:
            await house.store.write(
                lambda tx: timers.set_timer(
                    house.bench.desk(tx), lane_key="task:T1", command=RemindTask(timer), key="T1",
                    due_at=house.clock.now,
                )
            )  # fmt: skip
        await house.close()

    def _live(self, name: str) -> None:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
        run(self._work(name))

    async def _work(self, name: str) -> None:
        house = self._house(name)
        for _ in range(SOFT_TRIES + 2):
            await house.drain()
            house.clock.push(timedelta(minutes=2))
        await house.close()

    async def _look(self, name: str) -> dict[str, Any]:
        house = self._house(name)
        kept = await house.store.write(lambda tx: tx.all(select(inbox)))
        rows = await house.store.write(lambda tx: tx.all(select(timers_table)))
        counted = await house.store.write(lambda tx: tx.all(select(incidents)))
        await house.close()
        return {
            "inbox": {row.key: f"{row.state} {row.reason or ''}".strip() for row in kept},
            "timers": {row.key: f"{row.state} {row.reason or ''}".strip() for row in rows},
            "counted": {f"{row.name}:{row.reason}": row.n for row in counted},
        }


def epidemic(
    base: Base, company: Company, home: Path, poisons: int, worker: type[LaneWorker] = LaneWorker
) -> Poisoning:
    """So many poisons, each in a place of its own among what is harmless."""
    found, began = Poisoning(), time.monotonic()
    ward = Ward(base, company, home, worker)
    for n in range(poisons):
        chance = random.Random(n)
        begins = chance.choice(("反馈 ", "今天 "))
        deadly = n % 4 != 3
        before, after = chance.randrange(3), chance.randrange(3)
        words = [("zhangsan", f"{begins}{HARMLESS}{i}") for i in range(before)]
        words.append(("zhangsan", begins + (DEADLY if deadly else BROKEN)))
        words += [("zhangsan", f"{begins}{HARMLESS}{i}") for i in range(before, before + after)]
        words += [("lina", f"反馈 {HARMLESS}{i}") for i in range(2)]
        deaths, seen = ward.treat(f"poison_{os.getpid()}_{n}", words)
        found.poisons, found.deaths, found.others = (
            n + 1,
            found.deaths + deaths,
            found.others + len(words) - 1,
        )
        found.breaches += [f"poison {n}: {line}" for line in _wrong(seen, before, deaths, deadly=deadly)]
    found.seconds = time.monotonic() - began
    return found


def _wrong(seen: dict[str, Any], place: int, deaths: int, *, deadly: bool) -> list[str]:
    if "broken" in seen:
        return [f"broken: {seen['broken']}"]
    why = "killed_the_process" if deadly else "failed"
    told = []
    ended = seen["inbox"].pop(f"said-{place}")
    if ended != f"quarantined {why}":
        told.append(f"poison: it ended as {ended}")
    if deaths != (FATAL_LOOKS if deadly else 0):
        told.append(f"poison: {deaths} deaths")
    if seen["counted"].get(f"delivery.quarantined:poison:{why}") != 1:
        told.append(f"silent: counted {seen['counted']}")
    if "delivery.quarantined" not in seen["log"]:
        told.append("silent: the log says nothing")
    states = Counter(seen["inbox"].values())
    if set(states) != {"done"}:
        told.append(f"lost: the others ended as {dict(states)}")
    return told
