"""Lines over time, each named at its end; metrics of different units get a field each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from bot.insight.pictures import texts
from bot.insight.pictures.amounts import said
from bot.insight.pictures.measure import fit, width
from bot.insight.pictures.paper import (
    BLUE,
    COLOURS,
    FAINT,
    FIGURE,
    LABEL,
    LEFT,
    RIGHT,
    SMALL,
    SOFT,
    Paper,
    remark,
    room_for,
)
from bot.insight.pictures.placing import BESIDE, Box, Places
from bot.insight.pictures.plan import Plan, Series
from bot.insight.pictures.scale import Scale, rounded_scale, short_labels, ticks

LINES, FIELDS = 5, 3
_HIGH = {1: 340, 2: 220, 3: 170}
_NAMES = 190
#: Each point of a single line is labelled up to here.
_FEW = 8
#: What is left free on the right at least.
_SIDE = 12
#: The widest label of a moment.
_MOMENT = 200
#: Round ends make each dash longer and each gap shorter by the line's width.
_DASH = "9 11"


@dataclass(frozen=True, slots=True)
class _Field:
    """Where one unit's lines are drawn."""

    left: float
    right: float
    top: float
    base: float
    count: int

    def x(self, at: int) -> float:
        """The place of one label."""
        return self.left + (self.right - self.left) * (at + 0.5) / max(self.count, 1)


def draw(paper: Paper, plan: Plan) -> None:
    """One field for each unit, one below the other."""
    fields = grouped(plan)[:FIELDS]
    labels = short_labels(plan.labels)
    if plan.so_far:
        labels[-1:] = [plan.so_far]
    for lines in fields:
        if len(fields) > 1:
            paper.y += 34
            names = "、".join(one.name for one in lines)
            paper.text(LEFT, paper.y, fit(names, LABEL, RIGHT - LEFT), fill=SOFT)
        _draw_field(paper, lines[:LINES], labels, _HIGH[len(fields)], is_open=bool(plan.so_far))
    remark(paper, left_out(plan))


def grouped(plan: Plan) -> list[list[Series]]:
    """Lines of one unit together, in the order in which they come."""
    by_unit: dict[str, list[Series]] = {}
    for one in plan.series:
        by_unit.setdefault(one.unit, []).append(one)
    return list(by_unit.values())


def left_out(plan: Plan) -> str:
    """How many lines are not drawn, in words."""
    drawn = sum(len(lines[:LINES]) for lines in grouped(plan)[:FIELDS])
    return texts.rest(len(plan.series) - drawn, "条线") if drawn < len(plan.series) else ""


def _draw_field(paper: Paper, lines: list[Series], labels: list[str], high: float, *, is_open: bool) -> None:
    top = paper.y + 44
    base = top + high
    known = [value for one in lines for value in one.known]
    # Nobody counts by halves.
    least = 1 if lines[0].unit == "count" and all(value == int(value) for value in known) else 0
    scale = rounded_scale(known, base, top, least=least)
    marks = ticks(scale)
    axis = max(width(said(mark, lines[0].unit), SMALL) for mark in marks) + 14
    room = _room(lines[0], RIGHT - LEFT - axis) if len(lines) == 1 else _NAMES
    field = _Field(LEFT + axis, RIGHT - room, top, base, len(labels))
    for mark in marks:
        y = scale.at(mark)
        paper.line(
            [(field.left, y), (field.right, y)], "#9aa6b3" if mark == 0 else FAINT, wide=2 if mark else 2.5
        )
        paper.text(field.left - 12, y + 8, said(mark, lines[0].unit), size=SMALL, fill=SOFT, anchor="end")
    for one, stroke in zip(lines, COLOURS, strict=False):
        _line(paper, one, field, scale, stroke, is_open=is_open and not one.is_over)
        _dots(paper, one, field, scale, stroke, is_alone=len(lines) == 1)
    if len(lines) == 1:
        _values(paper, lines[0], field, scale)
    else:
        _names(paper, lines, field, scale)
    paper.y = base
    _moments(paper, labels, field)
    if not known:
        middle = (field.left + field.right) / 2
        paper.text(middle, (top + base) / 2, texts.NO_DATA, fill=SOFT, anchor="middle")


def _room(one: Series, wide: float) -> float:
    """What a line alone leaves free on its right, so that its last value has a place off the line."""
    if not one.known:
        return _SIDE
    half_step = 0.5 / max(len(one.values), 1)
    wanted = width(said(one.known[-1], one.unit), FIGURE) + BESIDE
    return max(_SIDE, (wanted - wide * half_step) / (1 - half_step))


