"""One thing is called alike everywhere, and what differs says in what."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from bot.cards import good_news
from bot.crm.metrics.registry import METRICS
from bot.insight import wording
from bot.store.metrics.sums import Figure


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (Fraction(0), "0 天"),
        (Fraction(1, 86_400), "不到 0.1 天"),
        (Fraction(1, 10), "0.1 天"),
        (Fraction(83, 2), "41.5 天"),
    ],
)
def test_a_deal_won_within_minutes_did_not_take_no_time(days: Fraction, said: str) -> None:
    """It would be rounded to nought."""
    assert wording.amount(METRICS["sales_cycle_days"], Figure(days, 1), "CNY") == said


@pytest.mark.parametrize(("days", "said"), [(0, "当天"), (1, "1 天"), (12, "12 天")])
def test_good_news_counts_from_the_lead_and_says_so(days: int, said: str) -> None:
    """The metric of a like name counts from the deal: what is told here is called otherwise."""
    card = good_news.card(
        owner="李娜", team="上海组", customer="云帆", product="专业版", amount=Decimal(1), currency="CNY", days=days,
    )  # fmt: skip
    (cycle,) = [one for one in card.fields if one.label == "进线到签单"]
    assert cycle.value == said
    assert METRICS["sales_cycle_days"].name not in {one.label for one in card.fields}


@pytest.mark.parametrize("metric", ["mql", "sql"])
def test_what_a_funnel_counts_otherwise_says_so(metric: str) -> None:
    """Those who came in the period are not those who reached the line in it."""
    assert "和漏斗里的不同" in wording.definition(METRICS[metric])
