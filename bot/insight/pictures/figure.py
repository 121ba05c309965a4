"""One number, as large as the picture takes, and what it is set against."""

from __future__ import annotations

from bot.insight.pictures.amounts import said
from bot.insight.pictures.compare import change, colour, pair
from bot.insight.pictures.measure import fit, width
from bot.insight.pictures.paper import BLUE, LEFT, ROOM, SOFT, Paper
from bot.insight.pictures.plan import Plan

_LARGE, _BESIDE = 128, 36


def draw(paper: Paper, plan: Plan) -> None:
    """The number; below it the other period's and the difference."""
    word = said(plan.first.values[0], plan.first.unit) if plan.labels else said(None, "count")
    size = min(_LARGE, _LARGE * ROOM / max(width(word, _LARGE), 1))
    paper.y += size * 0.95
    paper.text(LEFT - 4, paper.y, word, size=size, fill=BLUE, bold=True)
    paper.y += 22
    if len(plan.series) > 1 and plan.labels:
        _, before = pair(plan)
        beside = fit(f"{plan.series[1].name} {said(before[0], plan.first.unit)}", _BESIDE, ROOM * 0.62)
        by = change(plan, 0)
        paper.y += 44
        paper.text(LEFT, paper.y, beside, size=_BESIDE, fill=SOFT)
        x = LEFT + width(beside, _BESIDE) + 28
        paper.text(
            x, paper.y, fit(by, _BESIDE, LEFT + ROOM - x), size=_BESIDE, fill=colour(plan, 0), bold=True
        )
        paper.y += 10
