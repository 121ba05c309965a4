"""Pack a small frozen dataclass into one short string, and back.

A button can carry only a string; this is how a typed command rides on it. All fields are text.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

T = TypeVar("T")
_BY_NAME: dict[str, type[Any]] = {}
_BY_TYPE: dict[type[Any], str] = {}


def wire(name: str) -> Callable[[type[T]], type[T]]:
    """Register a frozen dataclass of text fields under the name it bears on the wire."""

    def register(cls: type[T]) -> type[T]:
        if name in _BY_NAME:
            msg = f"{name!r} is taken by {_BY_NAME[name].__name__}"
            raise ValueError(msg)
        _BY_NAME[name] = cls
        _BY_TYPE[cls] = name
        return cls

    return register


def name_of(command: object) -> str:
    """Give the wire name of a command, for logs and counters."""
    return _BY_TYPE[type(command)]


def registered() -> dict[str, type[Any]]:
    """Everything that can ride on the wire so far, by name."""
    return dict(_BY_NAME)


def pack(command: Any) -> str:  # noqa: ANN401 - any registered dataclass
    """`ClaimLead(lead_id="L7")` becomes `lead.claim?lead_id=L7`; fields at their default stay away."""
    fields = {
        f.name: value for f in dataclasses.fields(command) if (value := getattr(command, f.name)) != f.default
    }
    return f"{_BY_TYPE[type(command)]}?{urlencode(fields)}"


def unpack(packed: str) -> object:
    """The inverse of `pack`; raises ValueError for a name or field we do not know."""
    name, _, query = packed.partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
        return _BY_NAME[name](**dict(pairs))
    except (KeyError, TypeError) as exc:
        msg = f"not a command of ours: {name!r}"
        raise ValueError(msg) from exc
