"""A turn keeps what it does not change, and changes what it asks over."""

from __future__ import annotations

import pytest

from bot.crm.query import Order, Rank
from bot.insight.ask.answer import Clarify, Refused, Understood

FIRST = Rank(Order.DESC, 1)


@pytest.mark.parametrize(
    ("turns", "by", "where"),
    [
        (("张三本月业绩", "谁最多"), ("owner",), {}),
        (("张三本月业绩", "各人呢"), ("owner",), {}),
        (("张三本月业绩", "按人"), ("owner",), {}),
        (("张三本月业绩", "各大区呢"), ("region",), {}),
        (("官网本月线索", "各渠道呢"), ("source",), {}),
        (("张三本月官网线索", "谁最多"), ("owner",), {"source": ("官网",)}),
        (("上海组本月业绩", "按人看"), ("owner",), {"team": ("上海组",)}),
        (("华东本月业绩", "各组"), ("team",), {"region": ("华东大区",)}),
        (("张三和李娜本月业绩", "谁高"), ("owner",), {"owner": ("lina", "zhangsan")}),
        (("官网和抖音本月线索", "哪个多"), ("source",), {"source": ("官网", "抖音")}),
    ],
)
def test_asking_over_all_of_them_forgets_the_one_named_before(asked, turns, by, where):
    """谁, 各人 and 按渠道 need more than one; what is narrower or of something else stays."""
    answer = asked(*turns)
    assert isinstance(answer, Understood)
    assert answer.query.by == by
    assert answer.query.where == where


@pytest.mark.parametrize(
    ("by", "where"), [("wanglei", {"region": ("华东大区",)}), ("zhangsan", {"owner": ("zhangsan",)})]
)
def test_everybody_is_everybody_whom_he_may_see(asked, by, where):
    """A manager's people; a rep himself."""
    answer = asked("张三本月业绩", "谁最多", by=by)
    assert isinstance(answer, Understood)
    assert answer.query.where == where


def test_a_name_of_two_is_not_forgotten_while_it_is_being_asked_about(asked):
    """王伟 is two people: 按人 does not answer which."""
    assert isinstance(asked("王伟本月业绩", "按人"), Clarify)


@pytest.mark.parametrize(
    ("turns", "order"),
    [
        (("首响谁最慢", "那业绩呢"), Order.ASC),
        (("首响谁最快", "那业绩呢"), Order.DESC),
        (("首响谁最慢", "流失率呢"), Order.DESC),
        (("首响谁最快", "投诉数呢"), Order.ASC),
        (("首响谁最慢", "销售周期呢"), Order.DESC),
        (("谁业绩最高", "首响呢"), Order.DESC),
        (("业绩最低的是谁", "流失率呢"), Order.ASC),
    ],
)
def test_slow_and_quick_are_worst_and_best_of_what_is_no_time(asked, turns, order):
    """最高 and 最低 stay by value."""
    answer = asked(*turns)
    assert isinstance(answer, Understood)
    assert answer.query.rank == Rank(order, 1)


@pytest.mark.parametrize(
    ("second", "by"), [("加上李娜", ()), ("跟李娜比", ("owner",)), ("和李娜谁多", ("owner",))]
)
def test_a_name_that_is_added_stands_beside_the_first(asked, second, by):
    """Only a name alone replaces."""
    answer = asked("张三本月业绩", second)
    assert isinstance(answer, Understood)
    assert answer.query.where == {"owner": ("lina", "zhangsan")}
    assert answer.query.by == by
    assert asked("张三本月业绩", "那李娜呢").query.where == {"owner": ("lina",)}


def test_what_cannot_be_added_is_said(asked):
    """A region and a person overlap; another's number stays another's."""
    assert isinstance(asked("华东本月业绩", "加上张三"), Clarify)
    assert isinstance(asked("我本月业绩", "加上李娜", by="zhangsan"), Refused)


@pytest.mark.parametrize("text", ["谁成交最快", "谁跟进最快", "谁回款最慢"])
def test_what_is_no_time_is_neither_quick_nor_slow(asked, text):
    """The fewest deals are not the quickest ones."""
    answer = asked(text)
    assert isinstance(answer, Clarify)
    assert answer.options


@pytest.mark.parametrize("text", ["张三赢单要多久", "张三成交用了多久", "张三签单平均多少天"])
def test_how_long_is_the_time_never_the_number(asked, text):
    """多久 is no filler."""
    assert asked(text).query.metrics == ("sales_cycle_days",)
    assert isinstance(asked("业绩多久"), Clarify)


def test_how_many_of_which_is_how_many(asked):
    """哪三个渠道 are three."""
    assert asked("哪三个渠道线索最多").query.rank == Rank(Order.DESC, 3)
    assert asked("哪个渠道线索最多").query.rank == FIRST
