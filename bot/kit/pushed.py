"""What other programs push by HTTP, read leniently: JSON or a form, nested or flat, whatever the charset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

_MOST_FIELDS = 500
#: How deep answers may lie; what is deeper stays one text.
_DEEPEST = 4
#: Where a tool wraps an answer, the part that is the answer.
_INNER = ("value", "phone", "name")


def document(body: bytes) -> dict[str, Any]:
    """Read an object, in JSON or as a form; ValueError for anything else."""
    text = _text(body).strip()
    if text[:1] in ("{", "["):
        found = orjson.loads(text)
        if not isinstance(found, dict):
            msg = "not an object"
            raise ValueError(msg)
        return found
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS)
    return dict(pairs)


def flat(nested: Mapping[str, Any]) -> dict[str, object]:
    """Give answers by name: `a.b` for what lies in `a`, lists of texts as they are, JSON in texts opened."""
    return dict(_flat("", nested, 0))


def digest(body: bytes) -> str:
    """Name a body by itself."""
    return hashlib.sha256(body).hexdigest()


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030")


def _flat(prefix: str, value: Any, depth: int) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - any JSON
    if isinstance(value, str) and value[:1] in ("{", "[") and depth < _DEEPEST:
        value = _opened(value)
    if isinstance(value, Mapping) and depth < _DEEPEST:
        inner = next((value[name] for name in _INNER if isinstance(value.get(name), str | int)), None)
        if prefix and inner is not None:
            yield prefix, inner
        for name, part in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else str(name), part, depth + 1)
    elif isinstance(value, list):
        yield from _listed(prefix, value, depth)
    else:
        yield prefix, value if isinstance(value, str | int | float | bool | None) else _spelled(value)


def _listed(prefix: str, value: list[Any], depth: int) -> Iterator[tuple[str, object]]:
    """A list of `{name, value}` is answers by name; a list of texts stays one."""
    named = [one for one in value if isinstance(one, Mapping) and "name" in one and "value" in one]
    if value and len(named) == len(value):
        for one in named:
            yield from _flat(f"{prefix}.{one['name']}", one["value"], depth + 1)
    elif all(isinstance(one, str | int | float) for one in value):
        yield prefix, [str(one) for one in value]
    else:
        yield prefix, _spelled(value)


def _opened(text: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return orjson.loads(text)
    except ValueError:
        return text


def _spelled(value: Any) -> str:  # noqa: ANN401 - any JSON
    return orjson.dumps(value).decode()
