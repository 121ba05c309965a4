"""A query keeps its meaning on the way out and back."""

from __future__ import annotations

from datetime import date

import pytest

from bot.crm.query import Compare, Order, Period, Query, Rank

FULL = Query(
    metrics=("won_amount",),
    by=("owner",),
    where={"region": ("华东大区",), "source": ("官网", "展会")},
    period=Period(date(2026, 10, 1), date(2026, 11, 1)),
    compare=Compare.PREVIOUS,
    rank=Rank(Order.DESC, 3),
)


def test_a_query_has_the_outside_worlds_shape():
    """Every slot is there, values sorted, the period half open."""
    assert FULL.to_json() == {
        "metrics": ["won_amount"],
        "by": ["owner"],
        "where": {"region": ["华东大区"], "source": ["官网", "展会"]},
        "from": "2026-10-01",
        "to": "2026-11-01",
        "compare": "previous",
        "rank": {"order": "desc", "limit": 3},
    }


def test_a_query_survives_the_round_trip():
    """What is written is read back as the same query."""
    assert Query.from_json(FULL.to_json()) == FULL
    assert Query.from_json(Query(metrics=("pool_leads",)).to_json()) == Query(metrics=("pool_leads",))


def test_only_the_funnel_has_a_view():
    """The funnel says how it wants to be shown."""
    assert Query(metrics=("funnel",)).to_json()["view"] == "funnel"
    assert "view" not in FULL.to_json()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"metrics": []}, "metrics"),
        ({"metrics": ["profit"]}, "profit"),
        ({"metrics": "mql"}, "metrics"),
        ({"metrics": ["mql"], "by": [1]}, "by"),
        ({"metrics": ["mql"], "where": {"team": "上海组"}}, "where.team"),
        ({"metrics": ["mql"], "from": "2026-01-01"}, "both or none"),
        ({"metrics": ["mql"], "from": "2026-01-02", "to": "2026-01-01"}, "empty"),
        ({"metrics": ["mql"], "compare": "yesterday"}, "yesterday"),
    ],
)
def test_a_malformed_query_is_named(wrong, named):
    """What is wrong with a shape is in the message."""
    with pytest.raises(ValueError, match=named):
        Query.from_json(wrong)
