"""Which function carries out which command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from bot.chat.outbound import Reply

ScopeT = TypeVar("ScopeT")
CommandT = TypeVar("CommandT")
Handler: TypeAlias = Callable[[Any, ScopeT], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route(Generic[ScopeT]):
    """One command's handler.

    `reads` marks a handler that changes nothing: it runs beside the writer and may take its time.
    """

    handler: Handler[ScopeT]
    reads: bool


class Router(Generic[ScopeT]):
    """Command type to handler; a second handler for one command is an error at start-up."""

    def __init__(self, *parts: Router[ScopeT]) -> None:
        self._routes: dict[type[Any], Route[ScopeT]] = {}
        for part in parts:
            for command, route in part._routes.items():  # noqa: SLF001 - its own kind
                self._add(command, route)

    def on(
        self, command: type[CommandT], *, reads: bool = False
    ) -> Callable[
        [Callable[[CommandT, ScopeT], Awaitable[Reply]]], Callable[[CommandT, ScopeT], Awaitable[Reply]]
    ]:
        """Register the decorated function for `command`."""

        def register(
            handler: Callable[[CommandT, ScopeT], Awaitable[Reply]],
        ) -> Callable[[CommandT, ScopeT], Awaitable[Reply]]:
            self._add(command, Route(handler, reads))
            return handler

        return register

    def _add(self, command: type[Any], route: Route[ScopeT]) -> None:
        if command in self._routes:
            msg = f"{command.__name__} has two handlers"
            raise ValueError(msg)
        self._routes[command] = route

    def route(self, command: object) -> Route[ScopeT]:
        """Find the handler; KeyError means a command nobody handles, which start-up excludes."""
        return self._routes[type(command)]

    def commands(self) -> frozenset[type[Any]]:
        """Every command that has a handler."""
        return frozenset(self._routes)
