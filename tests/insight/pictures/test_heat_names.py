"""Each column of a field of squares has its name where names are what they are."""

from __future__ import annotations

from bot.insight import charts, pictures
from tests.insight.pictures.frame import outside, overlapping, texts

SOURCES = ["展会", "抖音", "转介绍", "百度推广", "官网"]


def field(columns: list[str]) -> str:
    rows = {name: list(range(len(columns))) for name in ("王伟（杭州组）", "高峰")}
    return pictures.draw(charts.heat_chart("按负责人、来源看新增线索", columns, rows))


def test_a_name_too_wide_for_its_column_stands_on_two_lines() -> None:
    """None is left out, the short ones stay whole, nothing lies on anything else."""
    svg = field(SOURCES)
    shown = {one.said for one in texts(svg)}
    assert {"展会", "抖音", "官网", "百度", "推广"} <= shown
    assert outside(svg) == []
    assert overlapping(svg) == []


def test_hours_are_no_names() -> None:
    """Some of them are enough, and none is cut in two."""
    shown = {one.said for one in texts(field([str(hour) for hour in range(10, 34)]))}
    assert "10" in shown
    assert "11" not in shown
    assert not shown & {"1", "3"}
