"""Read YAML as people write it, and remember where each value stood.

Built on PyYAML's event parser, not on its constructors: those speak YAML 1.1, where `12:30` is
750, `on` is true and `012` is ten. Here a plain scalar is null, true/false, a decimal number, or
text; `12:30`, `on`, `no`, `012`, `9:00-18:00` and dates are text. Tags, anchors, aliases, merge
keys and second documents are refused, so neither code nor a bomb can come in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.kit import yaml_texts as texts

Path: TypeAlias = tuple[str | int, ...]

#: Characters. The largest file we ship is a tenth of it.
MAX_LENGTH = 1_000_000
#: Levels of nesting; no setting needs ten.
MAX_DEPTH = 40

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
# A leading zero means an identifier (area code 010, staff number 007), never a number.
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WIDE_COLON = re.compile(r"[\s-]*[^\s:#\"']{1,40}：")
# No tag, or the lone ! which only says that a scalar is text.
_FREE_TAGS = frozenset({None, "!"})


@dataclass(frozen=True, slots=True, order=True)
class ConfigError:
    """One thing that is wrong in a file; line and column count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value, and the key before it, begin; both count from 1."""

    line: int
    column: int
    key_line: int
    key_column: int


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file, and a mark for each path in it."""

    file: str
    data: Any
    marks: Mapping[Path, Mark] = field(repr=False)

    def error(self, path: Path, message: str, *, at_key: bool = False) -> ConfigError:
        """Say what is wrong at `path`, or at the nearest thing above it that exists."""
        mark = self.marks.get(path)
        while mark is None and path:
            path, at_key = path[:-1], False
            mark = self.marks.get(path)
        if mark is None:
            return ConfigError(self.file, 1, 1, message)
        if at_key:
            return ConfigError(self.file, mark.key_line, mark.key_column, message)
        return ConfigError(self.file, mark.line, mark.column, message)


class YamlError(ValueError):
    """A file that cannot be read as YAML of our kind; carries every problem found."""

    def __init__(self, errors: list[ConfigError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


def parse(text: str, *, file: str) -> Document:
    """Read one document; an empty text is an empty mapping. Raises YamlError."""
    if len(text) > MAX_LENGTH:
        raise YamlError([ConfigError(file, 1, 1, texts.too_long(MAX_LENGTH))])
    builder = _Builder(file)
    try:
        data = builder.document(yaml.parse(text.removeprefix("\ufeff"), Loader=_LOADER))
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        wide = _wide_colon(text, line)
        message = texts.syntax(exc.problem or "") if wide is None else texts.WIDE_COLON
        builder.errors.append(ConfigError(file, *(wide or (line, column)), message))
    except yaml.reader.ReaderError as exc:
        before = text[: exc.position] if isinstance(exc.position, int) else ""
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        builder.errors.append(ConfigError(file, line, column, texts.CONTROL_CHARACTER))
    if builder.errors:
        raise YamlError(sorted(builder.errors))
    return Document(file, {} if data is None else data, builder.marks)


def scalar(text: str) -> str | int | float | bool | None:
    """What a plain scalar means."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _wide_colon(text: str, line: int) -> tuple[int, int] | None:
    """A Chinese colon where a key should end, in the line complained of or the one before."""
    for number, said in [*enumerate(text.splitlines(), start=1)][max(line - 2, 0) : line]:
        found = _WIDE_COLON.match(said)
        if found:
            return number, found.end()
    return None


class _Builder:
    """Turns parser events into data; no recursion deeper than MAX_DEPTH."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.errors: list[ConfigError] = []
        self.marks: dict[Path, Mark] = {}

    def document(self, events: Iterator[Event]) -> Any:  # noqa: ANN401 - YAML may hold anything
        data: Any = None
        count = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                count += 1
                if count > 1:
                    self._refuse(event, texts.SECOND_DOCUMENT)
                    break
            elif isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent | AliasEvent):
                data = self._value(event, events, (), event)
        return data

    def _value(self, event: Event, events: Iterator[Event], path: Path, key: Event) -> Any:  # noqa: ANN401
        self.marks[path] = Mark(*_place(event), *_place(key))
        if len(path) > MAX_DEPTH:
            # Reading on would only find the same again, once a level.
            raise YamlError([self._error(event, texts.too_deep(MAX_DEPTH))])
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            self._refuse(event, texts.ALIAS)
        tag = getattr(event, "tag", None)
        if tag not in _FREE_TAGS:
            self._refuse(event, texts.tag(str(tag)))
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        if isinstance(event, ScalarEvent):
            if _CONTROL.search(event.value):
                # Written as \0 in quotes; no database takes it for text.
                self._refuse(event, texts.CONTROL_CHARACTER)
            return scalar(event.value) if event.implicit[0] else event.value
        return None

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in events:
            if isinstance(key, MappingEndEvent):
                break
            name = self._key(key, events, path)
            value = self._value(next(events), events, (*path, name), key)
            if name in found:
                self._refuse(key, texts.duplicate(name))
            found[name] = value
        return found

    def _key(self, event: Event, events: Iterator[Event], path: Path) -> str:
        """A key is always the text as written, so that `2027:` and `on:` are names too."""
        if isinstance(event, ScalarEvent):
            if event.anchor is not None or event.tag not in _FREE_TAGS:
                self._refuse(event, texts.ALIAS if event.anchor else texts.tag(str(event.tag)))
            if _CONTROL.search(event.value):
                self._refuse(event, texts.CONTROL_CHARACTER)
            if event.value == "<<" and event.implicit[0]:
                self._refuse(event, texts.MERGE)
            return str(event.value)
        self._refuse(event, texts.COMPLEX_KEY)
        self._value(event, events, (*path, "?"), event)
        return "?"

    def _sequence(self, events: Iterator[Event], path: Path) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            found.append(self._value(event, events, (*path, len(found)), event))
        return found

    def _refuse(self, event: Event, message: str) -> None:
        self.errors.append(self._error(event, message))

    def _error(self, event: Event, message: str) -> ConfigError:
        return ConfigError(self.file, *_place(event), message)


def _place(event: Event) -> tuple[int, int]:
    """Line and column from 1; the very beginning for an event without a mark."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
