"""Conditions as one generated Python function: the fastest way to ask many rules of one lead.

The source consists of names that are numbered here (`v0` for a field, `c0` for a constant) and of
operators; keys and constants are put in as values, so nothing from a file is ever source text.
Semantics: `bot.crm.condition`. Facts must be typed (`bot.rules.facts`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from bot.crm.condition import (
    All,
    AnyOf,
    Bought,
    Compare,
    Condition,
    Elapsed,
    FieldRegistry,
    FieldSpec,
    Happened,
    Leaf,
    Measured,
    Not,
)
from bot.crm.condition_check import misfits
from bot.crm.condition_values import NOW, Value, constants, order_value

#: Typed values of fields by their keys, numbers by what is `Measured`, and the moment under NOW.
Facts: TypeAlias = Mapping[Any, object]
Predicate: TypeAlias = Callable[[Facts], bool]
#: Answers each condition in its order.
Predicates: TypeAlias = Callable[[Facts], tuple[bool, ...]]

_OPPOSITES = frozenset({"not_in", "filled"})


def compile_one(condition: Condition, fields: FieldRegistry) -> Predicate:
    """One condition; ValueError if it does not fit the fields."""
    function = compile_all([condition], fields)

    def predicate(facts: Facts) -> bool:
        return function(facts)[0]

    return predicate


def compile_all(conditions: Sequence[Condition], fields: FieldRegistry) -> Predicates:
    """All conditions in one function that reads each field once; ValueError if one does not fit."""
    for condition in conditions:
        for _, message in misfits(condition, fields):
            raise ValueError(message)
    writer = _Writer(fields)
    answers = [writer.expression(condition) for condition in conditions]
    loads = [f" {name} = get({key})" for key, name in writer.loads]
    body = [
        "def answer(facts):",
        " get = facts.get",
        *loads,
        f" return ({''.join(f'{a}, ' for a in answers)})",
    ]
    source = _Constants(writer.bound).visit(ast.parse("\n".join(body)))
    scope: dict[str, object] = {**writer.bound, "__builtins__": {}}
    exec(compile(source, "<conditions>", "exec"), scope)  # noqa: S102 - only names made here
    function = scope["answer"]
    if not callable(function):  # pragma: no cover - the source above defines it
        raise TypeError(function)
    return function


class _Constants(ast.NodeTransformer):
    """Puts plain constants into the code itself, where Python reads them faster than names."""

    def __init__(self, bound: Mapping[str, object]) -> None:
        self._bound = bound

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self._bound.get(node.id)
        if not isinstance(value, str | int | float | frozenset) or not _is_plain(value):
            return node
        return ast.copy_location(ast.Constant(value), node)  # type: ignore[arg-type]  # sets are allowed


def _is_plain(value: object) -> bool:
    """Whether Python takes the value as a constant; dates and money stay names."""
    if isinstance(value, frozenset):
        return all(isinstance(one, str | int | float) for one in value)
    return isinstance(value, str | int | float)


class _Writer:
    """Writes expressions, and keeps what their names stand for."""

    def __init__(self, fields: FieldRegistry) -> None:
        self._fields = fields
        self._variables: dict[Hashable, str] = {}
        self.bound: dict[str, object] = {}

    @property
    def loads(self) -> list[tuple[str, str]]:
        """Name of the key's constant and of the variable, for each field that is read."""
        return [(f"k{name[1:]}", name) for name in self._variables.values()]

    def expression(self, node: Condition) -> str:
        match node:
            case All():
                return f"({' and '.join(map(self.expression, node.all))})"
            case AnyOf():
                return f"({' or '.join(map(self.expression, node.any))})"
            case Not():
                return f"(not {self.expression(node.part)})"
            case _:
                return self._leaf(node)

    def _leaf(self, node: Leaf) -> str:
        match node:
            case Happened():
                return self._measure(node.measured, node.times, node.value)
            case Bought():
                return self._measure(node.measured, node.op, order_value(node))
            case Elapsed():
                return self._elapsed(node)
            case Compare():
                return self._compare(node, self._fields[node.field])

    def _measure(self, what: Measured, op: str, value: int | Decimal) -> str:
        """A number that was not worked out is missing like any other."""
        name, right = self._variable(what), self._constant(value)
        if op in ("=", "!="):
            return f"({name} {'==' if op == '=' else '!='} {right})"
        return f"({name} is not None and {name} {op} {right})"

    def _elapsed(self, node: Elapsed) -> str:
        name, now = self._variable(node.since), self._variable(NOW)
        span = self._constant(timedelta(days=node.days))
        sign = ">" if node.within_days is not None else "<="
        return f"({name} is not None and {now} is not None and {name} {sign} {now} - {span})"

    def _compare(self, node: Compare, spec: FieldSpec) -> str:
        name = self._variable(spec.key)
        values = constants(spec, node)
        match node.op:
            case "empty" | "filled":
                said = self._empty(name, spec)
            case "in" | "not_in":
                said = self._within(name, spec, values)
            case "contains":
                said = f"{name} is not None and {self._constant(values[0])} in {name}"
            case "=" | "!=":
                # None equals nothing, so a missing value needs no look of its own.
                return f"({name} {'==' if node.op == '=' else '!='} {self._constant(values[0])})"
            case _:
                sign = node.op
                said = f"{name} is not None and {name} {sign} {self._constant(values[0])}"
        return f"(not ({said}))" if node.op in _OPPOSITES else f"({said})"

    def _empty(self, name: str, spec: FieldSpec) -> str:
        if spec.type in ("text", "choice"):
            return f"{name} is None or {name} == ''"
        return f"not {name}" if spec.type == "tags" else f"{name} is None"

    def _within(self, name: str, spec: FieldSpec, values: tuple[Value, ...]) -> str:
        listed = self._constant(frozenset(values))
        if spec.type == "tags":
            return f"{name} is not None and not {listed}.isdisjoint({name})"
        return f"{name} in {listed}"

    def _variable(self, key: Hashable) -> str:
        if key not in self._variables:
            name = f"v{len(self._variables)}"
            self._variables[key] = name
            self.bound[f"k{name[1:]}"] = key
        return self._variables[key]

    def _constant(self, value: object) -> str:
        name = f"c{len(self.bound)}"
        self.bound[name] = value
        return name
