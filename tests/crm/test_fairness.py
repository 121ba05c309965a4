"""The fairness report finds a planted bias, and raises no alarm where chance alone was at work."""

from __future__ import annotations

import random

from bot.cards.texts import fairness as texts
from bot.crm.fairness import Share, skew


def shares(counts: list[int], way: str = "rule") -> list[Share]:
    return [Share(f"u{i}", f"销售{i}", "华东大区", {way: n}) for i, n in enumerate(counts)]


def month(dice: random.Random, weights: list[float], leads: int) -> list[int]:
    counts = [0] * len(weights)
    for chosen in dice.choices(range(len(weights)), weights=weights, k=leads):
        counts[chosen] += 1
    return counts


def test_a_fair_month_raises_no_alarm():
    """A thousand months of chance: at most two in a hundred look unfair (one is what the test allows)."""
    dice = random.Random(20261118)

    alarms = sum(
        bool((found := skew(shares(month(dice, [1.0] * 8, 240)))) and found.is_more_than_chance)
        for _ in range(1000)
    )

    assert alarms <= 20


def test_a_planted_bias_is_found():
    """One of eight gets twice as much as the others, of 400 leads: found in nine months of ten."""
    dice = random.Random(7)

    found = 0
    for _ in range(200):
        skewed = skew(shares(month(dice, [2.0] + [1.0] * 7, 400)))
        assert skewed is not None
        found += bool(skewed.is_more_than_chance and skewed.most.user_id == "u0")

    assert found >= 180


def test_a_few_leads_prove_nothing():
    """Fewer than five a head: neither fair nor unfair is said."""
    found = skew(shares([4, 0, 1]))

    assert found is not None
    assert found.is_more_than_chance is None
    assert "看不出" in texts.report("2026年10月", "华东大区", shares([4, 0, 1]), hot_from=60)


def test_nobody_and_nothing_are_said_as_such():
    """One person has nobody beside him; no leads are no shares."""
    assert skew(shares([9])) is None
    assert skew(shares([0, 0])) is None
    assert texts.ALL_EVEN in texts.report("2026年10月", "华东大区", shares([0, 0]), hot_from=60)
    assert texts.report("2026年10月", "华东大区", (), hot_from=60) == "2026年10月 没有可看的销售。"


def test_the_report_names_the_way_that_brought_it_about():
    """By rule all are equal; what was given by hand went to one."""
    people = [
        Share("a", "张三", "华东大区", {"rule": 10, "hand": 30}, hot=12, responses=[5, 20, 9]),
        Share("b", "李四", "华东大区", {"rule": 10}, hot=2),
        Share("c", "王五", "华东大区", {"rule": 11, "created": 40}),
    ]

    said = texts.report("2026年10月", "华东大区", people, hot_from=60)

    assert said.splitlines() == [
        "2026年10月 分配情况（华东大区，3 人，61 条）",
        "张三：40 条（规则10、指派30），重点 12，首响中位 9 分钟",
        "王五：11 条（规则11），重点 0",
        "李四：10 条（规则10），重点 2",
        "最多 张三 40 条，最少 李四 10 条，差距超出随机（百里挑一）。",
        "差在「指派」这一路：张三 30 条，李四 0 条。",
        "只算别人也可能得到的：自己录入的不算。重点：现在评分 ≥ 60。首响按工作分钟。",
    ]
