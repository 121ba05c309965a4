"""A picture takes about as long whatever its height: a tall one is drawn with fewer pixels, never with too few."""

from __future__ import annotations

import pytest

from bot.insight import pictures
from bot.insight.pictures.process import Painter, sharpness
from tests.insight.pictures.samples import SAMPLES

#: Width and height stand in the header of a PNG.
WIDE, HIGH = slice(16, 20), slice(20, 24)


@pytest.mark.parametrize(("high", "expected"), [(300, 1.2), (1000, 0.86), (5000, 0.86)])
def test_sharp_where_it_is_small_and_readable_where_it_is_tall(high: int, expected: float) -> None:
    """Between the two the pixels are as many."""
    assert sharpness(f'<svg viewBox="0 0 640 {high}" width="640" height="{high}">') == expected
    between = sharpness('<svg viewBox="0 0 640 700" width="640" height="700">')
    assert round(640 * 700 * between**2) == 400_000


def test_every_kind_is_drawn_with_its_pixels() -> None:
    """As wide as its sharpness says."""
    painter = Painter()
    for chart in SAMPLES.values():
        png, _ = painter.paint(chart)
        wide, high = (int.from_bytes(png[part], "big") for part in (WIDE, HIGH))
        assert abs(wide - 640 * sharpness(pictures.draw(chart))) <= 1
        assert wide >= 550
        assert wide * high <= 640_000
