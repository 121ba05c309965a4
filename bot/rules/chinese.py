"""A condition in words that a sales team reads: 员工数 >= 200 且 城市 = 上海."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from bot.crm.condition import All, AnyOf, Compare, Condition, FieldRegistry, FieldSpec, Not, Operator
from bot.crm.condition_values import Value, constants
from bot.crm.lead import LEAD_STATUS_LABELS, LeadStatus

_WORDS: Mapping[Operator, str] = {
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
        case Compare():
            return _compare(node, fields.get(node.field))


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
