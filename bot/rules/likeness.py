"""Whether two leads may be one person: what speaks for it, what against, and how much; pure.

Nothing here merges anybody. A switchboard's number, a shared mailbox or a common name alone is no
reason even to ask: each needs another trait beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein, Hamming, Levenshtein

#: From here people are asked.
ENOUGH = 50
_POINTS = {
    "same_name": 40,
    "similar_name": 25,
    "same_company": 35,
    "same_city": 10,
    "phone_close": 35,
    "phone_swapped": 35,
    "same_mailbox": 40,
    "same_landline": 25,
}
_OTHER_NAME, _OTHER_COMPANY = -45, -25
_MOBILE = re.compile(r"\+861[3-9]\d{9}")
_POLITE = re.compile(r"(?P<surname>[\u4e00-\u9fff]{1,2})(?:先生|女士|小姐|老师|总|经理|工|哥|姐|主任)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,4}")
_LATIN_LIKE, _COMPANY_LIKE = 85, 80
#: Mailboxes of offices and habits, not of persons.
_OFFICE = frozenset(
    (
        *("info", "sales", "admin", "contact", "service", "support", "office", "hr", "mail", "marketing"),
        *("market", "webmaster", "test", "hello", "kefu", "cs", "caigou", "purchase", "enquiry", "bd"),
    )
)
_SHORTEST_MAILBOX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What two leads are compared by."""

    name: str = ""
    company_key: str = ""
    city: str = ""
    #: E.164.
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much speaks for it, 0 to 100, and what."""

    points: int
    evidence: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        """Whether people should be asked."""
        return self.points >= ENOUGH


def compare(one: Traits, other: Traits) -> Likeness:
    """Weigh what is alike against what differs; what is not known says nothing."""
    evidence = tuple(found for found in (_name(one, other), *_rest(one, other)) if found)
    points = sum(_POINTS[found] for found in evidence)
    if one.name and other.name and not any("name" in found for found in evidence):
        points += _OTHER_NAME
    if _other_company(one.company_key, other.company_key):
        points += _OTHER_COMPANY
    return Likeness(max(0, min(points, 100)), evidence)


def mailbox(email: str) -> str:
    """The part before the @ if it is somebody's own; empty for an office's or a short one."""
    local = email.partition("@")[0].partition("+")[0].replace(".", "").lower()
    return "" if len(local) < _SHORTEST_MAILBOX or local in _OFFICE else local


def is_mobile(phone: str) -> bool:
    """Whether a number is one person's: a mainland mobile; a landline is an office's."""
    return _MOBILE.fullmatch(phone) is not None


def _name(one: Traits, other: Traits) -> str:
    if not one.name or not other.name:
        return ""
    a, b = one.name.strip().lower(), other.name.strip().lower()
    if a == b:
        return "" if _POLITE.fullmatch(a) else "same_name"
    return "similar_name" if _similar(a, b) else ""


def _similar(a: str, b: str) -> bool:
    """王总 and 王伟, 王小明 and 王晓明 (said alike), 王小明 and 王大明 (one sign), John and Jon Smith."""
    for polite, full in ((_POLITE.fullmatch(a), b), (_POLITE.fullmatch(b), a)):
        if polite is not None:
            return full.startswith(polite["surname"])
    if _CHINESE.fullmatch(a) and _CHINESE.fullmatch(b):
        if _sound(a) == _sound(b):
            return True
        long_enough = min(len(a), len(b)) > 2  # noqa: PLR2004 - of two signs one says too little
        return a[0] == b[0] and long_enough and Levenshtein.distance(a, b) == 1
    return fuzz.token_sort_ratio(a, b) >= _LATIN_LIKE


def _sound(name: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(name, style=Style.NORMAL))


def _rest(one: Traits, other: Traits) -> tuple[str, ...]:
    same_company = one.company_key and one.company_key == other.company_key
    same_box = mailbox(one.email) and mailbox(one.email) == mailbox(other.email)
    return (
        "same_company" if same_company else "",
        "same_city" if one.city and one.city == other.city else "",
        _phones(one.phone, other.phone),
        "same_mailbox" if same_box and one.email != other.email else "",
    )


def _phones(a: str, b: str) -> str:
    if not a or not b:
        return ""
    if a == b:
        return "" if is_mobile(a) else "same_landline"
    if len(a) != len(b) or not (is_mobile(a) and is_mobile(b)):
        return ""
    if Hamming.distance(a, b) == 1:
        return "phone_close"
    is_swap = Hamming.distance(a, b) == 2 and DamerauLevenshtein.distance(a, b) == 1  # noqa: PLR2004 - two digits
    return "phone_swapped" if is_swap else ""


def _other_company(a: str, b: str) -> bool:
    return bool(a and b and a != b) and fuzz.ratio(a, b) < _COMPANY_LIKE
