"""Does a condition fit the fields? All that does not, with its place in the tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from bot.crm.condition import (
    LISTED,
    MAX_COMPARISONS,
    MAX_DEPTH,
    OPERATORS,
    UNARY,
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
    Not,
    leaves,
)
from bot.crm.condition_leaf_check import bought, elapsed, happened, unknown
from bot.crm.condition_values import constant
from bot.kit.yaml import Path
from bot.kit.yaml_model import similar
from bot.kit.yaml_texts import did_you_mean, one_of

#: A place in the tree, as keys and indexes of its short form, and what is wrong there.
Misfit: TypeAlias = tuple[Path, str]


def misfits(node: Condition, fields: FieldRegistry) -> Iterator[Misfit]:
    """Say everything that is wrong with the tree, in the order of reading."""
    if sum(1 for _ in leaves(node)) > MAX_COMPARISONS:
        yield (), f"条件太多，最多 {MAX_COMPARISONS} 个比较"
        return
    yield from _walk(node, fields, (), 1)


def _walk(node: Condition, fields: FieldRegistry, path: Path, depth: int) -> Iterator[Misfit]:
    if depth > MAX_DEPTH:
        yield path, f"条件嵌套太深，最多 {MAX_DEPTH} 层"
        return
    match node:
        case All():
            for index, part in enumerate(node.all):
                yield from _walk(part, fields, (*path, "all", index), depth + 1)
        case AnyOf():
            for index, part in enumerate(node.any):
                yield from _walk(part, fields, (*path, "any", index), depth + 1)
        case Not():
            yield from _walk(node.part, fields, (*path, "not"), depth + 1)
        case _:
            yield from _leaf(node, fields, path)


def _leaf(node: Leaf, fields: FieldRegistry, path: Path) -> Iterator[Misfit]:
    match node:
        case Happened():
            yield from happened(node, fields, path)
        case Bought():
            yield from bought(node, path)
        case Elapsed():
            yield from elapsed(node, fields, path)
        case Compare():
            yield from _compare(node, fields, path)


def _compare(node: Compare, fields: FieldRegistry, path: Path) -> Iterator[Misfit]:
    spec = fields.get(node.field)
    if spec is None:
        yield (*path, "field"), unknown(node.field, fields)
    elif node.op not in OPERATORS[spec.type]:
        allowed = " ".join(OPERATORS[spec.type])
        yield (*path, "op"), f"“{spec.label}”不能用 {node.op}，可以用：{allowed}"
    elif node.op in UNARY:
        if node.value is not None:
            yield (*path, "value"), f"{node.op} 后面不写 value"
    elif node.value is None:
        yield path, f"“{spec.label} {node.op}”后面缺少 value"
    else:
        yield from _values(node, spec, path)


def _values(node: Compare, spec: FieldSpec, path: Path) -> Iterator[Misfit]:
    value, place = node.value, (*path, "value")
    if node.op in LISTED and not isinstance(value, tuple):
        yield place, f"{node.op} 后面要写一个列表，例如 [甲, 乙]"
    elif node.op in LISTED and not value:
        yield place, "列表是空的"
    elif node.op not in LISTED and isinstance(value, tuple):
        yield place, f"{node.op} 后面只能写一个值，多个值请用 in"
    else:
        listed = value if isinstance(value, tuple) else (value,)
        for index, raw in enumerate(listed):
            at = (*place, index) if isinstance(value, tuple) else place
            try:
                read = constant(spec, raw) if raw is not None else None
            except ValueError as exc:
                yield at, str(exc)
                continue
            if read == "":
                yield at, "空文字请用 empty 判断"
            elif spec.choices and isinstance(read, str) and read not in spec.choices:
                yield at, _not_a_choice(read, spec)


def _not_a_choice(value: str, spec: FieldSpec) -> str:
    meant = similar(value, spec.choices)
    tail = did_you_mean(meant) or f"，可以写：{one_of(spec.choices)}"
    return f"“{spec.label}”没有“{value}”这个选项{tail}"
