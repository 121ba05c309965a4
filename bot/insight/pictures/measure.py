"""How wide text is in the shipped font, and how it is made to fit."""

from __future__ import annotations

import re
import unicodedata

#: Advances of the shipped font in thousandths of its size, from space to tilde.
_ASCII = (
    224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392, 555, 555, 555, 555,
    555, 555, 555, 555, 555, 555, 278, 278, 555, 555, 555, 474, 946, 608, 657, 638, 688, 589, 552, 689,
    728, 293, 535, 646, 543, 812, 723, 742, 633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338,
    392, 338, 555, 559, 606, 563, 618, 510, 620, 554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606,
    620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338, 270, 338, 555,
)  # fmt: skip
_FIRST = 0x20
_THOUSAND = 1000
#: Anything else; the widest letters there are take a little over one.
_OTHER, _WIDEST = 1000, 1250
_LONGEST = 200
ELLIPSIS = "…"
#: Begins no line.
_NOT_FIRST = frozenset("，。；：、）」！？%＝")
#: Controls, what turns the direction of text, halves of pairs, and what is not assigned.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_SPACES = re.compile(r"\s+")
_PICTOGRAPHS = 0x1F000
#: Single letters as wide as a line: ﷽ and the long dashes.
_HUGE = frozenset("\ufdfd\u2e3a\u2e3b\U0001242b")


def clean(text: object, longest: int = _LONGEST) -> str:
    """One line of text that can be drawn: nothing unseen, one mark on a letter at most."""
    kept: list[str] = []
    was_mark = False
    for letter in unicodedata.normalize("NFC", _SPACES.sub(" ", str(text)[: longest * 4]).strip()):
        category = unicodedata.category(letter)
        if category in _UNSEEN or letter in _HUGE or (was_mark and category in _MARKS):
            continue
        was_mark = category in _MARKS
        kept.append(letter)
    return "".join(kept)[:longest]


def width(text: str, size: float) -> float:
    """How many pixels a line takes."""
    return sum(map(_advance, text)) * size / _THOUSAND


def fit(text: str, size: float, room: float) -> str:
    """Cut with `…` where it would be wider than its room."""
    if width(text, size) <= room:
        return text
    left = room - width(ELLIPSIS, size)
    for at, letter in enumerate(text):
        left -= width(letter, size)
        if left < 0:
            return f"{text[:at].rstrip()}{ELLIPSIS}" if at else ELLIPSIS
    return text


def wrapped(text: str, size: float, room: float, lines: int) -> list[str]:
    """Up to so many lines, about equally long; the last one is cut."""
    found = _filled(text, size, room, lines)
    for part in (0.62, 0.7, 0.8, 0.9):
        narrow = _filled(text, size, room * part, lines)
        if len(narrow) == len(found) > 1 and "".join(narrow) == "".join(found):
            return narrow
    return found


def _filled(text: str, size: float, room: float, lines: int) -> list[str]:
    found: list[str] = []
    while text and len(found) < lines - 1 and width(text, size) > room:
        at = _break(text, size, room)
        found.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*found, fit(text, size, room)] if text else found


def _break(text: str, size: float, room: float) -> int:
    """Where a line ends: not inside a number or word, unless it fills the line."""
    at = len(text)
    used = 0.0
    for place, letter in enumerate(text):
        used += width(letter, size)
        if used > room:
            at = max(place, 1)
            break
    return next((back for back in range(at, at // 2, -1) if _may_break(text, back)), at)


def _may_break(text: str, at: int) -> bool:
    after = text[at : at + 1]
    return after not in _NOT_FIRST and not (_glued(text[at - 1 : at]) and _glued(after))


def _glued(letter: str) -> bool:
    return letter.isascii() and not letter.isspace()


def _advance(letter: str) -> int:
    code = ord(letter)
    if _FIRST <= code < _FIRST + len(_ASCII):
        return _ASCII[code - _FIRST]
    if unicodedata.category(letter) in _MARKS:
        return 0
    return _WIDEST if code >= _PICTOGRAPHS or unicodedata.east_asian_width(letter) == "N" else _OTHER
