"""How wide text is in the shipped font, and how it is made to fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

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
#: Ends and begins a word wherever it stands.
_LAST, _FIRST_OF = frozenset("，。；：、）」！？＝→·的和或与"), frozenset("（「")
#: Behind a number; in two letters.
_COUNTED = frozenset("年月日号季周天条个单次万亿元分小时人家%")
_PAIRS = frozenset({"季度", "小时", "分钟"})
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
    """Up to so many lines, about equally long, broken between words if all fits so; the last one is cut."""
    for breaks in (_ends_a_word, _may_break):
        found = _filled(text, size, room, lines, breaks)
        if _spaceless(found) != _spaceless([text]):
            continue
        for part in (0.62, 0.7, 0.8, 0.9):
            narrow = _filled(text, size, room * part, lines, breaks)
            if len(narrow) == len(found) > 1 and _spaceless(narrow) == _spaceless(found):
                return narrow
        return found
    return _filled(text, size, room, lines, _may_break)


def _spaceless(lines: list[str]) -> str:
    return "".join(lines).replace(" ", "")


def _filled(text: str, size: float, room: float, lines: int, breaks: Callable[[str, int], bool]) -> list[str]:
    found: list[str] = []
    while text and len(found) < lines - 1 and width(text, size) > room:
        at = _break(text, size, room, breaks)
        found.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*found, fit(text, size, room)] if text else found


def _break(text: str, size: float, room: float, breaks: Callable[[str, int], bool]) -> int:
    """Where a line ends: not inside a number or word, unless it fills the line."""
    at = len(text)
    used = 0.0
    for place, letter in enumerate(text):
        used += width(letter, size)
        if used > room:
            at = max(place, 1)
            break
    found = (back for may in (breaks, _may_break) for back in range(at, at // 2, -1) if may(text, back))
    return next(found, at)


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at : at + 1]
    return after not in _NOT_FIRST and not (_glued(before) and _glued(after)) and not _of_a_number(text, at)


def _of_a_number(text: str, at: int) -> bool:
    """第4季度, 12条: a number stays with what is counted."""
    before, after = text[at - 1 : at], text[at : at + 1]
    is_counted = before.isdigit() and after in _COUNTED
    return is_counted or (before == "第" and after.isdigit()) or text[at - 1 : at + 1] in _PAIRS


def _ends_a_word(text: str, at: int) -> bool:
    """What is surely no inside of a word: without a dictionary nobody knows of the rest."""
    before, after = text[at - 1 : at], text[at : at + 1]
    is_end = before in _LAST or before.isspace() or after in _FIRST_OF or after.isspace()
    return is_end and _may_break(text, at)


def _glued(letter: str) -> bool:
    return letter.isascii() and not letter.isspace()


def _advance(letter: str) -> int:
    code = ord(letter)
    if _FIRST <= code < _FIRST + len(_ASCII):
        return _ASCII[code - _FIRST]
    if unicodedata.category(letter) in _MARKS:
        return 0
    return _WIDEST if code >= _PICTOGRAPHS or unicodedata.east_asian_width(letter) == "N" else _OTHER
