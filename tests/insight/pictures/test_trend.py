"""A line's last moment may still go on: it is shown as unfinished, and its value can be read."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from bot.insight import charts, pictures
from bot.insight.pictures.paper import BLUE, ORANGE
from tests.insight.pictures.frame import VALUE, along, outside, overlapping, texts

MONTHS = [f"2026年{month}月" for month in range(1, 12)]
VALUES = [107, 181, 214, 730, 660, 132, 308, 529, 406, 740, 76]


def month_by_month(*series, so_far="本月至今"):
    lines = series or [charts.series_of("新增线索", VALUES)]
    return charts.trend_chart("走势", MONTHS, lines, so_far=so_far)


def strokes(svg, colour=BLUE):
    """Points and dashes of each piece of a line."""
    return [
        (len(node.get("points", "").split()), node.get("stroke-dasharray", ""))
        for node in ET.fromstring(svg)  # noqa: S314 - our own
        if node.tag.endswith("polyline") and node.get("stroke") == colour
    ]


def test_the_way_to_a_month_that_still_goes_on_is_dashed_and_named():
    """Else eleven days beside whole months look like a plunge."""
    svg = pictures.draw(month_by_month())
    said = [piece.said for piece in texts(svg)]

    assert [(points, bool(dash)) for points, dash in strokes(svg)] == [(2, True), (10, False)]
    assert "本月至今" in said
    assert "11月" not in said
    assert "2026年11月（本月至今）：76" in pictures.words(month_by_month())
    assert overlapping(svg) == []
    assert outside(svg) == []


def test_a_month_that_is_over_is_drawn_like_the_others():
    """One line, no dash."""
    svg = pictures.draw(month_by_month(so_far=""))

    assert strokes(svg) == [(11, "")]
    assert "至今" not in pictures.words(month_by_month(so_far=""))


def test_the_period_it_is_set_against_is_whole():
    """Only this period's last month still goes on."""
    before = charts.series_of("对比期", VALUES[::-1], is_over=True)
    svg = pictures.draw(month_by_month(charts.series_of("本期", VALUES), before))

    assert [bool(dash) for _, dash in strokes(svg)] == [True, False]
    assert strokes(svg, ORANGE) == [(11, "")]


def test_a_last_value_that_nobody_knows_leaves_nothing_dashed():
    """The line ends with the last month that is known, and that month was whole."""
    svg = pictures.draw(month_by_month(charts.series_of("赢单率", [*VALUES[:-1], None])))
    assert strokes(svg) == [(10, "")]


@pytest.mark.parametrize(
    "values",
    [
        [*range(100, 1000, 90), 1_234_567],
        [*range(900, 0, -90), 5],
        [500_000, 20] * 5 + [500_000],
        [3] * 11,
        VALUES,
    ],
    ids=["rising", "falling", "to and fro", "level", "a fall at the end"],
)
def test_the_last_value_stands_off_the_line(values):
    """There is room on its right."""
    svg = pictures.draw(month_by_month(charts.series_of("新增线索", values)))
    last = max((piece for piece in texts(svg) if piece.high == VALUE), key=lambda piece: piece.right)

    assert not [point for point in along(svg) if last.holds(point)]
    assert outside(svg) == []
