"""Words that sound like known ones: taken when there is one answer, else only suggested."""

from __future__ import annotations

from collections.abc import Iterable

from bot.insight.ask.normalise import Plain
from bot.insight.ask.sounds import LONGEST, sound
from bot.insight.ask.words import Words


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
    """The only known word of that sound which shares at least half of the characters."""
    near = [
        word
        for word in words.by_sound.get(sound(wrong), ())
        if word != wrong and 2 * sum(a == b for a, b in zip(word, wrong, strict=False)) >= len(word)
    ]
    if len({words.meanings[word] for word in near}) != 1:
        return None
    return max(near, key=lambda word: sum(a == b for a, b in zip(word, wrong, strict=False)))


def nearest(text: str, names: Iterable[str], *, at_least: int = 60) -> list[str]:
    """Up to three names that look or sound like a part of the text."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (only a question not understood needs it)

    known = list(dict.fromkeys(names))
    looks = process.extract(text, known, scorer=fuzz.ratio, limit=3, score_cutoff=at_least)
    same = [name for name in known if len(name) == len(text) and sound(name) == sound(text)]
    return list(dict.fromkeys([*same, *(name for name, _, _ in looks)]))[:3]
