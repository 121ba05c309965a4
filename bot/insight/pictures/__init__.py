"""Pictures of charts: SVG of our own, for pages as it is and for chats as PNG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.insight.pictures import (
    compare,
    figure,
    funnel,
    heat,
    interval,
    journey,
    paper,
    ranking,
    texts,
    trend,
)
from bot.insight.pictures import words as wording
from bot.insight.pictures.plan import Plan, plan_of

_KINDS: dict[str, Callable[[paper.Paper, Plan], None]] = {
    "number": figure.draw,
    "bar": ranking.draw,
    "line": trend.draw,
    "compare": compare.draw,
    "funnel": funnel.draw,
    "heat": heat.draw,
    "interval": interval.draw,
}


_LEAST = 2


def draw(chart: Mapping[str, Any]) -> str:
    """SVG of a chart as bot/insight/charts.py makes it; ValueError for what is none.

    It may stand in a page as it is: every text is escaped, it holds no style, script, link or id, and
    `role="img"` with `<title>` and `<desc>` says the same in words.
    """
    if chart.get("kind") == journey.KIND:
        return _journey(chart)
    plan = _plan(chart)
    page = paper.Paper()
    paper.head(page, plan)
    if plan.labels:
        _KINDS[plan.kind](page, plan)
    else:
        page.y += 60
        page.text(paper.LEFT, page.y, texts.NO_DATA, fill=paper.SOFT)
        page.y += 20
    paper.foot(page, plan)
    return paper.svg(page, title=plan.title, said=wording.words(plan))


def is_worth_it(chart: Mapping[str, Any] | None) -> bool:
    """Whether people would rather look: a bar or a point alone is said sooner than seen."""
    if not chart:
        return False
    if chart.get("kind") == journey.KIND:
        return True
    try:
        plan = _plan(chart)
    except ValueError:
        # Whoever draws it refuses it, logs and counts that; no answer is lost over it.
        return True
    alone = plan.kind in {"bar", "line", "heat", "compare"} and len(plan.labels) < _LEAST
    # Nothing but noughts is a sentence.
    return bool(plan.labels) and not alone and any(any(one.known) for one in plan.series)


def words(chart: Mapping[str, Any]) -> str:
    """The same content as text; ValueError for what is no chart."""
    if chart.get("kind") == journey.KIND:
        return _of_journey(journey.read(chart))
    return wording.words(_plan(chart))


def _journey(chart: Mapping[str, Any]) -> str:
    found, page = journey.read(chart), paper.Paper()
    head = Plan(journey.KIND, found.title, found.subtitle, found.note, (), ())
    paper.head(page, head)
    journey.draw(page, found)
    paper.foot(page, head)
    return paper.svg(page, title=found.title, said=_of_journey(found))


def _of_journey(found: journey.Picture) -> str:
    return "\n".join(
        part for part in (found.title, found.subtitle, *journey.words(found), found.note) if part
    )


def _plan(chart: Mapping[str, Any]) -> Plan:
    plan = plan_of(chart)
    if plan.kind not in _KINDS:
        msg = f"there is no picture of kind {plan.kind[:40]!r}"
        raise ValueError(msg)
    return plan
