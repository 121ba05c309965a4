"""One call of either API, as an endpoint sees it, and careful reading of its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.world import World


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came as multipart form data."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(slots=True)
class Call:
    """A call that has passed the door."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    upload: Upload | None = None
    #: What the caller is not told: for the wire log.
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of the API; `old` ones answer in the shape of oapi."""

    method: str
    path: str
    act: Callable[[World, Call], object]
    old: bool = False
    needs_token: bool = True
    #: Counts against the organisation's month.
    paid: bool = True
    #: What the console calls the right to do this.
    scope: str = ""


def text(body: Mapping[str, object], name: str, *, required: bool = True) -> str:
    """A string field."""
    value = body.get(name)
    if value is None or value == "":
        if required:
            raise RefusedError(codes.MISSING, name)
        return ""
    if not isinstance(value, str):
        raise RefusedError(codes.BAD_PARAMETER, f"{name} is not a string")
    return value


def number(body: Mapping[str, object], name: str, default: int | None = None) -> int:
    """An integer field; digits in a string are taken too."""
    value = body.get(name)
    if value is None or value == "":
        if default is None:
            raise RefusedError(codes.MISSING, name)
        return default
    try:
        return int(str(value))
    except ValueError:
        raise RefusedError(codes.BAD_PARAMETER, f"{name} is not an integer") from None


def texts(body: Mapping[str, object], name: str) -> list[str]:
    """A list of strings; required."""
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise RefusedError(codes.MISSING, name)
    return list(value)


def part(body: Mapping[str, object], name: str) -> Json:
    """An object inside the body; empty if it is missing."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RefusedError(codes.BAD_PARAMETER, f"{name} is not an object")
    return value
