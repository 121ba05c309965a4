"""Money and discounts as sales people write and say them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.crm.written import NUMBER, half_width, read_number

#: Of the currency; more is a slip of the finger.
MOST = Decimal(10) ** 12
_CENT = Decimal("0.01")
_HUNDRED = 100
_AMOUNT = re.compile(
    rf"(?:¥|\$|rmb|cny|人民币|大约|约)?\s*(?P<number>{NUMBER})\s*(?:元整|元|块钱|块|圆|rmb|cny|人民币)?(?:左右|整)?",
    re.IGNORECASE,
)
_SIGN = "一二三四五六七八九"
_ZHE = re.compile(
    rf"(?:折扣|打|按)?\s*(?P<zhe>\d{{1,2}}(?:\.\d{{1,2}})?|[{_SIGN}]点[{_SIGN}]|[{_SIGN}][{_SIGN}]?)\s*折(?!扣)"
)
_OFF = re.compile(
    r"(?:折扣|优惠|让利|下浮|降价|降|便宜)\s*(?:了|率|为|是|:)?\s*(?P<off>\d{1,2}(?:\.\d{1,2})?)\s*(?:%|个百分点|个点|点)?(?!\d|[万元wk折])"
    r"|(?P<percent>\d{1,2}(?:\.\d{1,2})?)\s*%\s*(?:off|的?折扣|的?优惠)?",
    re.IGNORECASE,
)
_NOT_BEFORE = tuple("月年周期第/-.:点版折号")
_NOT_AFTER = tuple("月年日号天周点时分个人次版折%/-.:家套")
_NONE = re.compile(r"不打折|无折扣|没有?折扣|不优惠|无优惠|原价|全价")
_HALF_PRICE = re.compile(r"半价|对折")


@dataclass(frozen=True, slots=True)
class Found:
    """A figure and the place in the text that it came from."""

    value: Decimal
    begins: int
    ends: int


def read_amount(text: str) -> Decimal | None:
    """Read `48,000`, `¥4.8万元`, `5w`, `五万`; None for what is no amount, zero, or beyond `MOST`."""
    whole = _AMOUNT.fullmatch(half_width(text).strip().lower())
    value = read_number(whole["number"]) if whole else None
    if value is None or not 0 < value <= MOST or value != value.quantize(_CENT):
        return None
    return value.quantize(_CENT)


def find_amount(text: str) -> Found | None:
    """The first amount in a text; what is part of a day, a time or a discount is none."""
    text = half_width(text).lower()
    for found in _AMOUNT.finditer(text):
        before, after = text[: found.start()][-1:], text[found.end() :].lstrip()[:1]
        value = read_amount(found[0].strip())
        if value is not None and before not in _NOT_BEFORE and after not in _NOT_AFTER:
            return Found(value, *found.span())
    return None


def find_discount(text: str) -> Found | None:
    """The first discount in a text, in per cent off: `折扣5%`, `95折` and `九五折` are all 5."""
    text = half_width(text).lower()
    if none := _NONE.search(text):
        return Found(Decimal(0), *none.span())
    if half := _HALF_PRICE.search(text):
        return Found(Decimal(50), *half.span())
    if zhe := _ZHE.search(text):
        value = _tenths(zhe["zhe"])
        return None if value is None else Found(_HUNDRED - value, *zhe.span())
    if off := _OFF.search(text):
        return Found(Decimal(off["off"] or off["percent"]), *off.span())
    return None


def read_discount(text: str) -> Decimal | None:
    """Read a text that is nothing but a discount; a bare number is per cent off."""
    text = half_width(text).strip()
    found = find_discount(text)
    if found is not None:
        return found.value if not (text[: found.begins] + text[found.ends :]).strip() else None
    value = read_number(text)
    return value if value is not None and 0 <= value < _HUNDRED else None


def _tenths(said: str) -> Decimal | None:
    """95, 9.5, 九五 and 九点五 are all 95; 9 and 九 are 90."""
    digits = "".join(
        str(_SIGN.index(sign) + 1) if sign in _SIGN else sign for sign in said.replace("点", ".")
    )
    value = Decimal(digits)
    value = value * 10 if value < 10 else value  # noqa: PLR2004 - 9.5 折 and 95 折 are the same
    return value if 0 < value < _HUNDRED else None


def say_amount(amount: Decimal, currency: str = "CNY") -> str:
    """Write `¥48,000`; cents only where there are some."""
    mark = "¥" if currency == "CNY" else f"{currency} "
    return f"{mark}{amount:,.0f}" if amount == amount.to_integral_value() else f"{mark}{amount:,.2f}"


def say_percent(value: Decimal | float) -> str:
    """Write `5%` or `7.5%`."""
    return f"{Decimal(str(value)).normalize():f}%"
