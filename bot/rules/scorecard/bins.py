"""What is known of a lead, cut into few bins: a text by its frequent values, a number by its quantiles."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

#: Of one lead, by the name of the field; what is missing is None or left out.
Facts: TypeAlias = Mapping[str, str | float | None]

#: A value that fewer leads have goes to the rest: points learned from a handful are noise.
_RARE = 25
_MOST_VALUES = 20
_QUANTILES = 10


@dataclass(frozen=True, slots=True)
class Texts:
    """Bins of a text field: its frequent values, everything else, and nothing."""

    values: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many bins."""
        return len(self.values) + 2

    def bin_of(self, value: str | float | None) -> int:
        """Which one."""
        if value is None or value == "":
            return 0
        return self.values.index(str(value)) + 2 if str(value) in self.values else 1

    def name(self, place: int) -> str:
        """In words."""
        return ("未填", "其他", *self.values)[place]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Bins of a number field: nothing, then up to each border, then above the last."""

    borders: tuple[float, ...]

    @property
    def size(self) -> int:
        """How many bins."""
        return len(self.borders) + 2

    def bin_of(self, value: str | float | None) -> int:
        """Which one; a text is no number."""
        if value is None or isinstance(value, str):
            return 0
        return bisect.bisect_left(self.borders, value) + 1

    def name(self, place: int) -> str:
        """In words."""
        if place == 0:
            return "未填"
        if not self.borders:
            return "有"
        if place == 1:
            return f"≤{self.borders[0]:g}"
        if place == len(self.borders) + 1:
            return f">{self.borders[-1]:g}"
        return f"{self.borders[place - 2]:g}–{self.borders[place - 1]:g}"


Bins: TypeAlias = Texts | Numbers


@dataclass(frozen=True, slots=True)
class Cut:
    """All fields, each with its bins; a lead becomes one place for each field."""

    fields: tuple[tuple[str, Bins], ...]

    @property
    def size(self) -> int:
        """How many places in all."""
        return sum(bins.size for _, bins in self.fields)

    def places(self, facts: Facts) -> tuple[int, ...]:
        """The places of one lead, counted through over all fields."""
        found, start = [], 0
        for name, bins in self.fields:
            found.append(start + bins.bin_of(facts.get(name)))
            start += bins.size
        return tuple(found)

    def names(self) -> tuple[tuple[str, str], ...]:
        """Field and bin of every place, in words."""
        return tuple((name, bins.name(n)) for name, bins in self.fields for n in range(bins.size))


def cut(rows: Sequence[Facts], fields: Sequence[str]) -> Cut:
    """Find the bins in what was seen. A field is a number if all its values are."""
    return Cut(tuple((name, _bins([row.get(name) for row in rows])) for name in fields))


def _bins(values: Sequence[str | float | None]) -> Bins:
    known = [value for value in values if value is not None and value != ""]
    numbers = [float(value) for value in known if not isinstance(value, str)]
    if numbers and len(numbers) == len(known):
        return Numbers(_borders(sorted(numbers)))
    counted = Counter(map(str, known))
    # Ties by name: the same leads give the same card.
    frequent = sorted((-n, value) for value, n in counted.items() if n >= _RARE)
    return Texts(tuple(value for _, value in frequent[:_MOST_VALUES]))


def _borders(numbers: Sequence[float]) -> tuple[float, ...]:
    """Quantiles; the largest value is no border, since nothing would lie above it."""
    found = {numbers[len(numbers) * n // _QUANTILES] for n in range(1, _QUANTILES)}
    return tuple(sorted(found - {numbers[-1]}))
