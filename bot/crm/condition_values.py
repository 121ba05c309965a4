"""A constant of a condition as the value that its field's type compares with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from bot.crm.condition import LISTED, UNARY, Bought, Compare, Constant, FieldSpec, FieldType

#: What a field may hold, once typed; tags are a frozenset of text.
Value: TypeAlias = str | int | float | Decimal | date | datetime | bool | frozenset[str]

#: Where facts have the present moment; without it no span of days holds.
NOW = "@now"

#: Types whose values are the same however they are spelled: 500000.0, 500000.
NUMBERS: frozenset[FieldType] = frozenset({"number", "money"})
#: What a constant of this type should look like, for people.
EXPECTED: Mapping[FieldType, str] = {
    "text": "文字",
    "choice": "文字",
    "tags": "标签名",
    "number": "数字",
    "money": "金额",
    "date": "日期，例如 2026-10-01",
    "datetime": "带时区的时刻，例如 2026-10-01T09:00:00+08:00",
    "flag": "true 或 false",
}


def constant(spec: FieldSpec, raw: Constant) -> Value:
    """Read a constant as the field's type; ValueError if it is of another."""
    value = _READ[spec.type](raw)
    if value is None:
        msg = f"“{spec.label}”要和{EXPECTED[spec.type]}比较，这里写的是“{raw}”"
        raise ValueError(msg)
    return value


def constants(spec: FieldSpec, node: Compare) -> tuple[Value, ...]:
    """All constants of a comparison: none for `empty`, one or several otherwise."""
    if node.op in UNARY or node.value is None:
        return ()
    if node.op in LISTED:
        return tuple(constant(spec, raw) for raw in _listed(node.value))
    if isinstance(node.value, tuple):
        msg = f"“{node.op}”只能和一个值比较"
        raise ValueError(msg)  # noqa: TRY004 - a wrong file, not a wrong call
    return (constant(spec, node.value),)


def order_value(node: Bought) -> int | Decimal:
    """What a number of purchases, or what they came to, is compared with; ValueError if it is neither."""
    if node.orders == "amount":
        amount = _money(node.value)
        if isinstance(amount, Decimal):
            return amount
        msg = f"orders: amount 要和金额比较，这里写的是“{node.value}”"
        raise ValueError(msg)
    if not isinstance(node.value, int) or node.value < 0:
        msg = f"orders: count 要和次数比较，这里写的是“{node.value}”"
        raise ValueError(msg)
    return node.value


def _listed(value: Constant | tuple[Constant, ...]) -> tuple[Constant, ...]:
    return value if isinstance(value, tuple) else (value,)


def _text(raw: Constant) -> Value | None:
    return raw if isinstance(raw, str) else None


def _number(raw: Constant) -> Value | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    return raw if math.isfinite(raw) else None


def _money(raw: Constant) -> Value | None:
    if isinstance(raw, bool):
        return None
    try:
        amount = Decimal(str(raw))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _date(raw: Constant) -> Value | None:
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def _datetime(raw: Constant) -> Value | None:
    """Aware only: a moment without a zone is eight hours of doubt."""
    try:
        moment = datetime.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _flag(raw: Constant) -> Value | None:
    return raw if isinstance(raw, bool) else None


_READ: Mapping[FieldType, Callable[[Constant], Value | None]] = {
    "text": _text,
    "choice": _text,
    "tags": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "datetime": _datetime,
    "flag": _flag,
}
