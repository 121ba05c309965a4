"""Raw values of a lead as what its fields hold, so that conditions compare like with like."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.crm.condition import FieldRegistry, FieldType, Measured
from bot.crm.condition_values import NOW, Value

_TRUE = frozenset({"true", "1", "yes", "on", "是"})
_FALSE = frozenset({"false", "0", "no", "off", "否"})


def typed(raw: Mapping[Any, object], fields: FieldRegistry) -> tuple[dict[Any, Value], tuple[str, ...]]:
    """The values that fit their field, and the keys of those that do not.

    None and empty text are missing and in neither. Numbers, dates and flags may come as text, as
    forms and imports bring them. A key that is no field is left out: conditions cannot ask for it. The
    present moment and what the store worked out are typed already.
    """
    facts: dict[Any, Value] = {}
    misfits: list[str] = []
    for key, value in raw.items():
        if isinstance(key, Measured) or key == NOW:
            facts[key] = value  # type: ignore[assignment]  # typed where it was worked out
            continue
        spec = fields.get(key)
        if spec is None or value is None or value == "":
            continue
        read = _READ[spec.type](value)
        if read is None:
            misfits.append(key)
        else:
            facts[key] = read
    return facts, tuple(misfits)


def _text(value: object) -> Value | None:
    return str(value) if isinstance(value, str) else None


def _number(value: object) -> Value | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value) if any(mark in value for mark in ".eE") else int(value)
        except ValueError:
            return None
    if isinstance(value, int | Decimal):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else None


def _money(value: object) -> Value | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        amount = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _date(value: object) -> Value | None:
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _datetime(value: object) -> Value | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None


def _flag(value: object) -> Value | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _tags(value: object) -> Value | None:
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, list | tuple | set | frozenset) and all(isinstance(tag, str) for tag in value):
        return frozenset(value)
    return None


_READ: Mapping[FieldType, Callable[[object], Value | None]] = {
    "text": _text,
    "choice": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "datetime": _datetime,
    "flag": _flag,
    "tags": _tags,
}
