"""The condition tree: its short form, its checks, and what it tells of itself."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from bot.crm.condition import (
    MAX_COMPARISONS,
    MAX_DEPTH,
    All,
    AnyOf,
    Compare,
    Condition,
    FieldSpec,
    Not,
    comparisons,
    field_keys,
    parts,
)
from bot.crm.condition_check import misfits

TREE: TypeAdapter[Condition] = TypeAdapter(Condition)
FIELDS = {
    spec.key: spec
    for spec in (
        FieldSpec("city", "城市", "text", "city"),
        FieldSpec("score", "评分", "number", "score"),
        FieldSpec("budget", "预算", "money", "custom.budget"),
        FieldSpec("born_on", "生日", "date", "custom.born_on"),
        FieldSpec("seen_at", "最近行为", "datetime", "seen_at"),
        FieldSpec("source", "来源", "choice", "source", ("官网", "抖音")),
        FieldSpec("consent", "同意", "flag", "consent"),
        FieldSpec("tags", "标签", "tags", "tags"),
    )
}


def read(data: object) -> Condition:
    return TREE.validate_json(orjson.dumps(data), strict=True)


SHORT = {
    "all": [
        {"field": "score", "op": ">=", "value": 60},
        {"any": [{"field": "city", "op": "in", "value": ["上海", "北京"]}, {"field": "city", "op": "empty"}]},
        {"not": {"field": "consent", "op": "=", "value": False}},
    ]
}


def test_the_short_form_is_the_tree():
    """Keys say which node it is; the value keeps its type."""
    tree = read(SHORT)

    assert tree == All(
        all=(
            Compare(field="score", op=">=", value=60),
            AnyOf(
                any=(
                    Compare(field="city", op="in", value=("上海", "北京")),
                    Compare(field="city", op="empty"),
                )
            ),
            Not(part=Compare(field="consent", op="=", value=False)),
        )
    )


def test_a_tree_is_written_back_as_it_was_read():
    """So that a page can edit what a file holds."""
    written = TREE.dump_json(read(SHORT), exclude_none=True)

    assert orjson.loads(written) == SHORT
    assert read(orjson.loads(written)) == read(SHORT)


def test_a_tree_is_easy_to_walk():
    """Comparisons come in the order of reading."""
    tree = read(SHORT)

    assert [one.field for one in comparisons(tree)] == ["score", "city", "city", "consent"]
    assert field_keys([tree]) == {"score", "city", "consent"}
    assert [type(part) for part in parts(tree)] == [Compare, AnyOf, Not]


def test_trees_are_values():
    """Equal trees are equal keys; a tree cannot be changed."""
    assert hash(read(SHORT)) == hash(read(SHORT))
    with pytest.raises(ValidationError):
        read(SHORT).all = ()  # type: ignore[union-attr,misc]


@pytest.mark.parametrize(
    "data",
    [
        *([], "x", 3, None, {}, {"all": []}, {"any": []}, {"not": []}, {"not": None}, {"all": {}}),
        {"field": "city"},
        {"field": "city", "op": "~", "value": "x"},
        {"field": "city", "op": "=", "value": {"x": 1}},
        {"field": "city", "op": "=", "value": "x", "extra": 1},
        {"field": 3, "op": "=", "value": "x"},
        {"all": [{"field": "city", "op": "empty"}], "any": [{"field": "city", "op": "empty"}]},
        {"not": {"field": "city", "op": "empty"}, "field": "city", "op": "empty"},
        {"field": "city", "op": "in", "value": [["x"]]},
    ],
)
def test_what_is_no_condition_is_refused(data: object):
    """Two nodes in one mapping are no node."""
    with pytest.raises(ValidationError):
        read(data)


@pytest.mark.parametrize(
    ("data", "path", "part"),
    [
        ({"field": "cty", "op": "empty"}, ("field",), "是不是“city”"),
        ({"field": "城市", "op": "empty"}, ("field",), "是不是“city”"),
        ({"field": "消息", "op": "empty"}, ("field",), "没有“消息”这个字段"),
        ({"field": "city", "op": ">", "value": "x"}, ("op",), "“城市”不能用 >"),
        ({"field": "tags", "op": "=", "value": "x"}, ("op",), "“标签”不能用 ="),
        ({"field": "seen_at", "op": "=", "value": "x"}, ("op",), "“最近行为”不能用 ="),
        ({"field": "score", "op": "=", "value": "60"}, ("value",), "要和数字比较"),
        ({"field": "score", "op": "=", "value": True}, ("value",), "要和数字比较"),
        ({"field": "city", "op": "=", "value": 3}, ("value",), "要和文字比较"),
        ({"field": "budget", "op": ">", "value": "很多"}, ("value",), "要和金额比较"),
        ({"field": "budget", "op": ">", "value": "NaN"}, ("value",), "要和金额比较"),
        ({"field": "born_on", "op": "<", "value": "2026-13-01"}, ("value",), "要和日期"),
        ({"field": "seen_at", "op": "<", "value": "2026-11-01T00:00:00"}, ("value",), "要和带时区的时刻"),
        ({"field": "consent", "op": "=", "value": "是"}, ("value",), "true 或 false"),
        ({"field": "source", "op": "=", "value": "官往"}, ("value",), "是不是“官网”"),
        ({"field": "source", "op": "in", "value": ["官网", "快手"]}, ("value", 1), "可以写：官网、抖音"),
        ({"field": "city", "op": "in", "value": "上海"}, ("value",), "要写一个列表"),
        ({"field": "city", "op": "in", "value": []}, ("value",), "列表是空的"),
        ({"field": "city", "op": "=", "value": ["上海"]}, ("value",), "多个值请用 in"),
        ({"field": "city", "op": "="}, (), "后面缺少 value"),
        ({"field": "city", "op": "=", "value": ""}, ("value",), "请用 empty"),
        ({"field": "city", "op": "filled", "value": True}, ("value",), "后面不写 value"),
        ({"all": [SHORT, {"not": {"field": "x", "op": "empty"}}]}, ("all", 1, "not", "field"), "没有“x”"),
        ({"any": [SHORT, {"field": "x", "op": "empty"}]}, ("any", 1, "field"), "没有“x”"),
    ],
)
def test_what_does_not_fit_the_fields_is_named_with_its_place(data: Any, path: tuple[Any, ...], part: str):
    """The path is that of the short form, so a file can point at line and column."""
    found = list(misfits(read(data), FIELDS))

    assert [place for place, _ in found] == [path]
    assert part in found[0][1]


def test_a_sound_tree_has_no_misfits():
    """Whole numbers, fractions, money as text, dates and moments in ISO form."""
    sound = [
        {"field": "score", "op": "=", "value": 59.5},
        {"field": "budget", "op": ">=", "value": "1000000.10"},
        {"field": "born_on", "op": "in", "value": ["1990-01-01"]},
        {"field": "seen_at", "op": ">", "value": "2026-11-01T00:00:00+08:00"},
        {"field": "tags", "op": "in", "value": ["展会", "重要"]},
    ]

    assert list(misfits(read({"all": [SHORT, *sound]}), FIELDS)) == []


def test_a_tree_has_bounds():
    """Depth and size, so that generated code and SQL have them too."""
    leaf: dict[str, Any] = {"field": "city", "op": "empty"}
    deep = leaf
    for _ in range(MAX_DEPTH):
        deep = {"not": deep}

    assert list(misfits(read(deep["not"]), FIELDS)) == []
    assert [said for _, said in misfits(read(deep), FIELDS)] == [f"条件嵌套太深，最多 {MAX_DEPTH} 层"]
    wide = read({"all": [leaf] * (MAX_COMPARISONS + 1)})
    assert [said for _, said in misfits(wide, FIELDS)] == [f"条件太多，最多 {MAX_COMPARISONS} 个比较"]
