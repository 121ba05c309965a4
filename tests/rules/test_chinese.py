"""Conditions in words."""

from __future__ import annotations

import orjson
import pytest
from pydantic import TypeAdapter

from bot.crm.condition import Condition, FieldSpec
from bot.rules.chinese import describe

TREE: TypeAdapter[Condition] = TypeAdapter(Condition)
FIELDS = {
    spec.key: spec
    for spec in (
        FieldSpec("employees", "员工数", "number", "custom.employees"),
        FieldSpec("city", "城市", "text", "city"),
        FieldSpec("budget", "预算", "money", "custom.budget"),
        FieldSpec("consent", "同意接收信息", "flag", "consent"),
        FieldSpec("status", "线索状态", "choice", "status"),
        FieldSpec("born_on", "生日", "date", "custom.born_on"),
        FieldSpec("seen_at", "最近行为", "datetime", "seen_at"),
        FieldSpec("tags", "标签", "tags", "tags"),
    )
}
BIG = {"field": "employees", "op": ">=", "value": 200}
SHANGHAI = {"field": "city", "op": "=", "value": "上海"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"all": [BIG, SHANGHAI]}, "员工数 ≥ 200 且 城市 = 上海"),
        ({"any": [BIG, {"all": [SHANGHAI, BIG]}]}, "员工数 ≥ 200 或 （城市 = 上海 且 员工数 ≥ 200）"),
        ({"all": [BIG, {"any": [SHANGHAI, BIG]}]}, "员工数 ≥ 200 且 （城市 = 上海 或 员工数 ≥ 200）"),
        ({"not": SHANGHAI}, "非（城市 = 上海）"),
        ({"not": {"all": [BIG, SHANGHAI]}}, "非（员工数 ≥ 200 且 城市 = 上海）"),
        ({"not": {"all": [BIG]}}, "非（员工数 ≥ 200）"),
        ({"all": [{"any": [BIG]}, SHANGHAI]}, "员工数 ≥ 200 且 城市 = 上海"),
        ({"field": "city", "op": "in", "value": ["上海", "北京"]}, "城市 属于 上海、北京"),
        ({"field": "city", "op": "not_in", "value": ["上海"]}, "城市 不属于 上海"),
        ({"field": "city", "op": "contains", "value": "海"}, "城市 包含 海"),
        ({"field": "city", "op": "empty"}, "城市 为空"),
        ({"field": "city", "op": "filled"}, "城市 不为空"),
        ({"field": "consent", "op": "=", "value": True}, "同意接收信息 = 是"),
        ({"field": "consent", "op": "!=", "value": False}, "同意接收信息 ≠ 否"),
        ({"field": "budget", "op": ">", "value": 1e6}, "预算 > 1000000.0"),
        ({"field": "budget", "op": ">", "value": "1E+6"}, "预算 > 1000000"),
        ({"field": "status", "op": "=", "value": "working"}, "线索状态 = 跟进中"),
        ({"field": "born_on", "op": "<", "value": "2000-01-01"}, "生日 < 2000-01-01"),
        (
            {"field": "seen_at", "op": "<", "value": "2026-11-18T10:00:00+08:00"},
            "最近行为 < 2026-11-18 10:00+08:00",
        ),
        ({"field": "tags", "op": "contains", "value": "重要"}, "标签 包含 重要"),
        ({"field": "gone", "op": "=", "value": 3}, "gone = 3"),
    ],
)
def test_a_condition_is_said_as_people_say_it(data: object, said: str):
    """Labels for keys, words for operators, brackets only where the meaning needs them."""
    assert describe(TREE.validate_json(orjson.dumps(data), strict=True), FIELDS) == said
