"""Spans, days and times of day as journeys' files write them: 3天, 前2个工作日, 周二 10:00."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from bot.crm.journey_time import read_moment, read_span

_WITHIN_A_DAY = frozenset(("分钟", "小时", "工作小时"))


def _bare(value: object) -> object:
    """A number without its unit is told what is missing, not that it should be text."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _is_length(text: str) -> bool:
    found = read_span(text)
    return found is not None and found.n >= 0


def _is_offset(text: str) -> bool:
    found = read_span(text)
    return found is not None and found.unit not in _WITHIN_A_DAY


def _is_wait(text: str) -> bool:
    return read_moment(text) is not None or _is_length(text)


def _is_clock(text: str) -> bool:
    found = read_moment(text)
    return found is not None and found.weekday is None and not found.working


def _must(fits: Callable[[str], bool], otherwise: str) -> AfterValidator:
    def look(text: str) -> str:
        if not fits(text):
            msg = f"“{text}”{otherwise}"
            raise ValueError(msg)
        return text

    return AfterValidator(look)


Length: TypeAlias = Annotated[
    str, BeforeValidator(_bare), _must(_is_length, "不是时长，例如 30分钟、3天、2个工作日、1个月")
]
Offset: TypeAlias = Annotated[
    str, BeforeValidator(_bare), _must(_is_offset, "不是天数，例如 -30天、7天、前2个工作日、1个月")
]
WaitText: TypeAlias = Annotated[
    str,
    BeforeValidator(_bare),
    _must(_is_wait, "看不懂，可以写 3天、2个工作日、周二 10:00、工作日 10:00、10:00"),
]
Clock: TypeAlias = Annotated[str, BeforeValidator(_bare), _must(_is_clock, "不是几点几分，例如 10:00")]
