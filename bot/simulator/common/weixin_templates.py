"""Templates of an account, and what the platform says of the values that come for their fields.

https://developers.weixin.qq.com/doc/service/guide/product/template_message/Template_Message_Operation_Specifications.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.simulator.common.shapes import Json
from bot.simulator.common.weixin_door import RefusedError

_FIELD = re.compile(r"([a-z_]+?)\d+")
_LONGEST = {
    "thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "phone_number": 17,
    "car_number": 8, "name": 20, "phrase": 5, "const": 20,
}  # fmt: skip
_SHAPES = {
    "number": re.compile(r"-?\d+(\.\d+)?"),
    "letter": re.compile(r"[A-Za-z]+"),
    "phone_number": re.compile(r"[\d+\-]+"),
    "amount": re.compile(r"[¥￥$]?\d+(\.\d+)?元?"),
    "character_string": re.compile(r"[\x21-\x7e]+"),
}


@dataclass(frozen=True, slots=True)
class Template:
    """One that the account has chosen."""

    title: str
    fields: tuple[str, ...]


def noticed(templates: Mapping[str, Template]) -> Json:
    """The list of subscription templates, as the platform spells it."""
    rows = [{"priTmplId": key, "title": one.title, "type": 2} for key, one in templates.items()]
    return {"data": rows}


def written(templates: Mapping[str, Template], body: Json) -> tuple[Template, str]:
    """The template and its text with the values; the platform's refusal otherwise."""
    template = templates.get(str(body.get("template_id", "")))
    if template is None:
        raise RefusedError(40037)
    data = body.get("data")
    if not isinstance(data, dict):
        raise RefusedError(47001)
    lines = []
    for name in template.fields:
        given = data.get(name)
        value = given.get("value") if isinstance(given, dict) else None
        if not isinstance(value, str) or not value:
            raise RefusedError(47003, f"argument invalid! data.{name}.value is empty")
        _check(name, value)
        lines.append(f"{name}：{value}")
    return template, "\n".join(lines)


def _check(name: str, value: str) -> None:
    found = _FIELD.fullmatch(name)
    kind = found[1] if found else ""
    shape = _SHAPES.get(kind)
    if len(value) > _LONGEST.get(kind, 200) or (shape is not None and not shape.fullmatch(value)):
        raise RefusedError(47003, f"argument invalid! data.{name}.value invalid")
