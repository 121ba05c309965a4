"""Two periods side by side: for each label this one's bar, the other's, and the difference."""

from __future__ import annotations

from bot.insight.pictures import texts
from bot.insight.pictures.amounts import difference, said
from bot.insight.pictures.measure import fit, width
from bot.insight.pictures.paper import (
    BEFORE,
    BLUE,
    FIGURE,
    GREEN,
    INK,
    LABEL,
    LEFT,
    ORANGE,
    RIGHT,
    SMALL,
    SOFT,
    Paper,
    remark,
    room_for,
)
from bot.insight.pictures.plan import Plan
from bot.insight.pictures.scale import Scale, scale_of

ROWS = 8
_HIGH, _BAR, _GAP = 92, 30, 20
#: The widest of the two names beside their colours.
_NAME = (RIGHT - LEFT) / 2 - 66


def draw(paper: Paper, plan: Plan) -> None:
    """A label, two bars with their values, and by how much it went up or down."""
    shown = len(plan.labels) if len(plan.labels) <= ROWS + 1 else ROWS
    now, before = pair(plan)
    changes = [change(plan, at) for at in range(shown)]
    names = room_for(list(plan.labels[:shown]), LABEL, least=60, most=170)
    deltas = room_for(changes, LABEL, least=0, most=160)
    _key(paper, plan)
    begins = LEFT + names + _GAP
    words = [said(value, plan.first.unit) for value in (*now[:shown], *before[:shown])]
    room = max(width(word, FIGURE) for word in words) + 12 if words else 12
    ends = max(RIGHT - deltas - room - 14, begins + 20)
    scale = scale_of([value for value in (*now[:shown], *before[:shown]) if value is not None], begins, ends)
    for at in range(shown):
        y = paper.y + at * _HIGH
        paper.text(LEFT, y + _BAR + 12, fit(plan.labels[at], LABEL, names))
        _bar(paper, scale, now[at], y + 4, unit=plan.first.unit, is_now=True)
        _bar(paper, scale, before[at], y + 8 + _BAR, unit=plan.first.unit, is_now=False)
        paper.text(RIGHT, y + _BAR + 12, fit(changes[at], LABEL, deltas), fill=colour(plan, at), anchor="end")
    paper.y += shown * _HIGH
    remark(paper, texts.rest(len(plan.labels) - shown) if len(plan.labels) > shown else "")


def pair(plan: Plan) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """Both periods' values."""
    now = plan.first.values
    return now, plan.series[1].values if len(plan.series) > 1 else (None,) * len(now)


def change(plan: Plan, at: int) -> str:
    """The difference with an arrow; empty where there is none to say."""
    now, before = pair(plan)
    if now[at] is not None and now[at] == before[at]:
        return texts.SAME
    by = difference(now[at], before[at], plan.first.unit)
    return by and f"{_arrow(now[at], before[at])}{by}"


def _arrow(now: float | None, before: float | None) -> str:
    if now is None or before is None or now == before:
        return ""
    return "▲ " if now > before else "▼ "


def colour(plan: Plan, at: int) -> str:
    """Green the good way, orange the other; ink where neither is."""
    now, before = pair(plan)
    if not plan.good or now[at] is None or before[at] is None or now[at] == before[at]:
        return INK
    is_up = (now[at] or 0) > (before[at] or 0)
    return GREEN if is_up == (plan.good == "up") else ORANGE


def _key(paper: Paper, plan: Plan) -> None:
    """Which bar is which, in the colours of the bars."""
    paper.y += 8
    x = float(LEFT)
    for one, fill in zip(plan.series[:2], (BLUE, BEFORE), strict=False):
        word = fit(one.name, SMALL + 2, _NAME)
        paper.box(x, paper.y, 22, 22, fill, round_=3)
        paper.text(x + 32, paper.y + 20, word, size=SMALL + 2, fill=SOFT)
        x += 32 + width(word, SMALL + 2) + 34
    paper.y += 40


def _bar(paper: Paper, scale: Scale, value: float | None, y: float, *, unit: str, is_now: bool) -> None:
    word, fill = said(value, unit), BLUE if is_now else BEFORE
    end = scale.nought if value is None else scale.at(value)
    left, right = min(end, scale.nought), max(end, scale.nought)
    if value is not None:
        paper.box(left, y, max(right - left, 3), _BAR, fill, round_=3)
    paper.text(right + 10, y + 25, word, size=FIGURE, fill=INK if is_now else SOFT, bold=is_now)
