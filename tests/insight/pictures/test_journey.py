"""The picture of a journey: every step in its place, nothing outside the frame, whatever comes."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from bot.crm.company.load import load
from bot.insight.pictures import draw, words
from bot.insight.pictures.paper import WIDTH
from bot.journeys import picture

COMPANY = load(Path(__file__).resolve().parents[3] / "config")


def _boxes(svg: str) -> list[tuple[float, float, float, float]]:
    found = re.findall(r'<rect x="([-\d.]+)" y="([-\d.]+)" width="([-\d.]+)" height="([-\d.]+)"', svg)
    return [tuple(map(float, one)) for one in found]  # type: ignore[misc]


@pytest.mark.parametrize("key", sorted(COMPANY.journeys))
def test_every_shipped_journey_is_drawn_whole(key):
    """Each step's words are in the drawing, and each box is inside of it."""
    chart = picture.with_numbers(COMPANY.journeys[key], COMPANY, (), {})
    svg = draw(chart)
    high = float(re.search(r'viewBox="0 0 \d+ (\d+)"', svg)[1])

    assert len(_boxes(svg)) >= 2 * len(chart["steps"])
    assert all(x >= 0 and x + w <= WIDTH and y >= 0 and y + h <= high for x, y, w, h in _boxes(svg))
    assert all(step["text"] in words(chart) for step in chart["steps"])


def test_a_step_further_on_is_drawn_further_down():
    chart = {"kind": "journey", "title": "t", "entry": "e", "steps": [{"text": f"步{n}"} for n in range(9)]}
    svg = draw(chart)
    at = [float(re.search(rf'y="([\d.]+)"[^>]*>步{n}<', svg)[1]) for n in range(9)]

    assert at == sorted(at)
    assert len(set(at)) == 9


def test_what_is_too_long_is_counted():
    """Forty steps are drawn; of the rest it says how many there are."""
    chart = {"kind": "journey", "title": "t", "entry": "e", "steps": [{"text": "步"}] * 45}

    assert "其余 5 步" in draw(chart)


def test_a_marked_way_stands_out():
    """What is not on it is pale."""
    steps = [{"kind": "touch", "text": "走过", "on": True}, {"kind": "touch", "text": "没走"}]
    chart = {"kind": "journey", "title": "t", "entry": "e", "steps": steps, "marked": True}

    colours = dict(re.findall(r'fill="(#[0-9a-f]{6})"[^>]*>(走过|没走)<', draw(chart)))

    assert {said: colour for colour, said in colours.items()} == {"走过": "#1b2430", "没走": "#8a95a3"}


@pytest.mark.parametrize("seed", range(20))
def test_anything_at_all_is_drawn_or_refused(seed):
    """Hostile words and shapes: an SVG that is whole, or ValueError; never a script."""
    dice = random.Random(seed)

    def anything(depth: int) -> object:
        kinds = [None, 7, "<script>alert(1)</script>", "长" * 500, "\u202e\x00", True, -1.5]
        if depth <= 0 or dice.random() < 0.3:
            return dice.choice(kinds)
        names = ["kind", "text", "aside", "here", "on", "ways", "steps", "label"]
        if dice.random() < 0.4:
            return [anything(depth - 1) for _ in range(3)]
        return {name: anything(depth - 1) for name in dice.sample(names, 5)}

    chart = {
        "kind": "journey",
        "title": anything(0),
        "entry": anything(1),
        "steps": [anything(5), {"text": "x"}],
    }
    svg = draw(chart)

    assert svg.endswith("</svg>")
    assert "<script" not in svg
    assert all(x + w <= WIDTH for x, _, w, _ in _boxes(svg))


def test_a_journey_without_steps_is_none():
    with pytest.raises(ValueError, match="at least one step"):
        draw({"kind": "journey", "title": "t", "steps": []})
