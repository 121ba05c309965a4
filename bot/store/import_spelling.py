"""Values of any column as JSON, and back: what a row was before an import is kept in this way."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, LargeBinary, Table

from bot.store.types import Hundredths, UTCDateTime


def spell(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Spell each value so that its column's type can read it."""
    return {name: _spelled(value) for name, value in values.items() if name in table.c}


def read(table: Table, document: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `spell`."""
    return {name: _read(table.c[name].type, value) for name, value in document.items()}


def _spelled(value: object) -> object:
    match value:
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def _read(kind: object, value: Any) -> Any:  # noqa: ANN401 - a column's value
    if value is None:
        return None
    match kind:
        case LargeBinary():
            return base64.b64decode(value)
        case UTCDateTime():
            return datetime.fromisoformat(value)
        case Date():
            return date.fromisoformat(value)
        case Hundredths():
            return Decimal(value)
        case _:
            return value
