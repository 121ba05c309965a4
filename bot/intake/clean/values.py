"""One value of a lead's field, by the field's type: cleaned, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from bot.crm.company import Company
from bot.crm.company.fields import LeadField
from bot.crm.condition import FieldType
from bot.crm.written import half_width, read_number
from bot.intake import texts
from bot.intake.clean.text import line, paragraph
from bot.intake.clean.uscc import read_uscc
from bot.rules.facts import typed

Value: TypeAlias = str | tuple[str, ...]
#: Characters of a text field whose configuration says nothing.
_MOST = 500
#: Characters of a number as it is written; more is an attack, not an amount.
_MOST_DIGITS = 32
_LARGEST = Decimal(10) ** 15
_MOST_TAGS = 50
_WRONG: Mapping[FieldType, str] = {
    "number": texts.NOT_NUMBER,
    "money": texts.NOT_NUMBER,
    "date": texts.NOT_DATE,
    "datetime": texts.NOT_INSTANT,
    "flag": texts.NOT_FLAG,
    "tags": texts.NOT_TAGS,
}


class BadValueError(ValueError):
    """A value does not fit its field; the text is for the person who typed it."""


def is_missing(raw: object) -> bool:
    """Nothing was said: no value, empty text, spaces alone, an empty list."""
    return raw is None or (isinstance(raw, str) and not line(raw)) or raw in ([], ())


def clean(company: Company, field: LeadField, raw: object) -> Value:
    """The value as it is kept; BadValueError says what is wrong. Empty only for what nobody sees."""
    match field.type:
        case "text":
            return _text(field, raw)
        case "choice":
            return _choice(company, field, raw)
        case "tags":
            return _tags(company, field, raw)
        case _:
            return _typed(company, field, raw)


def plain(raw: object) -> str:
    """Text, or a number that was sent without quotes; BadValueError for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise BadValueError(texts.NOT_TEXT)
    return str(raw)


def _text(field: LeadField, raw: object) -> str:
    text = paragraph(plain(raw)) if field.key in ("message", "consent_text") else line(plain(raw))
    most = field.max_length or _MOST
    if len(text) > most:
        raise BadValueError(texts.too_long(most))
    return _formed(field, text)


def _formed(field: LeadField, text: str) -> str:
    """A text of a certain form as it is written properly; BadValueError if it is none."""
    if text and field.format == "uscc":
        code = read_uscc(text)
        if code is None:
            raise BadValueError(texts.BAD_USCC)
        return code
    if text and field.pattern is not None and re.fullmatch(field.pattern, text) is None:
        raise BadValueError(texts.BAD_PATTERN)
    return text


def _choice(company: Company, field: LeadField, raw: object) -> str:
    text = _text(field, raw)
    listed = company.choices_of(field)
    if text in listed:
        return text
    for name, words in company.lexicon_words().get(field.key, {}).items():
        if text in words:
            return name
    if not field.open:
        raise BadValueError(texts.not_listed(listed))
    return text


def _tags(company: Company, field: LeadField, raw: object) -> tuple[str, ...]:
    several = raw if isinstance(raw, list | tuple) else [raw]
    if len(several) > _MOST_TAGS or not all(isinstance(one, str) for one in several):
        raise BadValueError(texts.NOT_TAGS)
    tags = tuple(dict.fromkeys(tag for one in several if (tag := _text(field, one))))
    listed = company.choices_of(field)
    if listed and not field.open and any(tag not in listed for tag in tags):
        raise BadValueError(texts.not_listed(listed))
    return tags


def _typed(company: Company, field: LeadField, raw: object) -> str:
    if isinstance(raw, str):
        raw = half_width(line(raw))
        if len(raw) > _MOST_DIGITS:
            raise BadValueError(_WRONG[field.type])
        if field.type in ("number", "money") and (number := read_number(raw)) is not None:
            raw = number if number != number.to_integral_value() else int(number)
    value = typed({field.key: raw}, company.registry)[0].get(field.key)
    if value is None or _is_absurd(value):
        raise BadValueError(_WRONG[field.type])
    _bounded(field, value)
    return _spelled(value)


def _bounded(field: LeadField, value: object) -> None:
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return
    if field.min is not None and value < field.min:
        raise BadValueError(texts.too_small(field.min))
    if field.max is not None and value > field.max:
        raise BadValueError(texts.too_large(field.max))


def _is_absurd(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not -_LARGEST <= Decimal(value) <= _LARGEST


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
