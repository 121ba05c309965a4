"""One thing another system can ask: where, with which scope, what goes in and what comes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web
from pydantic import BaseModel

from bot.web.api.access import Caller


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose sender is known and whose body fits its shape."""

    request: web.Request
    caller: Caller
    #: The body, read as the operation's shape; None where it has none.
    body: Any
    raw: bytes


Handler: TypeAlias = Callable[[Asked], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something in the query or in a header."""

    name: str
    what: str
    place: str = "query"
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One row of the table."""

    method: str
    #: Below `/api/v1`.
    path: str
    id: str
    summary: str
    scope: str
    handler: Handler
    takes: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    #: Of a success, the usual one first.
    statuses: tuple[int, ...] = (200,)
    parameters: tuple[Parameter, ...] = ()
    #: Beside 401, 403 and 429, which are everywhere.
    problems: tuple[int, ...] = ()
