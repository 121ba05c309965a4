"""Does a follow-up say anything? Only one that does extends the owner's protection; all are kept."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable

from bot.crm.written import half_width


class Verdict(enum.StrEnum):
    """What it is worth; stored, so never rename one."""

    COUNTS = "counts"
    TOO_SHORT = "too_short"
    #: One sign over and over, or nothing but figures.
    SAYS_NOTHING = "says_nothing"
    #: The same as before.
    COPIED = "copied"


#: What carries meaning: letters, figures and Chinese characters.
_SAYING = re.compile(r"[^\W_]", re.UNICODE)
#: Different signs that even a short sentence has.
_DIFFERENT = 3


def essence(text: str) -> str:
    """What is left of a text without blanks and signs: two that are equal here are copies."""
    return "".join(_SAYING.findall(half_width(text).lower()))


def judge(text: str, *, before: Iterable[str], min_chars: int) -> Verdict:
    """Judge a follow-up by itself and by those before it of the same lead.

    `min_chars` of 0 lets everything count but copies of nothing.
    """
    said = essence(text)
    if len(said) < min_chars:
        return Verdict.TOO_SHORT
    if min_chars and (said.isdigit() or len(set(said)) < min(_DIFFERENT, min_chars)):
        return Verdict.SAYS_NOTHING
    if any(said == essence(one) for one in before):
        return Verdict.COPIED
    return Verdict.COUNTS
