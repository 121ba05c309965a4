"""A condition in words that a sales team reads: 员工数 ≥ 200 且 城市 = 上海."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from bot.crm.condition import (
    ANY_EVENT,
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
    Operator,
    events_of,
)
from bot.crm.condition_values import Value, constants
from bot.crm.lead import LEAD_STATUS_LABELS, LeadStatus

_WORDS: Mapping[Operator, str] = {
    ">=": "≥",
    "<=": "≤",
    "!=": "≠",
    "contains": "包含",
    "in": "属于",
    "not_in": "不属于",
    "empty": "为空",
    "filled": "不为空",
}


def describe(condition: Condition, fields: FieldRegistry) -> str:
    """Say a condition; one that names an unknown field is said with the field's key."""
    return _said(condition, fields, outermost=True)


def _said(node: Condition, fields: FieldRegistry, *, outermost: bool = False) -> str:
    match node:
        case All():
            joined = " 且 ".join(_said(part, fields) for part in node.all)
            return joined if outermost or len(node.all) == 1 else f"（{joined}）"
        case AnyOf():
            joined = " 或 ".join(_said(part, fields) for part in node.any)
            return joined if outermost or len(node.any) == 1 else f"（{joined}）"
        case Not():
            part = _said(node.part, fields)
            return f"非{part}" if part.startswith("（") else f"非（{part}）"
        case _:
            return _leaf(node, fields)


def _leaf(node: Leaf, fields: FieldRegistry) -> str:
    match node:
        case Happened():
            return _happened(node, fields)
        case Bought():
            return _bought(node)
        case Elapsed():
            return _elapsed(node, fields.get(node.since))
        case Compare():
            return _compare(node, fields.get(node.field))


def _happened(node: Happened, fields: FieldRegistry) -> str:
    known = events_of(fields)
    what = "、".join("任何行为" if one == ANY_EVENT else known.get(one, one) for one in node.events)
    of = f"（{node.object}）" if node.object else ""
    return f"{_window(node.within_days)}{what}{of} {_WORDS.get(node.times, node.times)} {node.value} 次"


def _bought(node: Bought) -> str:
    what = "购买次数" if node.orders == "count" else "购买金额"
    of = f"（{node.product}）" if node.product else ""
    return f"{_window(node.within_days)}{what}{of} {_WORDS.get(node.op, node.op)} {node.value}"


def _elapsed(node: Elapsed, spec: FieldSpec | None) -> str:
    label = spec.label if spec else node.since
    if node.within_days is not None:
        return f"{label}在 {node.within_days} 天内"
    return f"{label}已过 {node.over_days} 天"


def _window(days: int | None) -> str:
    return f"近 {days} 天" if days is not None else ""


def _compare(node: Compare, spec: FieldSpec | None) -> str:
    label = spec.label if spec else node.field
    sign = _WORDS.get(node.op, node.op)
    if spec is None:
        return f"{label} {sign} {node.value}"
    said = "、".join(_value(value, spec) for value in constants(spec, node))
    return f"{label} {sign} {said}".rstrip()


def _value(value: Value, spec: FieldSpec) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if spec.key == "status" and value in list(LeadStatus):
        return LEAD_STATUS_LABELS[LeadStatus(str(value))]
    return str(value)
