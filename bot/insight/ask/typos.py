"""Words that sound or look like known ones: taken when there is one answer, else only suggested."""

from __future__ import annotations

from collections.abc import Iterable

from bot.insight.ask.looks import look
from bot.insight.ask.normalise import Plain
from bot.insight.ask.sounds import LONGEST, sound
from bot.insight.ask.words import Words

_NUMERALS = frozenset("零一二两三四五六七八九十百千万半几0123456789")


def repair(plain: Plain, missed: Iterable[int], words: Words) -> tuple[Plain, str, str] | None:
    """The text with the longest misheard word put right, with what was wrong; None if unsure."""
    unknown = set(missed)
    spans = (
        (begins, begins + length)
        for length in range(min(LONGEST, len(plain.text)), 1, -1)
        for begins in range(len(plain.text) - length + 1)
        if unknown & set(range(begins, begins + length))
    )
    for begins, ends in spans:
        wrong = plain.text[begins:ends]
        right = _one(wrong, words)
        if right:
            return Plain(plain.text[:begins] + right + plain.text[ends:], plain.gaps), wrong, right
    return None


def _one(wrong: str, words: Words) -> str | None:
    """The only known word of that sound or look which shares at least half of the characters."""
    heard = words.by_sound.get(sound(wrong), frozenset())
    known = heard | words.by_look.get(look(wrong), frozenset())
    near = [word for word in known if word != wrong and _is_slip(word, wrong)]
    if len({words.meanings[word] for word in near}) != 1:
        return None
    return max(near, key=lambda word: sum(a == b for a, b in zip(word, wrong, strict=False)))


def _is_slip(word: str, wrong: str) -> bool:
    """Whether at least half of the characters are the same, and no number is altered: 一年 is not 以年."""
    pairs = list(zip(word, wrong, strict=False))
    return 2 * sum(a == b for a, b in pairs) >= len(word) and not any(
        a != b and b in _NUMERALS for a, b in pairs
    )


def nearest(text: str, names: Iterable[str], *, at_least: int = 60) -> list[str]:
    """Up to three names that look or sound like a part of the text."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (only a question not understood needs it)

    known = list(dict.fromkeys(names))
    looks = process.extract(text, known, scorer=fuzz.ratio, limit=3, score_cutoff=at_least)
    same = [name for name in known if len(name) == len(text) and sound(name) == sound(text)]
    return list(dict.fromkeys([*same, *(name for name, _, _ in looks)]))[:3]
