"""Fields of WeChat's message templates: their kind is their name without its number (`thing1`, `time2`).

https://developers.weixin.qq.com/doc/service/guide/product/template_message/Template_Message_Operation_Specifications.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

#: By kind: the most characters; 0 where the platform gives no number.
KINDS: Mapping[str, int] = {
    "thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "time": 0, "date": 0,
    "amount": 0, "phone_number": 17, "car_number": 8, "name": 20, "phrase": 5, "const": 20,
}  # fmt: skip
#: Fields of the old templates, which nobody is shown any more.
DROPPED = frozenset({"first", "remark"})
_NAME = re.compile(r"([a-z_]+?)(\d{1,2})")
#: Kinds that may be cut and still say what they say.
_WORDS = frozenset({"thing"})


def kind_of(name: str) -> str:
    """The kind of a field; empty if it is none of the platform's."""
    found = _NAME.fullmatch(name)
    return found[1] if found and found[1] in KINDS else ""


def fitting(params: Mapping[str, str]) -> dict[str, str]:
    """Words that are too long end in an ellipsis; what cannot be cut is left for the platform to refuse."""
    return {name: _cut(name, value) for name, value in params.items()}


def _cut(name: str, value: str) -> str:
    most = KINDS.get(kind_of(name), 0)
    if kind_of(name) not in _WORDS or len(value) <= most:
        return value
    return value[: most - 1] + "…"
