"""Fork, play, kill at one point, start again over the same database, and check: once for each point.

Everything is imported and every statement compiled before the first fork; the writer's thread and
the event loop begin after it. A chapter begins from a copy of the database as it was at its start,
so that a crash late in the story costs no more than an early one. What survived is looked at by a
fresh bot in the process that forks, which has neither a thread nor a loop while it does so.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from bot.crm.company import Company
from tests.kill.bases import Base
from tests.kill.hooks import Point, Watch
from tests.kill.house import Plan
from tests.kill.stage import Stage, run, say_less
from tests.kill.tally import Case, Tally

#: Never left out when there are more points than may be tried.
_ALWAYS = ("commit.before", "commit.after", "wire.acted", "deliver.acked", "form.acked")
#: Seconds after which a process counts as hung.
_ALARM = 60
#: Two runs do not group their units alike: some points that were counted are not met again.
_SPARE = 1.25
#: Bytes that a folder in memory must have free: containers often give it 64 MiB.
_ROOM = 1 << 30
#: One case of so many is killed a second time while it recovers, one of so many is played to the plot's end.
_AGAIN, _TO_THE_END = 7, 16


@dataclass(frozen=True)
class Range:
    """How much to try, and where the traces of it go."""

    points: int
    home: Path
    lanes: int = 2
    #: The plot to begin with.
    first: int = 0
    #: For bugs that were planted: stop at the first breach of this name (`any` for whichever comes).
    hunts: str = ""
    #: Kinds of places to try (`commit`, `await`); empty for all.
    only: tuple[str, ...] = ()


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder for databases that only have to outlive a process: in memory where there is such a place."""
    memory = Path("/dev/shm")  # noqa: S108 - by its name, as the kernel gives it
    parent = memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM else None
    home = Path(tempfile.mkdtemp(prefix="leadbell-kill-", dir=parent))
    # The database server is somebody else, and may look into it.
    home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def crash(base: Base, company: Company, plan: Plan, scope: Range) -> Tally:
    """Try the points in a process of their own, which is the parent of all that are killed."""
    began = time.monotonic()
    results, log = scope.home / "results.jsonl", scope.home / "master.log"
    for path in (results, log):
        path.unlink(missing_ok=True)
    results.touch()
    status = forked(
        lambda: _Master(base, company, plan, scope).run(results), log, _ALARM * (5 + scope.points // 20)
    )
    tally = Tally(base.kind, seconds=time.monotonic() - began)
    tally.read(results)
    if status != 0:
        tally.breaches.append(f"master: broken: {log.read_text()[-3000:]}")
    return tally


def forked(work: Callable[[], None], log: Path, alarm: int) -> int:
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
        self.scope, self.base = scope, base
        self.stage = Stage(base, company, plan, scope.home)
        self.stop = scope.home / "stop"
        self.stop.unlink(missing_ok=True)

    def run(self, results: Path) -> None:
        say_less()
        seed, left = self.scope.first, self.scope.points
        while left > 0 and not self.stop.exists():
            trace = self.stage.trace(seed)
            cases = self._cases(seed, trace, left)
            self._play(cases, left, results)
            self.stage.forget(seed)
            killed = sum(orjson.loads(line)["killed"] for line in results.read_bytes().splitlines())
            if self.scope.points - killed == left:
                return
            left = self.scope.points - killed
            seed += 1

    def _cases(self, seed: int, trace: dict[str, list[Point]], left: int) -> list[Case]:
        """Every point of the plot; if they are too many a sample that leaves out no commit first."""
        points = [(chapter, point) for chapter, passed in trace.items() for point in passed]
        if self.scope.only:
            points = [one for one in points if one[1].place.partition(".")[0] in self.scope.only]
        wanted = int(left * _SPARE) + 8
        if wanted < len(points):
            points = sample(points, wanted, seed)
        cases = [
            Case(
                seed,
                chapter,
                point,
                again=1 + i % 5 if i % _AGAIN == 3 else 0,
                to_the_end=i % _TO_THE_END == 5,
            )
            for i, (chapter, point) in enumerate(points)
        ]
        # What is met first stands for the whole; neighbours in time are much alike.
        random.Random(seed).shuffle(cases)
        return cases

    def _play(self, cases: list[Case], most: int, results: Path) -> None:
        gc.collect()
        gc.freeze()
        lanes = self.scope.lanes
        logs = [self.scope.home / f"lane-{i}.log" for i in range(lanes)]
        pids = []
        for i, log in enumerate(logs):
            pid = os.fork()
            if pid == 0:
                code = 70
                try:
                    _Lane(self, i, results).run(cases[i::lanes], most // lanes + (i < most % lanes))
                    code = 0
                except BaseException:  # noqa: BLE001 - as above
                    log.write_text(traceback.format_exc())
                finally:
                    os._exit(code)
            pids.append(pid)
        broken = [log.read_text() for log, pid in zip(logs, pids, strict=True) if os.waitpid(pid, 0)[1]]
        if broken:
            raise RuntimeError("\n".join(broken))


class _Lane:
    def __init__(self, master: _Master, number: int, results: Path) -> None:
        self._scope, self._base, self._stage = master.scope, master.base, master.stage
        self._stop, self._number, self._home = master.stop, number, master.scope.home
        self._fd = os.open(results, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def run(self, cases: list[Case], quota: int) -> None:
        done = 0
        for i, case in enumerate(cases):
            is_orphan = os.getppid() == 1
            if done >= quota or is_orphan or self._stop.exists():
                return
            result = self._one(case, f"case_{self._number}_{os.getpid()}_{i}")
            os.write(self._fd, orjson.dumps(result) + b"\n")
            done += result["killed"]
            hunted = self._scope.hunts
            if hunted and any(
                hunted == "any" or line.startswith(f"{hunted}: ") for line in result["breaches"]
            ):
                self._stop.touch()

    def _one(self, case: Case, name: str) -> dict[str, Any]:
        scene, stage = self._stage.scene(case.seed, case.chapter), self._stage
        self._base.fresh(name, of=scene)
        shutil.copyfile(stage.wire_of(scene), stage.wire_of(name))
        log = self._home / f"{name}.log"
        is_killed = self._life(name, case, case.point, log)
        again = Point("commit.after", case.again)
        is_twice = is_killed and case.again > 0 and self._life(name, case, again, log, after_crash=True)
        found = self._look(name, case, 1 + is_twice) if is_killed else {"breaches": [], "facts": {}}
        breaches = [*found["breaches"], *self._base.damage(name)]
        if log.exists() and log.read_text():
            breaches.append(f"broken: {log.read_text()[-2000:]}")
        self._base.drop(name)
        if not breaches:
            stage.wire_of(name).unlink()
            log.unlink(missing_ok=True)
        return {
            **asdict(case), "case": str(case), "place": case.point.place, "killed": is_killed, "twice": is_twice,
            "breaches": breaches, "facts": found["facts"],
        }  # fmt: skip

    def _life(self, name: str, case: Case, at: Point, log: Path, *, after_crash: bool = False) -> bool:
        """Live until the kill; False if the point was not met."""
        # A forked thread would not go on, and what it held would stay locked.
        assert threading.active_count() == 1

        def live() -> None:
            gc.disable()
            watch = Watch(at)
            run(self._stage.play(name, case, watch, after_crash=after_crash), watch)

        status = forked(live, log, _ALARM)
        self._base.settle(name)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL:
            log.open("a").write(f"ended by signal {os.WTERMSIG(status)}\n")
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def _look(self, name: str, case: Case, deaths: int) -> dict[str, Any]:
        try:
            return run(asyncio.wait_for(self._stage.look(name, case, deaths=deaths), _ALARM))
        except Exception:  # noqa: BLE001 - whatever it was, it is what came of this crash
            return {"breaches": [f"broken: {traceback.format_exc()[-2000:]}"], "facts": {}}
        finally:
            self._base.settle(name)


def sample(points: list[tuple[str, Point]], n: int, seed: int) -> list[tuple[str, Point]]:
    """Choose `n` points in their order: all commits first, as far as they fit."""
    chance = random.Random(seed)
    always = [one for one in points if one[1].place in _ALWAYS]
    others = [one for one in points if one[1].place not in _ALWAYS]
    # Half of a small number is left for what is no commit.
    chosen = chance.sample(always, min(max(n // 2, n - len(others)), len(always)))
    wanted = set(chosen + chance.sample(others, min(n - len(chosen), len(others))))
    return [one for one in points if one in wanted]
