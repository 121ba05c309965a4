"""A company's own fields: bounds, patterns and the 统一社会信用代码, the same at every door."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.crm.company.fields import LeadField
from bot.intake.clean.values import BadValueError, clean


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        ({"type": "number", "min": 1, "max": 500}, "500", "501"),
        ({"type": "money", "min": 0}, "0", "-1"),
        ({"type": "text", "pattern": r"[A-Z]{2}\d{4}"}, "AB1234", "ab12345"),
        ({"type": "text", "format": "uscc"}, "91350100M000100Y43", "91350100M000100Y44"),
    ],
)
def test_a_value_outside_the_rule_is_refused_with_a_reason(company, rule, good, bad):
    """The text says what would fit."""
    key = {"number": "employees", "money": "budget"}.get(rule["type"], "own")
    field = LeadField.model_validate({"key": key, "label": "自己的", **rule})

    assert clean(company, field, good) == good
    with pytest.raises(BadValueError, match=r"不能|格式|代码"):
        clean(company, field, bad)


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "number", "pattern": "x"},
        {"type": "text", "min": 1},
        {"type": "number", "min": 9, "max": 1},
        {"type": "text", "pattern": "("},
        {"type": "date", "format": "uscc"},
    ],
)
def test_a_rule_that_cannot_be_kept_is_a_fault_of_the_file(rule):
    with pytest.raises(ValidationError):
        LeadField.model_validate({"key": "own", "label": "自己的", **rule})
