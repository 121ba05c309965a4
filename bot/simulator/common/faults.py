"""What can be made to go wrong, switched at run time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_DEFAULT_SECONDS = 3.0


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong: `times` times (None: until switched off), on paths that start so."""

    times: int | None = None
    path: str = ""
    value: float = _DEFAULT_SECONDS


@dataclass(slots=True)
class Faults:
    """The faults that are on; nothing is on at the start."""

    #: What there is to be switched; each platform has its own.
    kinds: Mapping[str, str]
    active: dict[str, Fault] = field(default_factory=dict)
    #: Called after each switch, on or off.
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _waiting: dict[str, list[asyncio.Future[None]]] = field(default_factory=dict)

    def take(self, kind: str, path: str = "") -> Fault | None:
        """Use up one occurrence of `kind` for `path`, if it is on and meant for it."""
        fault = self.active.get(kind)
        if fault is None or not path.startswith(fault.path):
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                del self.active[kind]
                self._wake(kind)
                self._tell()
        return fault

    async def until_off(self, kind: str) -> None:
        """Wait as long as `kind` is on."""
        while kind in self.active:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(kind, []).append(waiter)
            await waiter

    def turn_on(
        self, kind: str, *, times: int | None = None, path: str = "", value: float | None = None
    ) -> None:
        """Switch one fault on; an unknown kind raises ValueError."""
        if kind not in self.kinds:
            msg = f"unknown fault {kind!r}; there are: {', '.join(self.kinds)}"
            raise ValueError(msg)
        self._switch_on(kind, Fault(times, path, _DEFAULT_SECONDS if value is None else value))

    def turn_off(self, kind: str) -> None:
        """Switch one fault off; one that is off stays off."""
        if self.active.pop(kind, None) is not None:
            self._wake(kind)
            self._tell()

    def set_from(self, wanted: Mapping[str, object]) -> None:
        """Apply `{kind: true | false | times | {times, path, value}}`; other kinds stay as they are."""
        for kind, wish in wanted.items():
            if kind not in self.kinds:
                self.turn_on(kind)
            if wish is None or wish is False or wish == 0:
                self.turn_off(kind)
            elif wish is True:
                self.turn_on(kind)
            elif isinstance(wish, int):
                self.turn_on(kind, times=wish)
            else:
                self._turn_on_from(kind, wish)

    def _turn_on_from(self, kind: str, wish: object) -> None:
        if not isinstance(wish, Mapping) or not set(wish) <= {"times", "path", "value"}:
            msg = f"{kind}: true, false, a number of times, or an object with times, path, value"
            raise ValueError(msg)
        times, value = wish.get("times"), wish.get("value")
        are_numbers = isinstance(times, int | None) and isinstance(value, int | float | None)
        if not are_numbers:
            msg = f"{kind}: times and value are numbers"
            raise ValueError(msg)
        path = str(wish.get("path") or "")
        self._switch_on(kind, Fault(times, path, _DEFAULT_SECONDS if value is None else float(value)))

    def _switch_on(self, kind: str, fault: Fault) -> None:
        self.active[kind] = fault
        self._tell()

    def _wake(self, kind: str) -> None:
        for waiter in self._waiting.pop(kind, []):
            if not waiter.done():
                waiter.set_result(None)

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()
