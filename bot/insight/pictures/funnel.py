"""A funnel: how many came to each step, and which share of the step before."""

from __future__ import annotations

from bot.insight.pictures import texts
from bot.insight.pictures.amounts import said
from bot.insight.pictures.measure import fit, width
from bot.insight.pictures.paper import BLUE, FIGURE, INK, LABEL, LEFT, PALE, RIGHT, SOFT, Paper, room_for
from bot.insight.pictures.paper import remark as remarked
from bot.insight.pictures.plan import Plan

STEPS = 10
_BAR, _GAP = 58, 34
_RATES = 130
#: With two steps the one rate says it all.
_SEVERAL = 3


def draw(paper: Paper, plan: Plan) -> None:
    """Bars around a middle, joined; the rates stand between them at the right."""
    labels, values = plan.labels[:STEPS], plan.first.values[:STEPS]
    names = room_for(list(labels), LABEL, least=80, most=190)
    begins, ends = LEFT + names + 20, RIGHT - _RATES
    middle, most = (begins + ends) / 2, max([abs(value) for value in plan.first.known], default=0) or 1
    halves = [max(abs(value or 0) / most, 0) * (ends - begins) / 2 for value in values]
    for at, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = paper.y + at * (_BAR + _GAP)
        half = max(halves[at], 2)
        if at + 1 < len(values):
            after = max(halves[at + 1], 2)
            low = y + _BAR
            paper.shape(
                [
                    (middle - half, low),
                    (middle + half, low),
                    (middle + after, low + _GAP),
                    (middle - after, low + _GAP),
                ],
                PALE,
            )
            share = rate(value, values[at + 1])
            told = fit(share and f"↓ {share}", LABEL, _RATES)
            paper.text(RIGHT, low + _GAP / 2 + 10, told, size=LABEL, fill=SOFT, anchor="end")
        paper.box(middle - half, y, half * 2, _BAR, BLUE, round_=4)
        paper.text(LEFT, y + _BAR / 2 + 10, fit(label, LABEL, names))
        word = said(value, plan.first.unit)
        _count(paper, word, y + _BAR / 2 + 11, middle=middle, half=half, ends=ends)
    paper.y += len(labels) * (_BAR + _GAP) - _GAP
    remarked(paper, remark(plan))


def _count(paper: Paper, word: str, base: float, *, middle: float, half: float, ends: float) -> None:
    """In the bar where it has room, else beside it."""
    if width(word, FIGURE) + 20 <= half * 2:
        paper.text(middle, base, word, size=FIGURE, fill="#ffffff", anchor="middle", bold=True)
    else:
        x = middle + half + 10
        paper.text(x, base, fit(word, FIGURE, ends + _RATES - x), size=FIGURE, fill=INK, bold=True)


def rate(before: float | None, now: float | None) -> str:
    """The share that came from one step to the next; empty where nobody could."""
    return said(now / before, "percent") if before and now is not None else ""


def remark(plan: Plan) -> str:
    """How many of the first came to the last."""
    values = plan.first.values
    if len(values) < _SEVERAL or not rate(values[0], values[-1]):
        return ""
    return texts.TOTAL_RATE.format(
        first=plan.labels[0], last=plan.labels[-1], rate=rate(values[0], values[-1])
    )
