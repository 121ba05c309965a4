"""How wide a text looks: a Chinese character is one, a Latin letter half."""

from __future__ import annotations

import unicodedata

_ELLIPSIS = "…"
#: Joiners and variation selectors hold on to what stands before them.
_JOINER = "\u200d"
_CLINGING = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
#: They turn the reading direction of what follows, and make texts look like others.
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def width(text: str) -> float:
    """Add up the characters' widths, in full-width characters."""
    return sum(_width(char) for char in text)


def one_line(text: str) -> str:
    """Join the lines, and drop what cannot be seen."""
    return " ".join(visible(text).split())


def visible(text: str) -> str:
    """Drop control and direction characters; line breaks stay."""
    return "".join(
        char
        for char in text
        if char == "\n" or (unicodedata.category(char) not in ("Cc", "Cs") and char not in _TURNING)
    )


def cut(text: str, limit: float) -> str:
    """Give `text`, or as much of it as fits before an ellipsis, never half a composed character."""
    if width(text) <= limit:
        return text
    room = limit - _width(_ELLIPSIS)
    used, end = 0.0, 0
    for char in text:
        used += _width(char)
        if used > room:
            break
        end += 1
    return text[: _boundary(text, end)].rstrip() + _ELLIPSIS


def cut_bytes(text: str, limit: int) -> str:
    """Give `text`, or as much of it as fits into `limit` bytes of UTF-8 with an ellipsis."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    kept = raw[: limit - len(_ELLIPSIS.encode())].decode(errors="ignore")
    return text[: _boundary(text, len(kept))].rstrip() + _ELLIPSIS


def _boundary(text: str, end: int) -> int:
    while 0 < end < len(text) and (_clings(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    return end


def _clings(char: str) -> bool:
    return char in _CLINGING or unicodedata.combining(char) != 0


def _width(char: str) -> float:
    # The ellipsis is ambiguous in Unicode and wide in Chinese type.
    return 1.0 if char == _ELLIPSIS or unicodedata.east_asian_width(char) in "WF" else 0.5
