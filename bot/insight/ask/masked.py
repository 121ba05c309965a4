"""A question as it may leave the house: without names of colleagues, numbers of telephones, addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.crm.metrics.dimension import Dimension
from bot.insight.ask.lexicon import Lexicon
from bot.insight.ask.meanings import Mention
from bot.insight.ask.normalise import LONGEST, squeeze
from bot.insight.ask.said import Choice

_OWNER = Dimension.OWNER.value
#: Seven figures and more are a telephone's, an account's or a customer's, never part of a period.
_NUMBER = re.compile(r"\+?\d[\d\-]{6,}\d|\d{7,}")
_DATE = re.compile(r"20\d{2}-?\d{2}-?\d{2}")
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")
_GONE = "#"


@dataclass(frozen=True, slots=True)
class Masked:
    """The question, and whom each mask stands for."""

    text: str
    people: dict[str, tuple[Choice, ...]]


def masked(text: str, lexicon: Lexicon) -> Masked:
    """Put P1, P2 … for everyone whose name, id or nickname is said."""
    plain = squeeze(_MAIL.sub(_GONE, text[:LONGEST]))
    plain = _NUMBER.sub(lambda found: found[0] if _DATE.fullmatch(found[0]) else _GONE, plain)
    people: dict[str, tuple[Choice, ...]] = {}
    for word in sorted(lexicon.words.mentionable, key=len, reverse=True):
        if len(word) > 1 and word in plain:
            mask = f"P{len(people) + 1}"
            people[mask] = choices_of(word, lexicon)
            plain = plain.replace(word, f" {mask} ")
    return Masked(plain, people)


def choices_of(word: str, lexicon: Lexicon) -> tuple[Choice, ...]:
    """The colleagues that a word may mean."""
    return tuple(
        choice
        for meaning in lexicon.words.meanings.get(squeeze(word), ())
        if isinstance(meaning, Mention)
        for choice in meaning.choices
        if choice[0] == _OWNER
    )
