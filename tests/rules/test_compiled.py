"""The generated function and a naive interpreter agree on everything."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from bot.crm.condition import OPERATORS, All, AnyOf, Compare, Condition, FieldSpec, FieldType, Not
from bot.crm.condition_values import constants
from bot.rules.compiled import compile_all, compile_one

TYPES: tuple[FieldType, ...] = ("text", "number", "money", "date", "datetime", "choice", "flag", "tags")
FIELDS = {
    f"{kind}_{n}": FieldSpec(f"{kind}_{n}", f"{kind}{n}", kind, "c") for kind in TYPES for n in range(2)
}
WORDS = ["上海", "上海市", "a'b", 'q"', "x\\n", "{0}", "'); import os", "A", "a"]
DAYS = ["2026-11-17", "2026-11-18", "2026-11-19"]
MOMENTS = ["2026-11-18T10:00:00+08:00", "2026-11-18T02:00:00+00:00", "2026-11-18T10:00:01+08:00"]
CONSTANTS: Mapping[str, list[Any]] = {
    "text": WORDS,
    "choice": WORDS,
    "tags": WORDS,
    "number": [-1, 0, 1, 1.5, 2],
    "money": [0, "0.10", 0.1, 100, "1e2"],
    "date": DAYS,
    "datetime": MOMENTS,
    "flag": [True, False],
}
FACTS: Mapping[str, list[Any]] = {
    "text": [None, "", *WORDS],
    "choice": [None, "", *WORDS],
    "tags": [None, frozenset(), frozenset({"A"}), frozenset({"A", "上海"}), frozenset({"zz"})],
    "number": [None, -1, 0, 1, 1.0, 1.5, 3],
    "money": [None, Decimal(0), Decimal("0.1"), Decimal("100.00")],
    "date": [None, date(2026, 11, 17), date(2026, 11, 18)],
    "datetime": [
        None,
        datetime(2026, 11, 18, 2, tzinfo=UTC),
        datetime(2026, 11, 18, 10, tzinfo=timezone(timedelta(hours=8))),
    ],
    "flag": [None, True, False],
}


def tree(dice: random.Random, depth: int) -> Condition:
    if depth == 0 or dice.random() < 0.4:
        spec = dice.choice(list(FIELDS.values()))
        op = dice.choice(OPERATORS[spec.type])
        some = dice.choices(CONSTANTS[spec.type], k=dice.randint(1, 3))
        if op in ("empty", "filled"):
            return Compare(field=spec.key, op=op)
        return Compare(field=spec.key, op=op, value=tuple(some) if op in ("in", "not_in") else some[0])
    kind = dice.choice(["all", "any", "not"])
    if kind == "not":
        return Not(part=tree(dice, depth - 1))
    inner = tuple(tree(dice, depth - 1) for _ in range(dice.randint(1, 4)))
    return All(all=inner) if kind == "all" else AnyOf(any=inner)


def facts(dice: random.Random) -> dict[str, Any]:
    drawn = {key: dice.choice(FACTS[spec.type]) for key, spec in FIELDS.items() if dice.random() < 0.8}
    return drawn | {"no_field": "x"}


def holds(node: Condition, known: Mapping[str, Any]) -> bool:  # noqa: PLR0911 - one answer a case
    """The meaning, as the docstring of `bot.crm.condition` has it, one step at a time."""
    if isinstance(node, All):
        return all(holds(part, known) for part in node.all)
    if isinstance(node, AnyOf):
        return any(holds(part, known) for part in node.any)
    if isinstance(node, Not):
        return not holds(node.part, known)
    opposite = {"!=": "=", "not_in": "in", "filled": "empty"}
    if node.op in opposite:
        plain = Compare.model_construct(field=node.field, op=opposite[node.op], value=node.value)
        return not holds(plain, known)
    value, spec = known.get(node.field), FIELDS[node.field]
    if node.op == "empty":
        return value is None or (spec.type in ("text", "choice") and value == "") or value == frozenset()
    if value is None:
        return False
    right = constants(spec, node)
    if node.op == "in":
        return any(one in value if spec.type == "tags" else one == value for one in right)
    if node.op == "contains":
        return right[0] in value
    answers = {"=": value == right[0]}
    if node.op != "=":
        answers |= {
            ">": value > right[0],
            ">=": value >= right[0],
            "<": value < right[0],
            "<=": value <= right[0],
        }
    return answers[node.op]


def test_generated_code_means_what_the_interpreter_says():
    """3,000 random trees of every operator and type, each asked of 20 random leads."""
    dice = random.Random(1)
    seen: set[tuple[str, str]] = set()

    for _ in range(100):
        trees = [tree(dice, 4) for _ in range(30)]
        function = compile_all(trees, FIELDS)
        for _ in range(20):
            known = facts(dice)
            assert function(known) == tuple(holds(node, known) for node in trees)
        seen |= {(FIELDS[one.field].type, one.op) for node in trees for one in _leaves(node)}

    assert seen == {(kind, op) for kind in TYPES for op in OPERATORS[kind]}


def _leaves(node: Condition) -> list[Compare]:
    from bot.crm.condition import comparisons

    return list(comparisons(node))


def test_missing_makes_a_comparison_false_and_its_opposite_true():
    """The two-valued rule, spelled out for one field."""
    answers = {
        op: compile_one(Compare(field="text_0", op=op, value=value), FIELDS)({})
        for op, value in {
            "=": "x",
            "!=": "x",
            "in": ("x",),
            "not_in": ("x",),
            "contains": "x",
            "empty": None,
            "filled": None,
        }.items()
    }

    assert answers == {
        "=": False,
        "!=": True,
        "in": False,
        "not_in": True,
        "contains": False,
        "empty": True,
        "filled": False,
    }


def test_a_key_from_a_file_never_becomes_source_text():
    """A hostile key and a hostile constant are only ever values."""
    key = "x'); __import__('os').abort() #"
    fields = {key: FieldSpec(key, "坏", "text", key)}

    predicate = compile_one(Compare(field=key, op="=", value='"""+exit()+"""'), fields)

    assert predicate({key: '"""+exit()+"""'})
    assert not predicate({key: "x"})


def test_a_condition_that_does_not_fit_is_not_compiled():
    """With the same words that the check of a file would use."""
    with pytest.raises(ValueError, match="没有“nobody”这个字段"):
        compile_one(Compare(field="nobody", op="empty"), FIELDS)
    with pytest.raises(ValueError, match="不能用 >"):
        compile_one(Compare(field="text_0", op=">", value="x"), FIELDS)


def test_no_conditions_are_no_answers():
    """An empty list of rules is a company's right."""
    assert compile_all([], FIELDS)({}) == ()


def test_the_largest_allowed_tree_compiles():
    """Python's own limits on nesting are further away than ours."""
    from bot.crm.condition import MAX_COMPARISONS, MAX_DEPTH

    node: Condition = Compare(field="number_0", op=">", value=0)
    for depth in range(MAX_DEPTH - 1):
        node = All(all=(node,)) if depth % 2 else Not(part=node)
    wide = AnyOf(any=tuple(Compare(field="number_0", op="=", value=n) for n in range(MAX_COMPARISONS)))

    assert compile_all([node, wide], FIELDS)({"number_0": 1}) == (holds(node, {"number_0": 1}), True)
