"""From a YAML document to a frozen pydantic value, with every mistake at its line and column."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, TypeVar, Union, get_args, get_origin

import orjson
from pydantic import BaseModel, ConfigDict, Tag, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz.distance import JaroWinkler

from bot.kit import yaml_messages
from bot.kit.yaml import ConfigError, Document, Path

ModelT = TypeVar("ModelT", bound=BaseModel)

#: Jaro-Winkler, 0 to 1. Below it a suggestion is a guess, and a wrong guess is worse than none.
#: A Chinese word has two characters as a rule, so one wrong of two must still do.
SIMILAR_ENOUGH = 0.72
SIMILAR_ENOUGH_CHINESE = 0.66


class Strict(BaseModel):
    """The base of everything read from a file: frozen, no unknown keys, no silent conversions."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, str_strip_whitespace=True, allow_inf_nan=False
    )
    #: Of a whole file: what people write for a key that is spelt otherwise; the first that fits there.
    MEANT: ClassVar[Mapping[str, tuple[str, ...]]] = {}


class FaultAtError(ValueError):
    """What a model's own check found, at a place below the model: a key, or a key and an index."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


def validate(model: type[ModelT], document: Document) -> tuple[ModelT | None, list[ConfigError]]:
    """Read the document as `model`; either the value, or all that is wrong with it."""
    if not isinstance(document.data, dict):
        return None, [document.error((), yaml_messages.NOT_A_MAPPING)]
    try:
        # JSON mode is strict about numbers and words, yet takes lists for tuples and text for dates.
        return model.model_validate_json(orjson.dumps(document.data)), []
    except ValidationError as exc:
        return None, _errors(model, document, exc)


def similar(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if one is near enough."""
    enough = SIMILAR_ENOUGH if word.isascii() else SIMILAR_ENOUGH_CHINESE
    nearness = JaroWinkler.normalized_similarity
    ranked = [(nearness(word, one), word[:1] == one[:1], one) for one in sorted(known)]
    # Of two that are as near, the one that begins alike: 苏洲 is 苏州 rather than 株洲.
    best = max(ranked, key=lambda rank: rank[:2], default=(0.0, False, ""))
    return best[2] if best[0] >= enough else None


def _errors(model: type[BaseModel], document: Document, exc: ValidationError) -> list[ConfigError]:
    found: dict[ConfigError, None] = {}
    meant: set[tuple[Path, str]] = set()
    errors = [one for one in exc.errors(include_url=False) if not _is_echo(one)]
    errors = _one_choice(_one_per_union(errors, document), document)
    # Unknown keys first: a misspelt key is not also reported as missing.
    for error in sorted(errors, key=lambda one: one["type"] != "extra_forbidden"):
        path, at_key = _place(document, error)
        known: list[str] = []
        suggestion = None
        if error["type"] == "extra_forbidden":
            loc = list(error["loc"][:-1])
            known = sorted(set(_keys(model, loc, of_kind=_is_kind(document, path, loc))))
            suggestion = _meant(model, str(error["loc"][-1]), known)
            meant |= {(path[:-1], suggestion)} if suggestion else set()
        if error["type"] == "missing" and _is_misspelt(path, error["loc"], meant):
            continue
        message = yaml_messages.of(error, suggestion=suggestion, known=known)
        found[document.error(path, message, at_key=at_key)] = None
    return sorted(found)


def _meant(model: type[BaseModel], said: str, known: list[str]) -> str | None:
    """The key that was probably meant: by what it means, else by how it is spelt."""
    meant = model.MEANT.get(said, ()) if issubclass(model, Strict) else ()
    return next((one for one in meant if one in known), None) or similar(said, known)


def _is_kind(document: Document, path: Path, loc: list[int | str]) -> bool:
    """Whether the file says of which kind it is: its key is there, so only that kind's keys are right."""
    tag = str(loc[-1]) if loc else ""
    return tag.startswith("<") and (*path[:-1], tag.strip("<>")) in document.marks


def _is_echo(error: ErrorDetails) -> bool:
    """Whether a list is only too short because its items are wrong, which is said of each."""
    given, least = error["input"], error.get("ctx", {}).get("min_length", 0)
    return error["type"] == "too_short" and isinstance(given, list | dict) and len(given) >= least


