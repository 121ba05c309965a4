"""A journey from top to bottom: boxes by kind on a rail, ways that part set in beside it.

Numbers, or the days of one person's way, stand in the boxes; where a way is marked, all else is pale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.insight.pictures import texts
from bot.insight.pictures.measure import clean, fit, width, wrapped
from bot.insight.pictures.paper import (
    BEFORE,
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    LEFT,
    ORANGE,
    PURPLE,
    RIGHT,
    SOFT,
    Paper,
    remark,
)

KIND = "journey"
#: Steps that are drawn, and how far ways are set in; more is counted, or not set in further.
MOST, _DEEPEST = 40, 4
_SET_IN, _RAIL, _GAP = 40, 20, 22
_TEXT, _ASIDE, _WAY = 27, 22, 23
_LONG = 160
_WORDS = 31
#: By what a step is: the colour of its edge, its ground.
_SAYS, _WAITS, _PARTS, _DOES, _ENDS = "says", "waits", "parts", "does", "ends"
_LOOKS: Mapping[str, tuple[str, str]] = {
    _SAYS: (BLUE, "#e3eef8"),
    _WAITS: (GREY, "#f3f5f7"),
    _PARTS: (ORANGE, "#fcf0e7"),
    _DOES: (GREEN, "#e6f4ef"),
    _ENDS: (PURPLE, "#f7ecf3"),
}
_KINDS: Mapping[str, str] = {
    "touch": _SAYS, "survey": _SAYS, "coupon": _SAYS, "wait": _WAITS, "wait_until": _WAITS,
    "wait_for": _PARTS, "branch": _PARTS, "split": _PARTS, "loop": _PARTS, "approve": _PARTS,
    "goal": _ENDS, "exit": _ENDS,
}  # fmt: skip
_PALE = ("#c5ced8", "#ffffff", "#8a95a3")


@dataclass(frozen=True, slots=True)
class Arm:
    """One way out of a step."""

    label: str
    aside: str
    is_on: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One box."""

    kind: str
    text: str
    aside: str
    #: How many stand here; empty for none.
    here: str
    is_on: bool
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart of this kind as it was read."""

    title: str
    subtitle: str
    note: str
    entry: str
    entered: str
    ended: str
    #: One way is marked: what is not on it is pale.
    is_marked: bool
    steps: tuple[Step, ...]


def read(chart: Mapping[str, Any]) -> Picture:
    """Read what came; ValueError for what has no step."""
    steps = tuple(_step(one, 0) for one in _list(chart.get("steps")))
    if not steps:
        msg = "a journey has at least one step"
        raise ValueError(msg)
    said = {
        name: clean(chart.get(name, ""), _LONG * 2)
        for name in ("title", "subtitle", "note", "entry", "entered", "ended")
    }
    return Picture(**said, is_marked=chart.get("marked") is True, steps=steps)


def draw(paper: Paper, found: Picture) -> None:
    """The boxes."""
    _box(paper, Step("", found.entry, found.entered, "", True, ()), 0, is_marked=found.is_marked)
    left = _Left(MOST)
    _chain(paper, found.steps, 0, left, found)
    _end(paper, found)
    paper.y += 6
    if left.over:
        remark(paper, texts.rest(left.over, "步"))


def words(found: Picture) -> Iterator[str]:
    """The same, line by line."""
    lines = [f"{found.entry} {found.entered}".strip(), *_said(found.steps, 0)]
    yield from lines[:_WORDS]
    if len(lines) > _WORDS:
        yield texts.rest(len(lines) - _WORDS)
    if found.ended:
        yield found.ended


@dataclass(slots=True)
class _Left:
    """How many may still be drawn, and how many were not."""

    n: int
    over: int = 0

    def takes(self) -> bool:
        self.n -= 1
        self.over += self.n < 0
        return self.n >= 0


def _said(steps: Sequence[Step], depth: int) -> Iterator[str]:
    for one in steps:
        parts = (one.text, one.aside, one.here)
        yield "　" * depth + "，".join(part for part in parts if part)
        for arm in one.arms:
            yield "　" * depth + f"└ {arm.label}" + (f"：{arm.aside}" if arm.aside else "")
            yield from _said(arm.steps, depth + 1)


def _chain(paper: Paper, steps: Sequence[Step], depth: int, left: _Left, found: Picture) -> None:
    for one in steps:
        if not left.takes():
            continue
        _rail(paper, depth, _GAP, is_on=one.is_on, is_marked=found.is_marked, arrow=True)
        _box(paper, one, depth, is_marked=found.is_marked)
        begins = paper.y
        for arm in one.arms:
            _way(paper, arm, depth, is_marked=found.is_marked)
            _chain(paper, arm.steps, depth + 1, left, found)
        if one.arms:
            # The rail of the step itself goes on beside what was set in.
            x = _x(depth)
            is_on = found.is_marked and one.is_on
            colour = _rail_colour(found.is_marked, is_on=is_on)
            paper.line([(x, begins), (x, paper.y)], colour, wide=5 if is_on else 3)


def _box(paper: Paper, one: Step, depth: int, *, is_marked: bool) -> None:
    edge, ground = _LOOKS[_KINDS.get(one.kind, _DOES)] if one.kind else (INK, "#ffffff")
    ink, soft = INK, SOFT
    if is_marked and not one.is_on:
        edge, ground, ink = _PALE
        soft = ink
    x = LEFT + min(depth, _DEEPEST) * _SET_IN
    wide = RIGHT - x
    badge = width(one.here, _ASIDE) + 26 if one.here else 0
    room = wide - 34 - badge
    lines = wrapped(one.text, _TEXT, room, 2)
    asides = wrapped(one.aside, _ASIDE, wide - 34, 2) if one.aside else []
    high = 18 + len(lines) * 35 + len(asides) * 29 + 8
    paper.box(x, paper.y, wide, high, edge, round_=10)
    paper.box(x + 9, paper.y + 2, wide - 11, high - 4, ground, round_=8)
    y = paper.y + 6
    for line in lines:
        y += 35
        paper.text(x + 24, y, line, size=_TEXT, fill=ink, bold=one.kind in ("", "touch", "survey"))
    for line in asides:
        y += 29
        paper.text(x + 24, y, line, size=_ASIDE, fill=soft)
    if one.here:
        paper.box(RIGHT - badge - 10, paper.y + 12, badge, 36, edge, round_=18)
        middle = RIGHT - 10 - badge / 2
        paper.text(middle, paper.y + 38, one.here, size=_ASIDE, fill="#ffffff", anchor="middle", bold=True)
    paper.y += high


def _way(paper: Paper, arm: Arm, depth: int, *, is_marked: bool) -> None:
    """Where ways part: an elbow, and what has to be so."""
    colour = _rail_colour(is_marked, is_on=arm.is_on)
    x, to = _x(depth), LEFT + min(depth + 1, _DEEPEST) * _SET_IN
    y = paper.y + 34
    wide = 5 if is_marked and arm.is_on else 3
    paper.line([(x, paper.y), (x, y - 8), (max(to, x + 14), y - 8)], colour, wide=wide)
    is_pale = is_marked and not arm.is_on
    begins = max(to, x + 14) + 8
    said = f"{arm.label}　{arm.aside}" if arm.aside else arm.label
    paper.text(
        begins, y, fit(said, _WAY, RIGHT - begins), size=_WAY, fill=_PALE[2] if is_pale else ORANGE,
        bold=not is_pale,
    )  # fmt: skip
    paper.y = y + 4


def _rail(paper: Paper, depth: int, high: float, *, is_on: bool, is_marked: bool, arrow: bool) -> None:
    x, colour = _x(depth), _rail_colour(is_marked, is_on=is_on)
    wide = 5 if is_marked and is_on else 3
    paper.line([(x, paper.y), (x, paper.y + high - (8 if arrow else 0))], colour, wide=wide)
    if arrow:
        tip = paper.y + high
        paper.shape([(x - 8, tip - 11), (x + 8, tip - 11), (x, tip)], colour)
    paper.y += high


def _end(paper: Paper, found: Picture) -> None:
    if not found.ended:
        return
    _rail(paper, 0, _GAP, is_on=False, is_marked=found.is_marked, arrow=True)
    for line in wrapped(found.ended, _ASIDE, RIGHT - LEFT, 2):
        paper.y += 29
        paper.text(LEFT, paper.y, line, size=_ASIDE, fill=SOFT)


def _x(depth: int) -> float:
    return LEFT + min(depth, _DEEPEST) * _SET_IN + _RAIL


def _rail_colour(is_marked: bool, *, is_on: bool) -> str:
    if not is_marked:
        return BEFORE
    return BLUE if is_on else FAINT


def _step(given: Any, depth: int) -> Step:  # noqa: ANN401 - any JSON
    one = given if isinstance(given, Mapping) else {}
    arms = [] if depth > MOST else _list(one.get("ways"))
    said = {name: clean(one.get(name, ""), _LONG) for name in ("kind", "text", "aside", "here")}
    return Step(**said, is_on=one.get("on") is True, arms=tuple(_arm(arm, depth) for arm in arms))


def _arm(given: Any, depth: int) -> Arm:  # noqa: ANN401 - any JSON
    one = given if isinstance(given, Mapping) else {}
    steps = tuple(_step(step, depth + 1) for step in _list(one.get("steps")))
    label, aside = clean(one.get("label", ""), _LONG), clean(one.get("aside", ""), _LONG)
    return Arm(label, aside, one.get("on") is True, steps)


def _list(given: object) -> list[Any]:
    return list(given) if isinstance(given, Sequence) and not isinstance(given, str | bytes) else []
