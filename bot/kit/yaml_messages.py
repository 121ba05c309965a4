"""What pydantic found wrong, in Chinese; by the type of the error, never by its English text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails

from bot.kit import yaml_texts as texts

NOT_A_MAPPING = "这里应该是“键: 值”的形式"

#: How the pattern of a key begins, and how one is written.
_KEY, _KEYS = (
    "^[a-z]",
    "：这里要写编号，小写字母开头，只能用小写字母、数字、_ 和 -，不是名称（一条一个文件的，编号就是文件名）",
)

#: {…} is filled from the error's own context.
_PLAIN: dict[str, str] = {
    "bool_type": "需要 true 或 false",
    "string_type": "需要文字，数字样子的文字请加引号",
    "int_type": "需要整数",
    "int_from_float": "需要整数",
    "float_type": "需要数字",
    "decimal_type": "需要数字",
    "decimal_parsing": "需要数字",
    "finite_number": "需要数字",
    "decimal_max_places": "最多 {decimal_places} 位小数",
    "tuple_type": "需要一个列表，每项前面写短横线",
    "list_type": "需要一个列表，每项前面写短横线",
    "dict_type": NOT_A_MAPPING,
    "model_type": NOT_A_MAPPING,
    "model_attributes_type": NOT_A_MAPPING,
    "string_too_short": "不能少于 {min_length} 个字",
    "string_too_long": "不能超过 {max_length} 个字",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "greater_than": "必须大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "必须小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "date_type": "需要日期，例如 2026-10-01",
    "date_parsing": "需要日期，例如 2026-10-01",
    "date_from_datetime_parsing": "需要日期，例如 2026-10-01",
    "time_type": "需要时刻，例如 09:00",
    "time_parsing": "需要时刻，例如 09:00",
    "string_pattern_mismatch": "的写法不对",
    "union": "这里的值写法不对",
    "none_required": "这里要留空",
}


def of(error: ErrorDetails, *, suggestion: str | None, known: Sequence[str]) -> str:
    """One line for one error; `known` and `suggestion` serve an unknown key."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        listed = f"（可以写：{texts.one_of(known)}）" if known and suggestion is None else ""
        return f"没有“{error['loc'][-1]}”这个设置{texts.did_you_mean(suggestion)}{listed}"
    if kind == "missing":
        return f"缺少“{error['loc'][-1]}”"
    if kind == "value_error":
        return str(context["error"])
    if kind in ("literal_error", "enum"):
        return _choice(error["input"], str(context["expected"]))
    said = _PLAIN.get(kind, "不对：{msg}").format_map({**context, "msg": error["msg"]})
    if kind == "string_pattern_mismatch":
        how = _KEYS if str(context["pattern"]).startswith(_KEY) else ""
        return f"“{error['input']}”{said}{how}"
    return said


def _choice(given: Any, expected: str) -> str:  # noqa: ANN401 - the input may be anything
    """`expected` is pydantic's "'a', 'b' or 'c'"."""
    choices = [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(", ")]
    return f"“{given}”不在可选值里，可以写：{texts.one_of(choices)}"