def _one_choice(errors: list[ErrorDetails], document: Document) -> list[ErrorDetails]:
    """A value that is in none of several lists of choices: one complaint, with all of them."""
    first: dict[Path, int] = {}
    kept: list[ErrorDetails] = []
    for error in errors:
        path = _path(document, error["loc"], at_key=False)
        if error["type"] not in ("literal_error", "enum"):
            kept.append(error)
        elif path not in first:
            first[path] = len(kept)
            kept.append(error)
        else:
            before = kept[first[path]]
            expected = f"{before['ctx']['expected']}, {error['ctx']['expected']}"
            kept[first[path]] = {**before, "ctx": {**before["ctx"], "expected": expected}}
    return kept


def _is_misspelt(path: Path, loc: tuple[int | str, ...], meant: set[tuple[Path, str]]) -> bool:
    """Whether a missing key is there under a wrong name, or a tagged union was misled by one."""
    tagged = len(loc) > 1 and str(loc[-2]).startswith("<")
    return (path, str(loc[-1])) in meant or (tagged and any(place == path for place, _ in meant))


def _place(document: Document, error: ErrorDetails) -> tuple[Path, bool]:
    """Where to point, and whether at the key rather than at its value."""
    path = _path(document, error["loc"], at_key=error["type"] == "missing")
    fault = error.get("ctx", {}).get("error")
    if isinstance(fault, FaultAtError):
        below = (*path, *fault.path)
        # A setting that was left out has no place; the next thing above it has.
        while below not in document.marks:
            below = below[:-1]
        path = below
    return path, error["type"] == "extra_forbidden" or error["loc"][-1:] == ("[key]",)


def _one_per_union(errors: list[ErrorDetails], document: Document) -> list[ErrorDetails]:
    """A plain union complains once for each member that a value is not; once is enough."""
    at: dict[Path, list[ErrorDetails]] = {}
    for error in errors:
        if error["type"].endswith("_type"):
            at.setdefault(_path(document, error["loc"], at_key=False), []).append(error)
    many = {path for path, found in at.items() if len(found) > 1}
    kept: list[ErrorDetails] = []
    for error in errors:
        path = _path(document, error["loc"], at_key=False)
        if not error["type"].endswith("_type") or path not in many:
            kept.append(error)
        elif error is at[path][0]:
            kept.append({**error, "type": "union"})
    return kept


def _path(document: Document, loc: tuple[int | str, ...], *, at_key: bool) -> Path:
    """Where in the document pydantic's `loc` points; tags of unions are in no document."""
    path: Path = ()
    for step in loc[:-1] if at_key else loc:
        if (*path, step) in document.marks:
            path = (*path, step)
    return path


def _keys(annotation: Any, loc: list[int | str], *, of_kind: bool = False) -> Iterator[str]:  # noqa: ANN401 - any type can be an annotation
    """The keys that would have been right at `loc`, found by walking the types.

    With `of_kind`, of the kind alone that the last tag of `loc` names.
    """
    if get_origin(annotation) is Annotated:
        yield from _keys(get_args(annotation)[0], loc, of_kind=of_kind)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not loc:
            yield from (field.alias or name for name, field in annotation.model_fields.items())
            return
        for name, field in annotation.model_fields.items():
            if (field.alias or name) == loc[0]:
                yield from _keys(field.annotation, loc[1:], of_kind=of_kind)
    elif get_origin(annotation) in (Union, types.UnionType):
        # A tagged union puts its tag into `loc`, a plain one the name of the model.
        members = get_args(annotation)
        if of_kind and len(loc) == 1:
            members = tuple(one for one in members if Tag(str(loc[0])) in get_args(one)) or members
        for member in members:
            yield from _keys(member, loc, of_kind=of_kind)
            yield from _keys(member, loc[1:], of_kind=of_kind)
    elif loc and get_args(annotation):
        # A list of one kind of thing, or a mapping to one kind.
        inner = get_args(annotation)[0 if get_origin(annotation) is tuple else 1]
        yield from _keys(inner, loc[1:], of_kind=of_kind)
