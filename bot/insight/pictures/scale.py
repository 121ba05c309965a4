"""From values to places on the picture."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日(?:-.*)?")
_MONTH = re.compile(r"(\d{4})年(\d{1,2})月")
_QUARTER = re.compile(r"(\d{4})年第(\d)季度")
#: Steps of a scale that are read without counting.
_STEPS = (1, 2, 2.5, 5, 10)
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value lies between two places; nought is always on it."""

    low: float
    high: float
    begins: float
    ends: float
    #: Between two marks; nought where there are none.
    step: float = 0

    def at(self, value: float) -> float:
        """Its place."""
        span = self.high - self.low
        share = (value - self.low) / span
        return self.begins + (self.ends - self.begins) * min(max(share, 0.0), 1.0)

    @property
    def nought(self) -> float:
        """The place of nought."""
        return self.at(0)


def scale_of(values: Iterable[float], begins: float, ends: float) -> Scale:
    """From the least to the most of them, nought included."""
    known = list(values)
    low, high = min([0.0, *known]), max([0.0, *known])
    # Less than that is nought, and a span of nothing has no places.
    if high - low < _LEAST:
        low, high = 0.0, 1.0
    return Scale(low, high, begins, ends)


def rounded_scale(values: Iterable[float], begins: float, ends: float, *, least: float = 0) -> Scale:
    """As `scale_of`, its ends rounded outwards to what is read easily; `least`: no smaller step."""
    exact = scale_of(values, begins, ends)
    step = max(_step(exact.high - exact.low), least)
    low, high = math.floor(exact.low / step) * step, math.ceil(exact.high / step) * step
    return Scale(low, high, begins, ends, step)


def ticks(scale: Scale) -> list[float]:
    """The values to draw a line at, six at most: a step is a quarter of the span at least."""
    return [scale.low + at * scale.step for at in range(round((scale.high - scale.low) / scale.step) + 1)]


def _step(span: float) -> float:
    rough = span / 4
    size = 10.0 ** math.floor(math.log10(rough))
    return next((step * size for step in _STEPS if step * size >= rough), 10 * size)


def short_labels(labels: Sequence[str]) -> list[str]:
    """Dates as short as they can be where all of them are dates."""
    forms: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_DAY, lambda found: f"{found[1]}/{found[2]}"),
        (_MONTH, lambda found: f"{found[2]}月"),
        (_QUARTER, lambda found: f"{found[1][2:]}Q{found[2]}"),
    )
    for pattern, form in forms:
        found = [pattern.fullmatch(label) for label in labels]
        if labels and all(found):
            shown = [form(one) for one in found if one]
            return _with_years(labels, shown) if pattern is _MONTH else shown
    return list(labels)


def _with_years(labels: Sequence[str], shown: list[str]) -> list[str]:
    """The year beside its first month, where there are several."""
    years = [label[:4] for label in labels]
    if len(set(years)) == 1:
        return shown
    return [
        f"{year[2:]}年{month}" if at == 0 or years[at - 1] != year else month
        for at, (year, month) in enumerate(zip(years, shown, strict=True))
    ]
