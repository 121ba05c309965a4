"""Metrics, dimensions, periods and shapes put together; `python -m tests.insight.ask.combinations` asks all."""

from __future__ import annotations

import itertools

from tests.insight.ask.combinations import every, wrong

#: Each one of so many, all shapes and metrics among them.
STEP = 89


def test_every_combination_is_read_as_it_was_meant_or_not_answered(lexicons):
    """A metric along a dimension it does not have is never answered with another one."""
    asked = list(itertools.islice(every(), 0, None, STEP))
    lexicon = lexicons["org.yaml"]

    found = [(kind, one.text) for one in asked if (kind := wrong(one, lexicon))]

    assert len(asked) > 700
    assert found == []
