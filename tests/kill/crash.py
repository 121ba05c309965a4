"""Fork, play, kill at one point, start again over the same database, and check: once for each point.

Everything is imported and every statement compiled before the first fork; the writer's thread and
the event loop begin after it. The parent starts nothing of either.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bot.crm.company import Company
from tests.conftest import HandClock
from tests.kill import check
from tests.kill.bases import Base
from tests.kill.hooks import Point, Watch
from tests.kill.house import House, Plan, build
from tests.kill.story import Plot, Story
from tests.kill.wire import Wire

#: Never left out when there are more points than may be tried.
_ALWAYS = ("commit.before", "commit.after", "wire.acted", "deliver.acked", "form.acked")
#: Seconds after which a process counts as hung.
_ALARM = 60
#: Two runs do not group their units alike: some points that were counted are not met again.
_SPARE = 1.25


@dataclass(frozen=True)
class Case:
    """One crash: which plot, and where."""

    seed: int
    point: Point

    def __str__(self) -> str:
        return f"plot {self.seed} at {self.point}"


@dataclass
class Tally:
    """What came of many crashes."""

    kind: str
    killed: int = 0
    unmet: int = 0
    seconds: float = 0.0
    plots: int = 0
    places: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = Counter(line.split(": ")[1] for line in self.breaches)
        told = ", ".join(f"{kinds[name]} {name}" for name in ("lost", "double claim", "second card"))
        others = sum(n for name, n in kinds.items() if name not in {"lost", "double claim", "second card"})
        rate = self.killed / self.seconds if self.seconds else 0.0
        at = ", ".join(f"{n} {place}" for place, n in sorted(self.places.items()))
        facts = ", ".join(f"{n} {name}" for name, n in sorted(self.facts.items()))
        return (
            f"kill -9, {self.kind}: {self.killed} points of {self.plots} plots in {self.seconds:.1f} s "
            f"({rate:.1f}/s), {self.unmet} not met: {told}, {others} other breaches\n  at {at}\n  {facts}"
        )


@dataclass(frozen=True)
class Range:
    """How much to try, and where the traces of it go."""

    points: int
    home: Path
    lanes: int = 2
    #: The plot to begin with.
    first: int = 0
    #: For bugs that were planted: stop at the first breach of this name.
    hunts: str = ""


def run(base: Base, company: Company, plan: Plan, scope: Range) -> Tally:
    """Try the points in a process of their own, which is the parent of all that are killed."""
    began = time.monotonic()
    results = scope.home / "results.jsonl"
    results.unlink(missing_ok=True)
    limit = _ALARM * (5 + scope.points // 20)
    status = _forked(
        lambda: _Master(base, company, plan, scope).run(results), scope.home / "master.log", limit
    )
    tally = Tally(base.kind, seconds=time.monotonic() - began)
    if status != 0:
        tally.breaches.append(f"master: broken: {(scope.home / 'master.log').read_text()[-3000:]}")
        return tally
    seeds = set()
    for line in results.read_bytes().splitlines():
        one = orjson.loads(line)
        seeds.add(one["seed"])
        tally.killed += one["killed"]
        tally.unmet += not one["killed"]
        tally.places[one["place"]] += one["killed"]
        tally.facts.update(one["facts"])
        tally.breaches += [f"{one['case']}: {breach}" for breach in one["breaches"]]
    tally.plots = len(seeds)
    return tally


def _forked(work: Callable[[], None], log: Path, alarm: int) -> int:
    """Do `work` in a child and give its wait status; what it prints goes to the log."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    code = 70
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(alarm)
        sys.stdout = sys.stderr = log.open("a", buffering=1)
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - told in the log; the status says that there is something to read
        traceback.print_exc()
    finally:
        os._exit(code)


