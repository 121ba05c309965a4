"""How several metrics of one turn stand to each other."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from bot.insight.ask import meanings as m
from bot.insight.ask import texts
from bot.insight.ask.line import Line
from bot.insight.ask.said import Problem, Way

TWO_MEANINGS = Problem(texts.RELATED_HOW, ways=(Way.EACH_METRIC,))

Found = Mapping[int, tuple[str, ...]]


def relations(line: Line, found: Found) -> list[Problem]:
    """What keeps the metrics at these places from being a list."""
    pairs = [
        (first, second)
        for first, second in itertools.pairwise(sorted(found))
        if found[first] != found[second]
    ]
    unlisted = any(not line.separated(first, second) for first, second in pairs)
    crossed = any(_crossed(line, first, second) for first, second in pairs)
    return [TWO_MEANINGS] if unlisted or crossed else []


def _crossed(line: Line, first: int, second: int) -> bool:
    """张三的赢单数和李娜的输单数: each of somebody else, which one query cannot hold."""
    mentions = line.all_of(m.Mention)
    before = {key for at in mentions if at < first for key in _dimensions(line, at)}
    between = {key for at in mentions if first < at < second for key in _dimensions(line, at)}
    return bool(before & between)


def _dimensions(line: Line, at: int) -> frozenset[str]:
    named = line.meaning(at)
    return named.dimensions if isinstance(named, m.Mention) else frozenset()
