"""Words about what is to come and how it ended, and words that only look like them."""

from __future__ import annotations

import pytest

from bot.crm.commands import Ask
from bot.crm.forecast_commands import Commit, ShowCommitments, ShowKpi, ShowReview
from bot.crm.phrases import parse


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("承诺 本月 50万", Commit("本月", "50万")),
        ("我承诺下季度120万", Commit("下季度", "120万")),
        ("本月承诺五十万", Commit("本月", "五十万")),
        ("承诺50w", Commit("", "50w")),
        ("承诺 Q4 改成 100万", Commit("Q4", "100万")),
        ("承诺 2026年12月 80万元", Commit("2026年12月", "80万元")),
        ("取消承诺 本月", Commit("本月", "")),
        ("承诺", ShowCommitments("")),
        ("承诺汇总", ShowCommitments("")),
        ("本季度的承诺情况", ShowCommitments("本季度")),
        ("预测汇总 下月", ShowCommitments("下月")),
        ("输单分析", ShowReview("lost", "")),
        ("输单分析 本季度 华东", ShowReview("lost", "本季度 华东")),
        ("上个月华东的丢单复盘", ShowReview("lost", "上个月华东")),
        ("为什么输单？", ShowReview("lost", "")),
        ("本季度为什么输", ShowReview("lost", "本季度")),
        ("赢单分析 本季度", ShowReview("won", "本季度")),
        ("KPI", ShowKpi("")),
        ("kpi 本季度", ShowKpi("本季度")),
        ("上月KPI", ShowKpi("上月")),
        ("看板 数字", ShowKpi("")),
    ],
)
def test_what_is_said_is_understood(text: str, command: object) -> None:
    """Every way that people say it."""
    assert parse(text) == command


@pytest.mark.parametrize(
    "text", ["KPI完成率", "输单原因", "本月输单数", "本季度预测", "下月预计业绩", "本月业绩"]
)
def test_questions_stay_questions(text: str) -> None:
    """A number is asked of the registry."""
    assert parse(text) == Ask(text)
