"""Filters of texts that can be used up: none makes much out of little, and none breaks on a value.

Liquid limits loops and what is written, not what a filter makes on its way there: twelve words of a
template could otherwise ask for more memory than a machine has, and a loop of them for its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeAlias

from liquid.exceptions import FilterValueError, ResourceLimitError

Filter: TypeAlias = Callable[..., Any]

#: Signs or items that a filter may take or make; as much as a whole text may be.
MOST = 60_000
#: Signs and items that all filters of one text may take and make, together.
MOST_OF_TEXT = 600_000
#: What calling a filter costs, however little it is given.
_CALL = 10
#: Items of a span like (1..9): as many as a loop may go round.
_MOST_OF_SPAN = 1_000
#: Bits of a number; Python itself writes none out that has many more.
_MOST_BITS = 4_000
#: `replace` with what, and by what.
_WITH = 2
_LONG = (str, list, tuple, dict)
_MULTIPLIES = frozenset(("replace", "replace_first", "replace_last", "join"))
#: What is left of it for the text that is being filled.
_left: ContextVar[int] = ContextVar("left")


@contextmanager
def one_text() -> Iterator[None]:
    """Inside, all filters together have as much as one text may use up."""
    before = _left.set(MOST_OF_TEXT)
    try:
        yield
    finally:
        _left.reset(before)


def limited(name: str, one: Filter) -> Filter:
    """The same filter within bounds; what a value makes impossible is a fault of Liquid's kind."""

    @wraps(one)
    def filtered(value: object, *args: Any, **known: Any) -> object:  # noqa: ANN401 - any value of a text
        _bounded(value)
        if name in _MULTIPLIES and _grown(name, value, args) > MOST:
            raise _too_much()
        _spend(_CALL + _effort(name, value) + sum(map(_length, args)))
        try:
            made = one(value, *args, **known)
        except (ArithmeticError, ValueError) as exc:
            raise FilterValueError(str(exc)[:80], token=None) from exc
        _bounded(made)
        _spend(_length(made))
        return made

    return filtered


def _bounded(value: object) -> None:
    if isinstance(value, range):
        is_much = len(value) > _MOST_OF_SPAN
    elif isinstance(value, int):
        is_much = value.bit_length() > _MOST_BITS
    else:
        # A value that is not there has a length, too, and refuses to be asked for it.
        is_much = isinstance(value, _LONG) and len(value) > MOST
    if is_much:
        raise _too_much()


def _spend(effort: int) -> None:
    left = _left.get() - effort
    if left < 0:
        raise _too_much()
    _left.set(left)


def _effort(name: str, value: object) -> int:
    # It compares each item with those before it.
    return _length(value) ** 2 // 2 if name == "uniq" else _length(value)


def _length(value: object) -> int:
    return len(value) if isinstance(value, (*_LONG, range)) else 0


def _grown(name: str, value: object, args: tuple[Any, ...]) -> int:
    """Signs that it would make, before it makes them."""
    if name == "join":
        between = str(args[0]) if args else " "
        return len(value) * len(between) if isinstance(value, _LONG) else 0
    if len(args) < _WITH or not isinstance(value, _LONG):
        return 0
    return str(value).count(str(args[0])) * len(str(args[1]))


def _too_much() -> ResourceLimitError:
    return ResourceLimitError("a filter was given, or made, too much", token=None)
