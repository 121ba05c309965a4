"""Text as DingTalk may show it: without control characters, cut by bytes, inert in markdown."""

from __future__ import annotations

import re
import unicodedata
from functools import partial

from bot.adapters.dingtalk.codes import PLATFORM, refuse
from bot.reach.nameless import nameless as masked

_ELLIPSIS = "…"
#: They turn the reading direction of what follows, and make texts look like others.
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Letters that mean something in markdown; a backslash before them is shown too, so they widen instead.
_WIDE = str.maketrans("<>[]`*#_|", "＜＞［］｀＊＃＿｜")
#: What begins a list or a quote at the beginning of a line.
_LEADING = re.compile(r"^(\s*)(-|\+|\d+\.)(?=\s)")

nameless = partial(masked, platform=PLATFORM)


def visible(text: str) -> str:
    """Drop control and direction characters; line breaks stay."""
    return "".join(
        char
        for char in text
        if char == "\n" or (unicodedata.category(char) not in ("Cc", "Cs") and char not in _TURNING)
    )


def one_line(text: str) -> str:
    """Join the lines, and drop what cannot be seen."""
    return " ".join(visible(text).split())


def cut_bytes(text: str, limit: int) -> str:
    """Give `text`, or as much of it as fits into `limit` bytes of UTF-8 with an ellipsis."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    kept = raw[: limit - len(_ELLIPSIS.encode())].decode(errors="ignore")
    while kept and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS


def said(text: str, most: int, *, group: bool) -> str:
    """Give a text to be said, of at most so many bytes; before a group nobody's number is in it."""
    shown = cut_bytes(visible(nameless(text) if group else text).strip(), most)
    if not shown:
        refuse("text", "there is nothing to say")
    return shown


def inert(text: str) -> str:
    """Give one line that markdown shows as it is written."""
    return _LEADING.sub("\\1\\2\u200b", one_line(text).translate(_WIDE))


def inert_lines(text: str) -> list[str]:
    """The same for each line of a paragraph."""
    return [line for one in visible(text).splitlines() if (line := inert(one))]
