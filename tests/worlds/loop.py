"""An event loop of its own time: no sockets, no threads, no wall clock; its order comes from a seed.

asyncio promises that call_soon keeps its order, so only the turns of tasks are shuffled. Whoever
belongs to a process (`within`) can be frozen or killed with it: what a frozen one would have done is
held back, what a dead one would have done never happens, no `finally` included.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import heapq
import random
from collections.abc import Callable, Coroutine
from typing import Any

#: Must exceed the spacing of floats at the largest virtual time, or timers never fire.
_RESOLUTION = 1e-6
#: Turns of the loop at one instant: far more than any honest work takes.
_TURNS = 100_000
#: Timers called off that may lie about.
_CANCELLED = 50
#: How often a task that is ready has to wait for another turn.
_LATE = 0.15


class DeadlockError(RuntimeError):
    """Nothing is ready and no timer is set: whoever waits would wait for ever."""


class StuckError(RuntimeError):
    """The loop turns and time does not pass."""


class Process:
    """Whose callbacks stop together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_dead = False
        self.is_frozen = False
        self._held: list[asyncio.Handle] = []
        self.context = contextvars.copy_context()
        self.context.run(_PROCESS.set, self)

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """A task that lives and dies with this process."""
        return asyncio.get_running_loop().create_task(work, context=self.context.copy())

    def stops(self, handle: asyncio.Handle) -> bool:
        """Whether this callback must not run now."""
        if self.is_frozen and not self.is_dead:
            self._held.append(handle)
        return self.is_dead or self.is_frozen

    def freeze(self, seconds: float) -> None:
        """Stand still: SIGSTOP, a long garbage collection, a suspended machine."""
        self.is_frozen = True
        asyncio.get_running_loop().call_later(seconds, self._thaw, context=contextvars.Context())

    def _thaw(self) -> None:
        self.is_frozen = False
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop._ready.extend(self._held)
        self._held = []

    def kill(self) -> None:
        """SIGKILL."""
        self.is_dead = True
        self._held = []


_PROCESS: contextvars.ContextVar[Process | None] = contextvars.ContextVar("process", default=None)


class _Selector:
    """Nothing ever comes from outside."""

    def close(self) -> None:
        """Nothing to close."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Jumps to the next timer as soon as nothing is ready."""

    def __init__(self, seed: int | str) -> None:
        super().__init__()
        self._clock_resolution = _RESOLUTION
        self._selector = _Selector()
        self._instant = 0.0
        self._turns = 0
        self._chance = random.Random(f"order:{seed}")
        self.steps = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        #: Everything that went wrong where nobody was waiting for it.
        self.complaints: list[str] = []
        self.set_exception_handler(self._complain)

    def time(self) -> float:
        return self._instant

    def _complain(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        raised = context.get("exception")
        self.complaints.append(
            f"{context.get('message')}: {type(raised).__name__ if raised else ''} {raised}"
        )

    def _process_events(self, event_list: Any) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who could be woken."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """At once: threads have no seed."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as exc:  # noqa: BLE001 - whoever waits is told
            future.set_exception(exc)
        return future

    def _run_once(self) -> None:
        self._fall_due()
        ready = list(self._ready)
        self._ready.clear()
        # Each process a task belongs to has turns of its own; who is first is chance.
        for handle in self._shuffled(ready):
            if not handle._cancelled:
                process = handle._context.get(_PROCESS)
                if process is None or not process.stops(handle):
                    self.steps += 1
                    handle._run()

    def create_task(self, coro: Any, **named: Any) -> asyncio.Task[Any]:
        """Keep each task: one that died with its process must not be cleaned up behind our back."""
        task = super().create_task(coro, **named)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def abandon(self) -> None:
        """Throw away whatever is still under way."""
        for task in self._tasks:
            task._log_destroy_pending = False
            with contextlib.suppress(BaseException):
                task.get_coro().close()
        self._tasks.clear()
        self._ready.clear()
        self._scheduled.clear()

    def _fall_due(self) -> None:
        if self._timer_cancelled_count > _CANCELLED and 2 * self._timer_cancelled_count > len(
            self._scheduled
        ):
            self._scheduled = [handle for handle in self._scheduled if not handle._cancelled]
            heapq.heapify(self._scheduled)
            self._timer_cancelled_count = 0
        timers = self._scheduled
        while timers and timers[0]._cancelled:
            self._timer_cancelled_count -= 1
            heapq.heappop(timers)._scheduled = False
        if not self._ready and not self._stopping:
            if not timers:
                msg = f"nothing is ready and no timer is set at {self._instant:.3f} s"
                raise DeadlockError(msg)
            if timers[0]._when > self._instant:
                self._instant, self._turns = timers[0]._when, 0
        self._turns += 1
        if self._turns > _TURNS:
            msg = f"{self._turns} turns of the loop at {self._instant:.3f} s"
            raise StuckError(msg)
        until = self._instant + _RESOLUTION
        while timers and timers[0]._when < until:
            handle = heapq.heappop(timers)
            handle._scheduled = False
            self._ready.append(handle)

    def _shuffled(self, ready: list[asyncio.Handle]) -> list[asyncio.Handle]:
        """Tasks in any order, some a turn later; everything else as it was put."""
        turns = [h for h in ready if isinstance(getattr(h._callback, "__self__", None), asyncio.Task)]
        if len(turns) < 2:
            return ready
        others = [h for h in ready if h not in turns] if len(turns) < len(ready) else []
        chance = self._chance
        chance.shuffle(turns)
        late = [h for h in turns[1:] if chance.random() < _LATE]
        if late:
            self._ready.extend(late)
            turns = [h for h in turns if h not in late]
        return others + turns


def run(seed: int | str, main: Callable[[VirtualLoop], Coroutine[Any, Any, Any]]) -> Any:
    """Run `main` in a loop of this seed to its end."""
    loop = VirtualLoop(seed)
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main(loop))
    finally:
        loop.abandon()
        loop.close()
        asyncio.set_event_loop(None)
