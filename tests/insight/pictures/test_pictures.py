"""Pictures of numbers: each kind as it is, whatever is put into it, and the same in words."""

from __future__ import annotations

import os
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight import charts, pictures
from tests.insight.pictures.frame import VALUE, along, outside, overlapping, texts
from tests.insight.pictures.samples import GOLDEN, SAMPLES

#: `PICTURES=5000` tries as many, each time others.
MANY = int(os.environ.get("PICTURES", "0"))
KINDS = sorted(SAMPLES)
HOSTILE = [
    "</text><script>alert(1)</script>", '" onload="x', "&amp;&lt;", "\u202eabc", "مرحبا بالعالم", "שלום", "🔥👨\u200d👩\u200d👧\u200d👦🇨🇳",
    "﷽﷽﷽", "Z̴̡̛͔̈́̈́a̷l̸g̶o", "W" * 300, "龘" * 300, "𠮷野", "\x00\x1b\ufffe\ud800", "a\tb\nc", "",
]  # fmt: skip
LABELS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
VALUES = st.one_of(
    st.none(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.booleans(),
    st.sampled_from([0, 10**12, "7", 1e-9]),
)
UNITS = st.sampled_from(["count", "money", "percent", "minutes", "days", "mark", "ratio", "nonsense"])


@st.composite
def anything(draw: st.DrawFn) -> dict:
    """A chart of any kind with anything in it."""
    labels = draw(st.lists(LABELS, max_size=draw(st.sampled_from([1, 3, 60]))))
    values = st.lists(VALUES, min_size=len(labels), max_size=len(labels) + 2)
    series = [
        charts.series_of(draw(LABELS), draw(values), unit=draw(UNITS)) for _ in range(draw(st.integers(1, 7)))
    ]
    return {
        "kind": draw(st.sampled_from(KINDS)), "title": draw(LABELS), "subtitle": draw(LABELS),
        "note": draw(LABELS), "labels": labels, "series": series, "good": draw(st.sampled_from(["up", "", 3])),
        **{name: draw(values) for name in ("low", "high", "target", "done")},
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_looks_as_it_was_looked_at(kind):
    """Letter for letter; `python -m tests.insight.pictures.samples` writes them anew."""
    assert pictures.draw(SAMPLES[kind]) + "\n" == (GOLDEN / f"{kind}.svg").read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_leaves_the_picture_or_lies_on_another_text(kind):
    """Long names are cut."""
    svg = pictures.draw(SAMPLES[kind])
    assert outside(svg) == []
    assert overlapping(svg) == []


@settings(max_examples=MANY or 200, deadline=None, derandomize=not MANY)
@given(anything())
def test_whatever_is_put_in_stays_within_the_picture(chart):
    """Hostile text, emoji, right to left, endless numbers, none at all."""
    svg = pictures.draw(chart)

    assert outside(svg) == []
    assert overlapping(svg) == []
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert {node.tag.partition("}")[2] for node in root.iter()} <= {
        "svg", "title", "desc", "rect", "text", "polyline", "polygon", "circle",
    }  # fmt: skip
    assert not any(name.startswith("on") or "href" in name for node in root.iter() for name in node.attrib)
    assert pictures.words(chart)


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_say_every_number_of_the_picture(kind):
    """Whoever cannot see it misses none; dates on the axes and marks of the scale are no content."""
    said = pictures.words(SAMPLES[kind])
    scale = {"0", "10", "20", "30", "40"} if kind == "line" else set()
    for piece in texts(pictures.draw(SAMPLES[kind])):
        if re.fullmatch(r"\d+/\d+", piece.said) or piece.said in scale or "…" in piece.said:
            continue
        for number in re.findall(r"[\d,.]+[万亿%]*", piece.said):
            assert number in said


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_shows_it_to_those_who_cannot_see(kind):
    """A role, a name and a description; nothing that a strict page would stop."""
    svg = pictures.draw(SAMPLES[kind])
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert root.get("role") == "img"
    assert root.get("aria-label") == SAMPLES[kind]["title"]
    assert root.findtext("{http://www.w3.org/2000/svg}desc") == pictures.words(SAMPLES[kind])
    assert "style=" not in svg
    assert " id=" not in svg


def test_what_has_no_room_is_counted():
    """Twelve bars of fifty; one left over is drawn rather than counted."""
    fifty = charts.ranking_chart("排名", [f"销售{at}" for at in range(50)], list(range(50)))
    thirteen = charts.ranking_chart("排名", [f"销售{at}" for at in range(13)], list(range(13)))
    assert "其余 38 项" in [piece.said for piece in texts(pictures.draw(fifty))]
    assert "销售12" in [piece.said for piece in texts(pictures.draw(thirteen))]
    assert "其余" not in pictures.draw(thirteen)


def test_a_bar_below_nought_goes_the_other_way():
    """Its value stands on the free side."""
    svg = pictures.draw(charts.ranking_chart("投产比", ["官网", "展会"], [2, -1], unit="ratio"))
    (_, gain), (_, loss) = [(piece.said, piece.left) for piece in texts(svg) if piece.said in {"2", "-1"}]
    assert loss < gain
    assert outside(svg) == []


def test_nothing_found_is_said():
    """An empty picture would look like a fault."""
    empty = charts.ranking_chart("业绩排名", [], [])
    assert "这个范围里没有数据" in pictures.draw(empty)
    assert "这个范围里没有数据" in pictures.words(empty)


@pytest.mark.parametrize("chart", [{}, {"kind": "pie", "series": [{}]}, {"kind": "bar", "series": []}])
def test_what_is_no_chart_is_refused(chart):
    """A clear error, and the words are said instead."""
    with pytest.raises(ValueError, match=r"chart|picture"):
        pictures.draw(chart)


def test_a_line_alone_is_labelled_and_five_are_named_at_their_ends():
    """No legend: the eye does not have to go back and forth."""
    months = [f"2026年{month}月" for month in range(1, 7)]
    lines = [charts.series_of(name, [at * 7 % 50 + 3 * at for at in range(6)]) for name in "甲乙丙丁戊"]
    svg = pictures.draw(charts.trend_chart("每月", months, lines))
    said = [piece.said for piece in texts(svg)]
    assert said.count("5月") <= 1
    assert {"甲", "乙", "丙", "丁", "戊"} <= set(said)
    assert overlapping(svg) == []


def test_two_points_make_a_picture_and_one_does_not():
    """What is said sooner than seen is only said, as noughts are; a forecast is always worth its band."""
    assert not pictures.is_worth_it(charts.ranking_chart("排名", ["张三"], [3]))
    assert not pictures.is_worth_it(charts.ranking_chart("排名", ["张三", "李娜"], [None, None]))
    assert not pictures.is_worth_it(charts.funnel_chart("漏斗", [[0, 0, 0]], labels=["线索", "商机", "成交"]))
    assert not pictures.is_worth_it(None)
    assert pictures.is_worth_it({"kind": "pie"}), "the painter refuses it and counts that"
    assert pictures.is_worth_it(charts.ranking_chart("排名", ["张三", "李娜"], [3, 0]))
    assert pictures.is_worth_it(charts.interval_chart("预测", ["本季度"], [3], [(1, 5)]))


LINES = {
    "rising": [1, 2, 4, 8, 16, 32, 64, 128],
    "falling": [128, 64, 32, 16, 8, 4, 2, 1],
    "to and fro": [10, 90, 12, 88, 9, 91, 10, 85],
    "one peak": [0, 0, 0, 5, 0, 0, 0],
    "a fall at the end": [284_000, 288_000, 250_000, 208_000, 335_000, 79_000],
    "long": [107, 181, 214, 730, 660, 132, 308, 529, 406, 740, 376],
}


@pytest.mark.parametrize("values", LINES.values(), ids=LINES)
def test_no_value_lies_on_the_line_that_it_belongs_to(values):
    """And the most, the least and the last are always said."""
    labels = [f"11月{day}日" for day in range(1, len(values) + 1)]
    svg = pictures.draw(charts.trend_chart("走势", labels, [charts.series_of("新增线索", values)]))

    said = [piece for piece in texts(svg) if piece.high == VALUE]
    known = {piece.said.replace(",", "") for piece in said}
    wanted = values if len(values) <= 8 else [max(values), min(values), values[-1]]
    assert known == {short(value) for value in wanted}
    assert [piece.said for piece in said if any(piece.holds(point) for point in along(svg))] == []


def short(value: int) -> str:
    return str(value) if value < 100_000 else f"{value / 10_000:g}万"
