"""Card templates: which variables one has, of what kind, and where they stand on the card.

A template is made in the platform's card builder, which nobody can do from here; so a template is
described by a file with the same names, and calls that do not fit it are refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import Json

Kind = Literal["text", "markdown", "bool", "number", "list", "object"]
#: Bytes.
_KEY, _VALUE = 100, 1024
_FOLDER = Path(__file__).parent / "templates"
_TRUE_FALSE = {"true", "false"}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variable(_Part):
    """A variable (变量); every value is a text, whose inside the kind describes."""

    kind: Kind = "text"


class Slots(_Part):
    """A row of like places: `button1_text`, `button1_seal`, `button2_text`, …"""

    name: str
    count: int
    #: What each place has → its kind.
    parts: Mapping[str, Kind]

    def names(self) -> list[str]:
        """The places, in order."""
        return [f"{self.name}{n}" for n in range(1, self.count + 1)]


class Template(_Part):
    """A published template (卡片模板)."""

    id: str
    name: str
    published: bool = True
    variables: Mapping[str, Variable]
    slots: Sequence[Slots] = ()
    #: Where a variable stands: place on the card → variable, if the names differ.
    face: Mapping[str, str] = Field(default_factory=dict)
    #: What a press sends back: the action's id, its parameters, and the name of what was chosen.
    action: str = ""
    params: Mapping[str, str] = Field(default_factory=dict)
    form: str = ""
    #: The variable that may be streamed; none by default, since streaming is switched on by hand.
    streams: str = ""
    #: Variables whose values may be longer than 1 KB, as markdown is in the field.
    long: Sequence[str] = ()

    def kind_of(self, name: str) -> Kind | None:
        """The kind of a variable; None if there is none of that name."""
        if name in self.variables:
            return self.variables[name].kind
        for row in self.slots:
            place, _, part = name.partition("_")
            if place in row.names() and part in row.parts:
                return row.parts[part]
        return None

    def row(self, name: str) -> list[str]:
        """The places of a row; none if the template has no such row."""
        return next((row.names() for row in self.slots if row.name == name), [])


def shipped() -> dict[str, Template]:
    """The templates beside this module, by id."""
    found = (read(path) for path in sorted(_FOLDER.glob("*.yaml")))
    return {one.id: one for one in found}


def read(path: Path) -> Template:
    """Read and check a template's file."""
    return Template.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def checked(template: Template, values: object) -> dict[str, str]:
    """A cardParamMap, unless a variable is unknown, no string, too long or of another kind."""
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise RefusedError(codes.CARD_DATA, "cardParamMap is not an object")
    for name, value in values.items():
        _check(template, str(name), value)
    return dict(values)


def _check(template: Template, name: str, value: object) -> None:
    kind = template.kind_of(name)
    if kind is None:
        raise RefusedError(codes.CARD_DATA, f"the template has no variable {name}")
    if not isinstance(value, str):
        raise RefusedError(codes.CARD_DATA, f"the value of {name} is not a string")
    if len(name.encode()) > _KEY:
        raise RefusedError(codes.CARD_DATA, f"the key {name[:20]}… has more than {_KEY} bytes")
    if name not in template.long and kind != "markdown" and len(value.encode()) > _VALUE:
        raise RefusedError(codes.CARD_DATA, f"the value of {name} has more than {_VALUE} bytes")
    if value and not _fits(kind, value):
        raise RefusedError(codes.CARD_DATA, f"the value of {name} is no {kind}")


def _fits(kind: Kind, value: str) -> bool:
    match kind:
        case "bool":
            return value in _TRUE_FALSE
        case "number" | "list" | "object":
            wanted = {"number": (int, float), "list": (list,), "object": (dict,)}[kind]
            read_value = _parsed(value)
            return isinstance(read_value, wanted) and not isinstance(read_value, bool)
        case _:
            return True


def _parsed(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return None


def items(value: str) -> list[Json]:
    """The objects of a list variable; anything else in it is not shown."""
    found = _parsed(value) if value else []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
