"""Change one value in a YAML text, and nothing else: comments, order and layout stay as people wrote them.

A path is made of keys and, for lists, of selectors: `("pools", {"id": "east"}, "terms", "holding")`.
What is not there yet is put in. The result is read again and compared, so a text that could not be
changed cleanly raises UneditableError instead of being spoiled.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any, TypeAlias, TypeGuard

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from bot.kit.yaml import parse, scalar

Selector: TypeAlias = Mapping[str, str]
Step: TypeAlias = str | Selector
Path: TypeAlias = tuple[Step, ...]
Plain: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None

#: What may stand without quotes, also inside braces.
_BARE = re.compile(r"[^\s,\[\]{}:#&*!|>'\"%@`?~-][^,\[\]{}:#'\"\n]*", re.ASCII)


class UneditableError(ValueError):
    """The text cannot be changed at this place without touching more than the place."""


def get(data: Any, path: Path) -> Any:  # noqa: ANN401 - YAML may hold anything
    """The value at a path; KeyError if there is none."""
    for step in path:
        if isinstance(step, str):
            if not isinstance(data, dict):
                raise KeyError(step)
            data = data[step]
        else:
            data = data[_place(data, step)] if isinstance(data, list) else data[str(step)]
    return data


def with_value(text: str, path: Path, value: Plain) -> str:
    """The text with this value at the path, put in if it was not there."""
    data = parse(text, file="").data
    wanted = _set(copy.deepcopy(data), path, value)
    return _proved(_changed(text, path, value), wanted)


def without(text: str, path: Path) -> str:
    """The text without the key, or the entry of a list, at the path; KeyError if it is not there."""
    data = parse(text, file="").data
    get(data, path)
    wanted = copy.deepcopy(data)
    last = path[-1]
    around = get(wanted, path[:-1])
    del around[last if isinstance(last, str) else _place(around, last)]
    return _proved(_removed(text, path), wanted)


def _proved(text: str, wanted: Any) -> str:  # noqa: ANN401 - YAML may hold anything
    try:
        found = parse(text, file="").data
    except ValueError as exc:
        raise UneditableError(str(exc)) from exc
    if found != wanted:
        msg = "the change would touch something else"
        raise UneditableError(msg)
    return text


def _set(data: Any, path: Path, value: Plain) -> Any:  # noqa: ANN401 - YAML may hold anything
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        there = data if isinstance(data, dict) else {}
        return {**there, step: _set(there.get(step), rest, value)}
    items = list(data) if isinstance(data, list) else []
    try:
        place = _place(items, step)
    except KeyError:
        return [*items, _set(dict(step), rest, value)]
    items[place] = _set(items[place], rest, value)
    return items


def _place(items: Any, wanted: Selector) -> int:  # noqa: ANN401 - YAML may hold anything
    for place, item in enumerate(items):
        if isinstance(item, dict) and all(str(item.get(key)) == one for key, one in wanted.items()):
            return place
    raise KeyError(str(wanted))


def _root(text: str) -> Node:
    # The slower parser on purpose: its marks count characters.
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is None:
        msg = "the text is empty"
        raise UneditableError(msg)
    return node


def _changed(text: str, path: Path, value: Plain) -> str:
    around = node = _root(text)
    for n, step in enumerate(path):
        found = _child(node, step)
        if found is None:
            return _inserted(text, node, step, _nested(path[n + 1 :], value))
        around, node = node, found
    said = _block(value, around) if _is_paragraphs(value, around) else spelled(value)
    return text[: node.start_mark.index] + said + text[_end(node) :]


def _is_paragraphs(value: Plain, around: Node) -> TypeGuard[str]:
    """Whether a value reads best as a block of text, which only a mapping written over lines can hold."""
    return (
        isinstance(value, str)
        and isinstance(around, MappingNode)
        and not _is_flow(around)
        and value.endswith("\n")
        and not value.endswith("\n\n")
        and not value[0].isspace()
    )


def _block(value: str, around: Node) -> str:
    indent = " " * (around.start_mark.column + 2)
    lines = value.removesuffix("\n").split("\n")
    return "|\n" + "\n".join(indent + line if line else "" for line in lines)


def _removed(text: str, path: Path) -> str:
    node = _root(text)
    for step in path[:-1]:
        found = _child(node, step)
        assert found is not None  # noqa: S101 - the caller found it in the data
        node = found
    last = path[-1]
    if isinstance(node, MappingNode):
        n = next(n for n, (key, _) in enumerate(node.value) if key.value == last)
        start, end = node.value[n][0].start_mark.index, _end(node.value[n][1])
    else:
        n = next(n for n, item in enumerate(node.value) if _fits(item, last))
        start, end = node.value[n].start_mark.index, _end(node.value[n])
    if len(node.value) == 1:
        return text[: node.start_mark.index] + _empty(node) + text[_end(node) :]
    if _is_flow(node):
        following = node.value[n + 1] if n + 1 < len(node.value) else None
        if following is not None:
            first = following[0] if isinstance(following, tuple) else following
            return text[:start] + text[first.start_mark.index :]
        return text[: text.rindex(",", 0, start)] + text[end:]
    begins, ends = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return text[:begins] + (text[ends + 1 :] if ends >= 0 else "")


def _is_flow(node: Node) -> bool:
    return isinstance(node, CollectionNode) and bool(node.flow_style)


def _empty(node: Node) -> str:
    return "{}" if isinstance(node, MappingNode) else "[]"


def _child(node: Node, step: Step) -> Node | None:
    if isinstance(node, MappingNode) and isinstance(step, str):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and not isinstance(step, str):
        return next((item for item in node.value if _fits(item, step)), None)
    return None


def _fits(item: Node, wanted: Step) -> bool:
    if isinstance(wanted, str) or not isinstance(item, MappingNode):
        return False
    own = {key.value: value.value for key, value in item.value if isinstance(value, ScalarNode)}
    return all(own.get(key) == one for key, one in wanted.items())


def _nested(path: Path, value: Plain) -> Plain:
    if not path:
        return value
    step = path[0]
    inner = _nested(path[1:], value)
    if isinstance(step, str):
        return {step: inner}
    return [{**step, **inner}] if isinstance(inner, dict) else [dict(step)]


def _inserted(text: str, node: Node, step: Step, value: Plain) -> str:
    """Put a new key, or a new entry of a list, behind the last one of `node`."""
    if isinstance(step, str):
        said = f"{spelled(step)}: {spelled(value)}"
    else:
        said = spelled({**step, **value} if isinstance(value, dict) else dict(step))
    start, end = node.start_mark.index, _end(node)
    if isinstance(node, ScalarNode) or not node.value:
        if not isinstance(node, ScalarNode) or node.value == "":
            opened = f"{{{said}}}" if isinstance(step, str) else f"\n  - {said}"
            blank = " " if isinstance(node, ScalarNode) and isinstance(step, str) else ""
            before = text[:start] if isinstance(step, str) else text[:start].rstrip(" ")
            return before + blank + opened + text[end:]
        msg = "there is a plain value where more should go"
        raise UneditableError(msg)
    if _is_flow(node):
        return text[: end - 1].rstrip() + f", {said}" + text[end - 1 :]
    line_ends = text.find("\n", end)
    line_ends = len(text) if line_ends < 0 else line_ends
    dash = "" if isinstance(step, str) else "- "
    return text[:line_ends] + "\n" + " " * node.start_mark.column + dash + said + text[line_ends:]


def _end(node: Node) -> int:
    """Where a value ends; a block ends with its last leaf, whatever comments follow."""
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        # The mark of a block of text stands behind its line break, which belongs to the next key.
        return len(str(node.end_mark.buffer)[: node.end_mark.index].rstrip())
    if isinstance(node, ScalarNode) or _is_flow(node) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def spelled(value: Plain) -> str:
    """A value on one line, as `parse` reads it back."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            is_bare = scalar(value) == value and _BARE.fullmatch(value) and value == value.strip()
            return value if is_bare else json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(spelled(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{spelled(key)}: {spelled(one)}' for key, one in value.items())}}}"
