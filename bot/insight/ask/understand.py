"""From a message to what it says, typos put right where there is no doubt."""

from __future__ import annotations

from dataclasses import dataclass

from bot.insight.ask.lexicon import Lexicon
from bot.insight.ask.meanings import Cut, Group, Link, Mention, Noise, Today, Token, Turn, When, Which
from bot.insight.ask.normalise import Plain, normalise
from bot.insight.ask.read import read
from bot.insight.ask.said import Said
from bot.insight.ask.scan import leftovers, missed_places, readings
from bot.insight.ask.typos import repair

MOST_REPAIRS = 3
HE = frozenset({"他", "他的", "她", "她的"})


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn read; `missed` are the stretches that nobody knows."""

    readings: tuple[Said, ...]
    missed: tuple[str, ...]
    corrected: tuple[tuple[str, str], ...] = ()
    #: 他: somebody who was named before.
    refers: bool = False
    #: The text without what nobody knows, and the words of time in it.
    known: str = ""
    times: str = ""


def hear(text: str, lexicon: Lexicon) -> Heard:
    """Read one turn."""
    plain = normalise(text, lexicon.words.mentionable)
    found = readings(plain, lexicon.words)
    corrected: tuple[tuple[str, str], ...] = ()
    if leftovers(plain, found[0]):
        mended = _mended(plain, found, lexicon)
        plain, found, corrected = mended or (plain, found, corrected)
    changes = normalise(text).text.endswith(("呢", "吧"))
    return Heard(
        tuple(read(tokens, plain.gaps, changes=changes) for tokens in found),
        tuple(leftovers(plain, found[0])),
        corrected,
        refers=any(token.text in HE for token in found[0]),
        known=_speaking(found[0]),
        times="".join(token.text for token in found[0] if isinstance(token.meaning, When | Today)),
    )


def _speaking(tokens: tuple[Token, ...]) -> str:
    """The telling words as one question; nothing if they make none that reads well."""
    telling = [token for token in tokens if not isinstance(token.meaning, Noise | Turn | Link)]
    says_more = any(isinstance(one.meaning, When | Today | Group | Which | Mention) for one in telling)
    is_bare = any(isinstance(one.meaning, Cut) for one in telling)
    return "".join(one.text for one in telling) if says_more and not is_bare else ""


def _mended(
    plain: Plain, found: list[tuple[Token, ...]], lexicon: Lexicon
) -> tuple[Plain, list[tuple[Token, ...]], tuple[tuple[str, str], ...]] | None:
    """The text with its typos put right, and how it reads then; None if something is still left over."""
    corrected: list[tuple[str, str]] = []
    for _ in range(MOST_REPAIRS):
        missed = missed_places(plain, found[0])
        right = repair(plain, missed, lexicon.words) if missed else None
        if right is None:
            break
        plain, wrong, word = right
        corrected.append((wrong, word))
        found = readings(plain, lexicon.words)
    return None if leftovers(plain, found[0]) else (plain, found, tuple(corrected))
