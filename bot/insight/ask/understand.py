"""From a message to what it says, typos put right where there is no doubt."""

from __future__ import annotations

from dataclasses import dataclass

from bot.insight.ask.lexicon import Lexicon
from bot.insight.ask.normalise import Plain, normalise
from bot.insight.ask.read import read
from bot.insight.ask.said import Said
from bot.insight.ask.scan import leftovers, missed_places, readings
from bot.insight.ask.typos import repair

MOST_REPAIRS = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn read; `missed` are the stretches that nobody knows."""

    readings: tuple[Said, ...]
    missed: tuple[str, ...]
    corrected: tuple[tuple[str, str], ...] = ()


def hear(text: str, lexicon: Lexicon) -> Heard:
    """Read one turn."""
    plain = normalise(text, lexicon.words.mentionable)
    mended, corrected = _mended(plain, lexicon)
    if leftovers(mended, readings(mended, lexicon.words)[0]):
        mended, corrected = plain, ()
    found = readings(mended, lexicon.words)
    changes = normalise(text).text.endswith(("呢", "吧"))
    return Heard(
        tuple(read(tokens, mended.gaps, changes=changes) for tokens in found),
        tuple(leftovers(mended, found[0])),
        corrected,
    )


def _mended(plain: Plain, lexicon: Lexicon) -> tuple[Plain, tuple[tuple[str, str], ...]]:
    corrected: list[tuple[str, str]] = []
    for _ in range(MOST_REPAIRS):
        missed = missed_places(plain, readings(plain, lexicon.words)[0])
        found = repair(plain, missed, lexicon.words) if missed else None
        if found is None:
            break
        plain, wrong, right = found
        corrected.append((wrong, right))
    return plain, tuple(corrected)
