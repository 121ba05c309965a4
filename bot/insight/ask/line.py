"""One reading of a turn: its telling words in order, fillers left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.insight.ask.meanings import Link, Meaning, Noise, Token, Versus


@dataclass(frozen=True, slots=True)
class Line:
    """Tokens without fillers, and where the writer put a space or a comma."""

    tokens: tuple[Token, ...]
    gaps: frozenset[int]

    def meaning(self, at: int) -> Meaning | None:
        """The meaning at a place; None outside."""
        return self.tokens[at].meaning if 0 <= at < len(self.tokens) else None

    def all_of(self, *kinds: type) -> list[int]:
        """The places of these kinds of meanings."""
        return [at for at, token in enumerate(self.tokens) if isinstance(token.meaning, kinds)]

    def of(self, *kinds: type) -> Iterator[Meaning]:
        """The meanings of these kinds."""
        return (token.meaning for token in self.tokens if isinstance(token.meaning, kinds))

    def has(self, *kinds: type) -> bool:
        """Whether there is one of these kinds."""
        return bool(self.all_of(*kinds))

    def separated(self, first: int, second: int) -> bool:
        """Whether 和, a comma or a space stands between two places."""
        between = self.tokens[first + 1 : second]
        begins, ends = self.tokens[first].ends, self.tokens[second].begins
        return any(isinstance(token.meaning, Link | Versus) for token in between) or any(
            begins <= gap <= ends for gap in self.gaps
        )


def line_of(tokens: tuple[Token, ...], gaps: frozenset[int]) -> Line:
    """Leave the fillers out."""
    return Line(tuple(token for token in tokens if not isinstance(token.meaning, Noise)), gaps)
