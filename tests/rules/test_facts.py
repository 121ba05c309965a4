"""Raw values become what the fields hold, and what does not fit is said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.crm.condition import FieldSpec, FieldType
from bot.rules.facts import typed

FIELDS = {
    kind: FieldSpec(kind, kind, kind, kind)
    for kind in ("text", "number", "money", "date", "datetime", "choice", "flag", "tags")
}


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "上海", "上海"),
        ("number", "200", 200),
        ("number", "1.5", 1.5),
        ("number", 3, 3),
        ("money", "1000.10", Decimal("1000.10")),
        ("money", 0.1, Decimal("0.1")),
        ("date", "2026-11-18", date(2026, 11, 18)),
        ("date", date(2026, 11, 18), date(2026, 11, 18)),
        ("datetime", "2026-11-18T10:00:00+00:00", datetime(2026, 11, 18, 10, tzinfo=UTC)),
        ("flag", "on", True),
        ("flag", "否", False),
        ("flag", False, False),
        ("tags", ["甲", "乙"], frozenset({"甲", "乙"})),
        ("tags", "甲", frozenset({"甲"})),
    ],
)
def test_a_value_is_read_as_its_field(kind: FieldType, raw: object, value: object):
    """Forms and imports bring text; programs bring values."""
    assert typed({kind: raw}, FIELDS) == ({kind: value}, ())


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *(("text", 3), ("number", "很多"), ("number", True), ("number", float("nan")), ("money", "一万")),
        *(
            ("money", "Infinity"),
            ("date", "昨天"),
            ("date", datetime(2026, 11, 18, tzinfo=UTC)),
            ("flag", "也许"),
        ),
        *(("datetime", "2026-11-18T10:00:00"), ("datetime", "x"), ("tags", [1]), ("tags", 3)),
    ],
)
def test_a_value_that_does_not_fit_is_named(kind: FieldType, raw: object):
    """It counts as missing, and the caller can say so."""
    assert typed({kind: raw}, FIELDS) == ({}, (kind,))


def test_missing_is_neither_a_fact_nor_a_misfit():
    """None, empty text, and a key that is no field."""
    assert typed({"text": None, "number": "", "unknown": "x"}, FIELDS) == ({}, ())