def _line(paper: Paper, one: Series, field: _Field, scale: Scale, stroke: str, *, is_open: bool) -> None:
    """Broken where a value is missing; a dot where it stands alone; dashed to a moment that still goes on."""
    run: list[tuple[float, float]] = []
    for at, value in enumerate((*one.values, None)):
        if value is not None:
            run.append((field.x(at), scale.at(value)))
            continue
        if len(run) == 1:
            paper.dot(*run[0], 7, stroke)
        if len(run) > 1 and is_open and at == len(one.values):
            paper.line(run[-2:], stroke, wide=5, dash=_DASH)
            run.pop()
        if len(run) > 1:
            paper.line(run, stroke, wide=5)
        run = []


def _dots(paper: Paper, one: Series, field: _Field, scale: Scale, stroke: str, *, is_alone: bool) -> None:
    """On each point of a single short line; else where a value is said: the last."""
    known = [at for at, value in enumerate(one.values) if value is not None]
    at_all = is_alone and len(one.values) <= 2 * _FEW
    said_ = known if at_all else _worth_saying(one) if is_alone else known[-1:]
    for at in said_:
        paper.dot(field.x(at), scale.at(one.values[at] or 0), 7, stroke)


def _values(paper: Paper, one: Series, field: _Field, scale: Scale) -> None:
    """Each value of a short line; of a long one the most, the least and the last."""
    spots = [None if value is None else (field.x(at), scale.at(value)) for at, value in enumerate(one.values)]
    places = Places(
        Box(field.left, field.top - 15, RIGHT, field.base - 10),
        [(a, b) for a, b in pairwise(spots) if a is not None and b is not None],
        FIGURE,
    )
    for at in _worth_saying(one):
        word, spot = said(one.values[at], one.unit), spots[at]
        place = None if spot is None else places.take(spot, width(word, FIGURE), below=_is_valley(one, at))
        if place is not None:
            paper.text(*place, word, size=FIGURE, fill=BLUE, anchor="middle", rim=True)


def _is_valley(one: Series, at: int) -> bool:
    """Lower than both neighbours: its value has more room below."""
    value = one.values[at] or 0
    beside = (*one.values[max(at - 1, 0) : at], *one.values[at + 1 : at + 2])
    return len(beside) > 1 and all(near is not None and near > value for near in beside)


def _worth_saying(one: Series) -> list[int]:
    known = [at for at, value in enumerate(one.values) if value is not None]
    if len(known) <= _FEW:
        # The last first: it keeps its place where two are too close.
        return known[::-1]
    by_value = sorted(known, key=lambda at: one.values[at] or 0)
    return list(dict.fromkeys([known[-1], by_value[-1], by_value[0]]))


def _names(paper: Paper, lines: list[Series], field: _Field, scale: Scale) -> None:
    """Name and last value at the end of each line, pushed apart."""
    ends = [
        (scale.at(one.known[-1]) if one.known else field.base, one, stroke)
        for one, stroke in zip(lines, COLOURS, strict=False)
    ]
    ends.sort(key=lambda end: end[0])
    size = min(LABEL - 2, (field.base - field.top) / max(len(ends), 1) * 0.42)
    # A line's value stands below its name: both above the dates.
    gap, lowest = size / 0.42, field.base - size
    places: list[float] = []
    for y, _, _ in ends:
        places.append(max(y, places[-1] + gap if places else field.top))
    for at in range(len(places) - 1, -1, -1):
        limit = lowest if at == len(places) - 1 else places[at + 1] - gap
        places[at] = min(places[at], limit)
    for place, (_, one, stroke) in zip(places, ends, strict=True):
        x = field.right + 12
        last = said(one.known[-1] if one.known else None, one.unit)
        paper.text(x, place - 2, fit(one.name, size, RIGHT - x), size=size, fill=stroke)
        paper.text(x, place - 2 + size * 1.08, fit(last, size, RIGHT - x), size=size, fill=stroke, bold=True)


def _moments(paper: Paper, labels: list[str], field: _Field) -> None:
    """As many dates as have room, the last one always and whole."""
    widest = room_for(labels[:-1], SMALL, least=1, most=_MOMENT) + 24
    step = (field.right - field.left) / max(len(labels), 1)
    every = max(-int(-widest // step), 1)
    paper.y += 34
    taken = field.right + 30.0
    for at in range(len(labels) - 1, -1, -every):
        is_last = at == len(labels) - 1
        shown = fit(labels[at], SMALL, _MOMENT if is_last else min(max(step * every - 8, 40), _MOMENT))
        half = width(shown, SMALL) / 2
        x = min(max(field.x(at), LEFT + half), field.right + 10 - half)
        if x + half < taken - 10:
            taken = x - half
            paper.text(x, paper.y, shown, size=SMALL, fill=SOFT, anchor="middle")
    paper.y += 6
