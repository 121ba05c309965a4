"""Numbers as people write them in Chinese."""

from __future__ import annotations

NUMERAL = r"(?:\d{1,4}|[零〇一二两三四五六七八九十百]{1,6})"

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def number(text: str) -> int:
    """Read 12, 十二, 二十, 一百二, 二〇二五; ValueError for anything else."""
    if text.isdigit():
        return int(text)
    if not text or any(char not in _DIGITS and char not in "十百" for char in text):
        msg = f"not a number: {text!r}"
        raise ValueError(msg)
    if not set(text) & set("十百"):
        return int("".join(str(_DIGITS[char]) for char in text))
    return _by_place(text)


def _by_place(text: str) -> int:
    hundreds, has_hundreds, rest = text.rpartition("百")
    tens, has_tens, ones = rest.partition("十")
    total = (_DIGITS.get(hundreds, 1) if has_hundreds else 0) * 100
    if has_tens:
        return total + _DIGITS.get(tens.removeprefix("零"), 1) * 10 + _DIGITS.get(ones, 0)
    last = tens.removeprefix("零")
    return total + _DIGITS.get(last, 0) * (10 if has_hundreds and last == tens else 1)
