"""Suggestions after a question that was not understood are near to it, and the asker may have them."""

from __future__ import annotations

import pytest

from bot.crm.metrics.registry import METRICS
from bot.crm.user import Role
from bot.insight.ask.answer import Clarify, Export, Refused, Understood, Unknown
from bot.insight.ask.texts import EXAMPLES


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("麻溜的上月线索趋势", "上月线索趋势"),
        ("上月客单价玩意儿", "上月客单价"),
        ("展会咋搞的线索哟嚯", "展会线索"),
        ("邮件打开咋整的", "打开率"),
        ("上周满意咋整的", "上周满意度"),
    ],
)
def test_suggestions_are_near_to_what_was_said(asked, text, near):
    """The same without the odd word, or the metric that was half said, with its time."""
    answer = asked(text)
    assert isinstance(answer, Unknown)
    assert near in answer.suggestions


@pytest.mark.parametrize("by", ["chenli", "wanglei", "zhangsan"])
@pytest.mark.parametrize(
    "text", ["陈晨上月渠道花费咋整的", "获客成本玩意儿", "投放咋搞的", "上月广告费玩意儿"]
)
def test_what_is_suggested_is_answered(asked, by, text):
    """Each suggestion, asked, gives a number; costs are not suggested to those who may not see them."""
    answer = asked(text, by=by)
    assert isinstance(answer, Unknown | Refused)
    for one in getattr(answer, "suggestions", ()):
        found = asked(one, by=by)
        assert isinstance(found, Understood), one
        assert all(metric.open_to(asked_by(by)) for metric in found.query.definitions())


def asked_by(by: str) -> Role:
    return {"chenli": Role.EXECUTIVE, "wanglei": Role.MANAGER, "zhangsan": Role.REP}[by]


def test_what_is_near_to_nothing_gets_the_usual_four(asked):
    """And a greeting too."""
    for text in ("今天天气怎么样", "你好"):
        answer = asked(text)
        assert isinstance(answer, Unknown)
        assert answer.suggestions == EXAMPLES[asked_by("chenli")]


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda one: one.id)
def test_a_metric_said_among_odd_words_is_suggested(asked, metric):
    """Its name with something that nobody knows behind it."""
    answer = asked(f"{metric.name}玩意儿")
    assert isinstance(answer, Unknown)
    assert any(asked(one).query.metrics == (metric.id,) for one in answer.suggestions)


@pytest.mark.parametrize(
    "turns",
    [("导出本月线索",), ("把本月线索导出来",), ("本月线索", "导出来"), ("帮我下载本月线索明细",), ("本月线索导成excel给我",)],
)  # fmt: skip
def test_a_wish_to_export_keeps_the_question(asked, turns):
    """Where the records are shown they can be saved."""
    answer = asked(*turns)
    assert isinstance(answer, Export)
    assert answer.words == "2026年11月，新增线索"


def test_an_export_is_refused_where_the_number_is(asked):
    """And asked about where there is nothing yet."""
    assert isinstance(asked("导出李娜的业绩", by="zhangsan"), Refused)
    assert isinstance(asked("导出"), Clarify)
