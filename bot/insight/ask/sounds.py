"""How words sound, without tones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from bot.insight.ask import meanings as m
from bot.insight.ask.looks import look
from bot.insight.ask.meanings import Meaning

LONGEST = 8
#: Sounds that many speakers and typists do not keep apart.
_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("uang", "uan"))
REPAIRABLE = (
    m.MetricWord,
    m.Noun,
    m.Verb,
    m.Mention,
    m.Cut,
    m.Group,
    m.Ranked,
    m.Shaped,
    m.Compared,
    m.Which,
    m.Superlative,
)


def sound(text: str) -> tuple[str, ...]:
    """The syllables of a text without tones."""
    return tuple(_syllable(char) for char in text)


@cache
def _syllable(char: str) -> str:
    # The pronunciation table takes a third of a second to load; only a typo pays for it.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    syllable = "".join(lazy_pinyin(char))
    for full, short in _FOLDS:
        syllable = syllable.replace(full, short)
    return syllable


def sounds_of(meanings: Mapping[str, tuple[Meaning, ...]]) -> Mapping[tuple[str, ...], frozenset[str]]:
    """Known words by sound; people's names are left out, for another person is no typo."""
    found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for word, options in meanings.items():
        if 1 < len(word) <= LONGEST and any(_is_repairable(meaning) for meaning in options):
            found[sound(word)].add(word)
    return {key: frozenset(words) for key, words in found.items()}


def looks_of(meanings: Mapping[str, tuple[Meaning, ...]]) -> Mapping[str, frozenset[str]]:
    """Known words by how they look; people's names are left out."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for word, options in meanings.items():
        if 1 < len(word) <= LONGEST and any(_is_repairable(meaning) for meaning in options):
            found[look(word)].add(word)
    return {key: frozenset(words) for key, words in found.items()}


def _is_repairable(meaning: Meaning) -> bool:
    if isinstance(meaning, m.Mention):
        return meaning.dimensions.isdisjoint({"owner"})
    return isinstance(meaning, REPAIRABLE)
