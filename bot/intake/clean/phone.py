"""Phone numbers to E.164.

Nearly all are mainland mobiles, told by their first digits; the library, which costs
twelve times as much and 160 ms to import, sees the rest alone.
"""

from __future__ import annotations

import re
import unicodedata

from bot.kit.masked import Phone

#: What people put between digits.
_BETWEEN = dict.fromkeys(map(ord, " -‐‑‒–—―－.·•()（）\t\u00a0\u3000"))
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})", re.ASCII)
#: Longer cannot be a number with its extension.
_LONGEST = 40
_REGION = "CN"


def read_phone(text: str) -> Phone | None:
    """Read a number, E.164; None if it cannot be one. Numbers without a country are Chinese."""
    if len(text) > _LONGEST:
        return None
    plain = text.translate(_BETWEEN)
    if not (plain.isascii() and plain.isprintable()):
        plain = "".join(map(_digit, plain))
    found = _MOBILE.fullmatch(plain)
    return Phone(f"+86{found[1]}") if found else _other(plain)


def _digit(sign: str) -> str:
    if sign == "＋":
        return "+"
    value = unicodedata.digit(sign, None)
    if value is not None:
        return str(value)
    # Invisible marks come along when numbers are copied from address books.
    return "" if unicodedata.category(sign) in ("Cf", "Cc", "Mn", "Me") else sign


def _other(plain: str) -> Phone | None:
    from phonenumbers import (  # noqa: PLC0415 - only numbers that are no mainland mobiles need it
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_valid_number,
        parse,
    )

    if not re.fullmatch(r"\+?[0-9]{5,20}", plain):
        return None
    try:
        number = parse("+" + plain[2:] if plain.startswith("00") else plain, _REGION)
    except NumberParseException:
        return None
    return Phone(format_number(number, PhoneNumberFormat.E164)) if is_valid_number(number) else None
