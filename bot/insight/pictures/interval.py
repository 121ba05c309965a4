"""Forecasts: what is expected, the band it lies in, what is done already, and the target."""

from __future__ import annotations

from bot.insight.pictures import texts
from bot.insight.pictures.amounts import said
from bot.insight.pictures.measure import fit, width
from bot.insight.pictures.paper import (
    BLUE,
    FAINT,
    FIGURE,
    GREEN,
    INK,
    LABEL,
    LEFT,
    ORANGE,
    PALE,
    RIGHT,
    ROOM,
    SMALL,
    SOFT,
    Paper,
    remark,
)
from bot.insight.pictures.plan import Plan
from bot.insight.pictures.scale import Scale, scale_of

ROWS = 7
_HIGH, _BAR = 128, 34
_NAMES = ("预测", "目标", "已赢单")


def draw(paper: Paper, plan: Plan) -> None:
    """A strip for each label on one common scale; its numbers stand above it."""
    shown = len(plan.labels) if len(plan.labels) <= ROWS + 1 else ROWS
    every = (plan.first.values, plan.low, plan.high, plan.target, plan.done)
    known = [value for values in every for value in values[:shown] if value is not None]
    scale = scale_of(known, LEFT, RIGHT - 4)
    for at in range(shown):
        _strip(paper, plan, at, scale, paper.y + at * _HIGH)
    paper.y += shown * _HIGH
    _key(paper, plan)
    remark(paper, texts.rest(len(plan.labels) - shown) if len(plan.labels) > shown else "")


def name_of(plan: Plan, place: int) -> str:
    """What the forecast, the target and what is done are called."""
    return plan.names[place] if place < len(plan.names) and plan.names[place] else _NAMES[place]


def _strip(paper: Paper, plan: Plan, at: int, scale: Scale, y: float) -> None:
    unit, value = plan.first.unit, plan.first.values[at]
    low, high = at_(plan.low, at), at_(plan.high, at)
    word = said(value, unit)
    half = ROOM / 2 - 10
    paper.text(LEFT, y + 36, fit(plan.labels[at], LABEL, half))
    paper.text(RIGHT, y + 36, word, size=FIGURE + 4, fill=BLUE, anchor="end", bold=True)
    top = y + 52
    paper.box(LEFT, top + _BAR / 2 - 3, ROOM, 6, FAINT, round_=3)
    if low is not None and high is not None:
        left, right = sorted((scale.at(low), scale.at(high)))
        paper.box(left, top, max(right - left, 4), _BAR, PALE, round_=6)
        paper.text(RIGHT, top + _BAR + 28, texts.band(low, high, unit), size=SMALL, fill=SOFT, anchor="end")
    done = at_(plan.done, at)
    if done is not None:
        left, right = sorted((scale.nought, scale.at(done)))
        paper.box(left, top + _BAR / 2 - 6, max(right - left, 3), 12, GREEN, round_=3)
    target = at_(plan.target, at)
    if target is not None:
        x = scale.at(target)
        paper.line([(x, top - 6), (x, top + _BAR + 6)], ORANGE, wide=5)
    if value is not None:
        paper.dot(scale.at(value), top + _BAR / 2, 13, BLUE)
    told = beside(plan, at)
    room = ROOM - width(texts.band(low, high, unit), SMALL) - 20
    paper.text(LEFT, top + _BAR + 28, fit(told, SMALL, room), size=SMALL, fill=SOFT)


def beside(plan: Plan, at: int) -> str:
    """What is done and what is wanted, in words."""
    given = [(name_of(plan, 2), at_(plan.done, at)), (name_of(plan, 1), at_(plan.target, at))]
    return "，".join(f"{name} {said(value, plan.first.unit)}" for name, value in given if value is not None)


def _key(paper: Paper, plan: Plan) -> None:
    """What the marks are, each beside the mark itself."""
    marks = [(BLUE, name_of(plan, 0), True), (PALE, "可能的范围", bool(plan.low))]
    marks += [(GREEN, name_of(plan, 2), any(value is not None for value in plan.done))]
    marks += [(ORANGE, name_of(plan, 1), any(value is not None for value in plan.target))]
    x, paper.y = float(LEFT), paper.y + 32
    for fill, name, is_there in marks:
        if is_there:
            word = fit(name, SMALL, 140)
            paper.box(x, paper.y - 19, 22, 22, fill, round_=11 if fill == BLUE else 3)
            paper.text(x + 30, paper.y, word, size=SMALL, fill=INK)
            x += 30 + width(word, SMALL) + 26
    paper.y += 8


def at_(values: tuple[float | None, ...], at: int) -> float | None:
    """The value of one label; None where none are given."""
    return values[at] if at < len(values) else None
