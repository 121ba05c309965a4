"""A ranking: a name, a bar and a value on each line; several metrics stand side by side."""

from __future__ import annotations

from bot.insight.pictures import texts
from bot.insight.pictures.amounts import said
from bot.insight.pictures.measure import fit, width
from bot.insight.pictures.paper import (
    BLUE,
    FAINT,
    FIGURE,
    INK,
    LABEL,
    LEFT,
    RIGHT,
    SOFT,
    Paper,
    remark,
    room_for,
)
from bot.insight.pictures.plan import Plan, Series
from bot.insight.pictures.scale import scale_of

ROWS, COLUMNS = 12, 3
_HIGH, _BAR, _GAP = 56, 30, 22
_NAMES = 210


def draw(paper: Paper, plan: Plan) -> None:
    """Bars from one base line, each with its value behind it."""
    shown = _rows(plan)
    names = room_for([plan.labels[at] for at in range(shown)], LABEL, least=60, most=_NAMES)
    columns = plan.series[:COLUMNS]
    begins = LEFT + names + _GAP
    wide = (RIGHT - begins - _GAP * (len(columns) - 1)) / len(columns)
    if len(columns) > 1:
        paper.y += 28
        for at, one in enumerate(columns):
            x = begins + at * (wide + _GAP)
            paper.text(x, paper.y, fit(one.name, LABEL, wide), fill=SOFT)
        paper.y += 14
    top = paper.y
    for at in range(shown):
        base = top + at * _HIGH + _HIGH / 2
        paper.text(LEFT, base + 10, fit(plan.labels[at], LABEL, names))
    for at, one in enumerate(columns):
        _column(paper, one, shown, x=begins + at * (wide + _GAP), wide=wide, top=top)
    paper.y = top + shown * _HIGH
    remark(paper, left_out(plan, shown))


def left_out(plan: Plan, shown: int) -> str:
    """What is not drawn, in words."""
    rest, metrics = len(plan.labels) - shown, len(plan.series) - COLUMNS
    said_ = [texts.rest(rest)] if rest else []
    return "，".join([*said_, texts.rest(metrics, "个指标")] if metrics > 0 else said_)


def _rows(plan: Plan) -> int:
    """Twelve; one more rather than a rest of one."""
    return len(plan.labels) if len(plan.labels) <= ROWS + 1 else ROWS


def _column(paper: Paper, one: Series, shown: int, *, x: float, wide: float, top: float) -> None:
    values = one.values[:shown]
    words = [said(value, one.unit) for value in values]
    # Room for the value behind the longest bar, whichever it is.
    room = max([width(word, FIGURE) for word in words], default=0) + 12
    ends = max(x + wide - room, x + 20)
    scale = scale_of([value for value in values if value is not None], x, ends)
    high = shown * _HIGH
    if scale.low < 0:
        paper.line([(scale.nought, top + 4), (scale.nought, top + high - 4)], FAINT)
    for at, (value, word) in enumerate(zip(values, words, strict=True)):
        base = top + at * _HIGH + _HIGH / 2
        end = scale.nought if value is None else scale.at(value)
        left, right = min(end, scale.nought), max(end, scale.nought)
        if value is not None:
            paper.box(left, base - _BAR / 2, max(right - left, 3), _BAR, BLUE, round_=3)
        left_over = x + wide - right - 10 + 2
        paper.text(right + 10, base + 11, fit(word, FIGURE, left_over), size=FIGURE, fill=INK, bold=at == 0)