class _Master:
    def __init__(self, base: Base, company: Company, plan: Plan, scope: Range) -> None:
        self._base, self._company, self._plan, self._scope = base, company, plan, scope
        self._stop = scope.home / "stop"
        self._stop.unlink(missing_ok=True)

    def run(self, results: Path) -> None:
        wanted = int(self._scope.points * _SPARE) + 8
        cases = list(itertools.islice(self._cases(), wanted))
        if self._scope.hunts:
            random.Random(self._plan.name).shuffle(cases)
        gc.collect()
        gc.freeze()
        lanes = self._scope.lanes
        logs = [self._scope.home / f"lane-{i}.log" for i in range(lanes)]
        pids = []
        for i in range(lanes):
            pid = os.fork()
            if pid == 0:
                code = 70
                try:
                    quota = self._scope.points // lanes + (i < self._scope.points % lanes)
                    _Lane(self, i, quota, results).run(cases[i::lanes])
                    code = 0
                except BaseException:  # noqa: BLE001 - as above
                    logs[i].write_text(traceback.format_exc())
                finally:
                    os._exit(code)
            pids.append(pid)
        broken = [logs[i].read_text() for i, pid in enumerate(pids) if os.waitpid(pid, 0)[1]]
        if broken:
            raise RuntimeError("\n".join(broken))

    def _cases(self) -> Iterator[Case]:
        """Every point of plot after plot; of the last one a sample that leaves out no commit."""
        left = int(self._scope.points)
        for seed in itertools.count(self._scope.first):
            trace = self.trace(seed)
            chosen = trace if left >= len(trace) else sample(trace, max(left, self._scope.points // 4), seed)
            left -= len(chosen)
            yield from (Case(seed, point) for point in chosen)

    def trace(self, seed: int) -> list[Point]:
        """Play a plot without a crash, to learn what is passed; compiles every statement on the way."""
        name = f"count_{os.getpid()}_{seed}"
        url = self._base.fresh(name)
        watch = Watch()
        wire = self._scope.home / f"{name}.wire"
        asyncio.run(self.play(url, wire, watch, seed, life=0))
        found = asyncio.run(self.look(url, wire, seed))
        if found["breaches"] and self._plan.name == "as it is":
            msg = f"plot {seed} breaks without any crash: {found['breaches']}"
            raise RuntimeError(msg)
        self._base.settle(name)
        self._base.drop(name)
        wire.unlink()
        return watch.trace

    async def play(self, url: str, wire: Path, watch: Watch, seed: int, life: int) -> None:
        """Live through a plot, from the start or from where the last life ended."""
        house = self._build(url, wire, watch, seed, life)
        rested = await Story(house, Plot(seed), watch).play(after_crash=life > 0)
        if not rested:
            house.wire.write("restless")
        await house.close()

    async def look(self, url: str, wire: Path, seed: int) -> dict[str, Any]:
        """Play on after the crash, then check."""
        house = self._build(url, wire, Watch(), seed, life=1)
        rested = await Story(house, Plot(seed), Watch()).play(after_crash=True)
        rows = await house.store.write(check.read)
        found = check.breaches(rows, house.wire, Plot(seed), house.clock.now)
        if not rested:
            found.append("stuck: it never came to rest")
        figures = check.facts(rows, house.wire)
        await house.close()
        return {"breaches": found, "facts": figures}

    def _build(self, url: str, wire: Path, watch: Watch, seed: int, life: int) -> House:
        return build(url, Wire(wire), watch, HandClock(), self._company, self._plan, seed * 10 + life + 1)


class _Lane:
    def __init__(self, master: _Master, number: int, quota: int, results: Path) -> None:
        self._master, self._number, self._quota = master, number, quota
        self._home, self._base = master._scope.home, master._base
        self._fd = os.open(results, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def run(self, cases: list[Case]) -> None:
        done = 0
        for i, case in enumerate(cases):
            is_orphan = os.getppid() == 1
            if done >= self._quota or is_orphan or self._master._stop.exists():
                return
            result = self._one(case, f"case_{self._number}_{os.getpid()}_{i}")
            os.write(self._fd, orjson.dumps(result) + b"\n")
            done += result["killed"]
            if any(line.startswith(f"{self._master._scope.hunts}: ") for line in result["breaches"]):
                self._master._stop.touch()

    def _one(self, case: Case, name: str) -> dict[str, Any]:
        url, wire = self._base.fresh(name), self._home / f"{name}.wire"
        log, answer = self._home / f"{name}.log", self._home / f"{name}.json"
        play = lambda: asyncio.run(self._master.play(url, wire, Watch(case.point), case.seed, life=0))  # noqa: E731
        first = _forked(play, log, _ALARM)
        self._base.settle(name)
        look = lambda: answer.write_bytes(orjson.dumps(asyncio.run(self._master.look(url, wire, case.seed))))  # noqa: E731
        second = _forked(look, log, _ALARM)
        self._base.settle(name)
        killed = os.WIFSIGNALED(first) and os.WTERMSIG(first) == signal.SIGKILL
        found = orjson.loads(answer.read_bytes()) if second == 0 else {"breaches": [], "facts": {}}
        breaches = [*found["breaches"], *self._base.damage(name)]
        if second != 0 or not (killed or first == 0):
            breaches.append(f"broken: {first} then {second}: {log.read_text()[-2000:]}")
        self._base.drop(name)
        if not breaches:
            for path in (wire, log, answer):
                path.unlink(missing_ok=True)
        return {
            **asdict(case), "case": str(case), "place": case.point.place, "killed": killed,
            "breaches": breaches, "facts": found["facts"],
        }  # fmt: skip


def sample(trace: list[Point], n: int, seed: int) -> list[Point]:
    """Choose `n` points in their order: all commits first, as far as they fit."""
    chance = random.Random(seed)
    always = [point for point in trace if point.place in _ALWAYS]
    others = [point for point in trace if point.place not in _ALWAYS]
    chosen = chance.sample(always, min(n, len(always)))
    chosen += chance.sample(others, min(n - len(chosen), len(others)))
    wanted = set(chosen)
    return [point for point in trace if point in wanted]
