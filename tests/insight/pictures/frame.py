"""Where the things on a picture lie, read back from its SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

from bot.insight.pictures.measure import width
from bot.insight.pictures.paper import BLUE
from bot.insight.pictures.paper import FIGURE as VALUE

__all__ = ["VALUE", "Piece", "along", "outside", "overlapping", "pieces", "texts"]
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Piece:
    """A piece of the picture; `said` is empty for what is no text."""

    left: float
    top: float
    right: float
    base: float
    said: str = ""
    #: Of its letters.
    high: float = 0

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether a point lies on its letters."""
        rise = self.high * 0.14
        return self.left < point[0] < self.right and self.top + rise < point[1] < self.base - rise

    def overlaps(self, other: Piece) -> bool:
        slack = 2
        return (
            self.left + slack < other.right
            and other.left + slack < self.right
            and self.top + slack < other.base
            and other.top + slack < self.base
        )


def pieces(svg: str) -> tuple[float, float, list[Piece]]:
    """Width and height, and all that is drawn."""
    root = ET.fromstring(svg)  # noqa: S314 - our own
    found = [piece for node in root if (piece := _piece(node)) is not None]
    return float(root.get("width", "")), float(root.get("height", "")), found


def texts(svg: str) -> list[Piece]:
    return [one for one in pieces(svg)[2] if one.said]


def outside(svg: str) -> list[Piece]:
    """What does not lie within the picture."""
    wide, high, found = pieces(svg)
    return [
        one for one in found if one.left < -1 or one.top < -1 or one.right > wide + 1 or one.base > high + 1
    ]


def overlapping(svg: str) -> list[tuple[str, str]]:
    """Pairs of texts that lie on each other."""
    return [(one.said, other.said) for one, other in combinations(texts(svg), 2) if one.overlaps(other)]


def along(svg: str) -> Iterator[tuple[float, float]]:
    """Points on the lines of a trend, closer together than a letter is wide."""
    for node in ET.fromstring(svg):  # noqa: S314 - our own
        if node.tag != f"{_SVG}polyline" or node.get("stroke") != BLUE:
            continue
        at = [tuple(map(float, pair.split(","))) for pair in node.get("points", "").split()]
        for (x, y), (to_x, to_y) in pairwise(at):
            steps = int(max(abs(to_x - x), abs(to_y - y))) + 1
            yield from ((x + (to_x - x) * n / steps, y + (to_y - y) * n / steps) for n in range(steps + 1))


def _piece(node: ET.Element) -> Piece | None:
    def number(name: str) -> float:
        return float(node.get(name, "0"))

    if node.tag == f"{_SVG}text":
        size, said = number("font-size"), node.text or ""
        wide = width(said, size)
        left = number("x") - {"start": 0.0, "middle": wide / 2, "end": wide}[node.get("text-anchor", "start")]
        return Piece(left, number("y") - size * 0.88, left + wide, number("y") + size * 0.12, said, size)
    if node.tag == f"{_SVG}rect":
        return Piece(number("x"), number("y"), number("x") + number("width"), number("y") + number("height"))
    if node.tag == f"{_SVG}circle":
        x, y, r = number("cx"), number("cy"), number("r")
        return Piece(x - r, y - r, x + r, y + r)
    if node.tag in {f"{_SVG}polyline", f"{_SVG}polygon"}:
        at = [tuple(map(float, pair.split(","))) for pair in node.get("points", "").split()]
        xs, ys = [x for x, _ in at], [y for _, y in at]
        return Piece(min(xs), min(ys), max(xs), max(ys))
    return None
