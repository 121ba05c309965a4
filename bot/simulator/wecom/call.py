"""One call of the API, as an endpoint sees it, and careful reading of its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.simulator.wecom import codes
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.world import World


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came as multipart form data."""

    part: str
    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class File:
    """A file as the answer, in place of JSON."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(slots=True)
class Call:
    """A call that has passed the door: its token is good, its body read."""

    query: Mapping[str, str]
    body: Json
    upload: Upload | None = None
    #: What the caller is not told, such as a silent drop: for the wire log.
    notes: list[str] = field(default_factory=list)


Answer: TypeAlias = "Json | File"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of the API."""

    method: str
    path: str
    act: Callable[[World, Call], Answer]
    needs_token: bool = True


def text(body: Mapping[str, object], name: str, *, required: bool = False) -> str:
    """A string field; a number is refused (40058), a missing required one too (40063)."""
    value = body.get(name)
    if value is None or value == "":
        if required:
            raise RefusedError(codes.EMPTY_PARAMETER, name)
        return ""
    if not isinstance(value, str):
        raise RefusedError(codes.BAD_PARAMETER, f"{name} is not a string")
    return value


def number(body: Mapping[str, object], name: str, default: int = 0) -> int:
    """An integer field; digits in a string are taken too, as the platform does."""
    value = body.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise RefusedError(codes.BAD_PARAMETER, f"{name} is not an integer")
    try:
        return int(value)
    except ValueError:
        raise RefusedError(codes.BAD_PARAMETER, f"{name} is not an integer") from None


def texts(body: Mapping[str, object], name: str) -> list[str]:
    """A list of strings; a bare string is refused (40058)."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise RefusedError(codes.BAD_PARAMETER, f"{name} is not a list of strings")
    return list(value)


def numbers(body: Mapping[str, object], name: str) -> list[int]:
    """A list of integers; anything else is refused (40058)."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(type(item) is int for item in value):
        raise RefusedError(codes.BAD_PARAMETER, f"{name} is not a list of integers")
    return list(value)


def part(body: Mapping[str, object], name: str) -> Json:
    """An object inside the body; required."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise RefusedError(codes.EMPTY_PARAMETER, name)
    return value


def agent_id(world: World, call: Call, *, in_query: bool = False) -> int:
    """The agentid of a call: missing or unknown is 40056, some other app's 301002."""
    source: Mapping[str, object] = call.query if in_query else call.body
    if "agentid" not in source:
        raise RefusedError(codes.MISSING_AGENT_ID)
    try:
        value = number(source, "agentid")
    except RefusedError:
        raise RefusedError(codes.BAD_AGENT_ID) from None
    if value <= 0:
        raise RefusedError(codes.BAD_AGENT_ID)
    if value != world.app.agent_id:
        raise RefusedError(codes.APP_NOT_ALLOWED)
    return value


def ok(**parts: object) -> Json:
    """The answer of a call that was done."""
    return {"errcode": 0, "errmsg": "ok", **parts}
