"""Where a value stands beside its point: off the line, off other values, inside the field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]
#: Of the size of letters: how far figures rise above their base line, and reach below it.
_RISE, _REACH = 0.74, 0.04
#: Between a point and its value: above or below it, beside it.
_ABOVE, BESIDE = 18.0, 16.0
#: Between two values, and between a value and a line.
_APART, _CLEAR = 8.0, 4.0


@dataclass(frozen=True, slots=True)
class Box:
    """What a text covers."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Closer to another one than can be read."""
        return (
            self.left < other.right + _APART
            and other.left < self.right + _APART
            and self.top < other.bottom + _CLEAR
            and other.top < self.bottom + _CLEAR
        )

    def is_crossed(self, one: Point, other: Point) -> bool:
        """Whether the way between two points leads through it, or close by (after Liang and Barsky)."""
        (x, y), (dx, dy) = one, (other[0] - one[0], other[1] - one[1])
        first, last = 0.0, 1.0
        for step, room in (
            (-dx, x - self.left + _CLEAR), (dx, self.right + _CLEAR - x),
            (-dy, y - self.top + _CLEAR), (dy, self.bottom + _CLEAR - y),
        ):  # fmt: skip
            if step == 0:
                if room < 0:
                    return False
                continue
            at = room / step
            first, last = (max(first, at), last) if step < 0 else (first, min(last, at))
        return first <= last


@dataclass(slots=True)
class Places:
    """Those that are taken, in a field with a line in it."""

    #: The field that values must not leave.
    within: Box
    #: The line, piece by piece.
    pieces: Sequence[tuple[Point, Point]]
    size: float
    taken: list[Box] = field(default_factory=list)

    def take(self, point: Point, wide: float, *, below: bool) -> Point | None:
        """Middle and base line for a text of this width; None where it would lie on another one.

        `below`: the point is lower than both neighbours, so there is more room under it.
        """
        best: tuple[int, Point, Box] | None = None
        for wanted in _around(point, wide, self.size, below=below):
            place, box = self._inside(wanted, wide)
            if box is None or any(box.overlaps(other) for other in self.taken):
                continue
            crossed = sum(box.is_crossed(*piece) for piece in self.pieces)
            if best is None or crossed < best[0]:
                best = crossed, place, box
        if best is None:
            return None
        self.taken.append(best[2])
        return best[1]

    def _inside(self, place: Point, wide: float) -> tuple[Point, Box | None]:
        """The same, pushed in where it reaches over a side; no box where it is too low."""
        half = wide / 2
        x = min(max(place[0], self.within.left + half), self.within.right - half)
        y = max(place[1], self.within.top)
        box = Box(x - half, y - _RISE * self.size, x + half, y + _REACH * self.size)
        return (x, y), box if box.bottom <= self.within.bottom else None


def _around(point: Point, wide: float, size: float, *, below: bool) -> Iterator[Point]:
    """The best first: on the better side, right there and aslant, on the other, beside, further away."""
    x, y = point
    half = wide / 2
    high, low = y - _ABOVE, y + _ABOVE + _RISE * size
    straight, other = (low, high) if below else (high, low)
    for at in (straight, other):
        yield x, at
        for aside in (half * 0.6, half + 4):
            yield x - aside, at
            yield x + aside, at
    for at in (y + size * 0.36, y - size * 0.1, y + size * 0.8):
        yield x + half + BESIDE, at
        yield x - half - BESIDE, at
    for more in (size * 0.8, size * 1.6):
        for at in (straight, other):
            further = at + more if at == low else at - more
            for aside in (0, half * 0.6, half + 4):
                yield x - aside, further
                yield x + aside, further
