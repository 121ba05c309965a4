"""统一社会信用代码: 18 signs, the last of which checks the rest (GB 32100-2015)."""

from __future__ import annotations

from bot.crm.written import half_width

#: Without I, O, S, V, Z, which look like others.
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_LENGTH = 18


def read_uscc(text: str) -> str | None:
    """A code in capitals; None if it cannot be one."""
    code = half_width(text).replace(" ", "").replace("-", "").upper()
    if len(code) != _LENGTH or any(sign not in _SIGNS for sign in code):
        return None
    return code if code[-1] == check_sign(code[:-1]) else None


def check_sign(body: str) -> str:
    """The last sign of a code that begins with these 17."""
    total = sum(_SIGNS.index(sign) * weight for sign, weight in zip(body, _WEIGHTS, strict=True))
    return _SIGNS[-total % len(_SIGNS)]
