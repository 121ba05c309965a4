"""Which lines an answer has: days of nothing together, nothing of the time to come, each under its own name."""

from __future__ import annotations

import pytest

from bot.insight.answers.answer_question import Answered
from tests.insight.test_answers import Ask, ask

__all__ = ["ask"]


async def test_days_of_nothing_stand_together(ask: Ask) -> None:
    """Fourteen days between the two on which somebody came are one line; the sum is of all."""
    answer = await ask("本月新增线索走势")
    assert answer.lines == (
        "11月1日：0 条", "11月2日：2 条", "11月3日 至 11月16日（14 天）：每天 0 条", "11月17日：2 条",
        "11月18日：0 条", "合计：4 条",
    )  # fmt: skip
    assert [len(run) for run in answer.told] == [1, 1, 14, 1, 1]
    assert len(answer.rows) == 18


async def test_days_without_a_number_stand_together(ask: Ask) -> None:
    """A share of nothing is said once for all the days that have none."""
    answer = await ask("本月每天赢单率")
    assert answer.lines == (
        "11月1日 至 11月9日（9 天）：算不出（这段时间没有关闭的商机）",
        "11月10日：100%（共 1 个关闭的商机）",
        "11月11日：100%（共 1 个关闭的商机）",
        "11月12日：100%（共 1 个关闭的商机）",
        "11月13日：0%（共 1 个关闭的商机）",
        "11月14日 至 11月18日（5 天）：算不出（这段时间没有关闭的商机）",
    )


@pytest.mark.parametrize("question", ["本季度各来源各月新增线索环比", "本季度每月新增线索环比"])
async def test_a_month_to_come_is_set_against_nothing(ask: Ask, question: str) -> None:
    """December has not begun: it is no fall to nought, in words or in the picture."""
    answer = await ask(question)
    assert not any("12月" in line for line in answer.lines)
    assert "12月" not in str(answer.chart)


async def test_a_line_says_what_it_is_set_against(ask: Ask) -> None:
    """Of each month the month of the other quarter, not the quarter as a whole."""
    answer = await ask("本季度每月新增线索环比")
    assert answer.lines[:2] == (
        "2026年10月：2 条（2026年7月是 0 条）",
        "2026年11月：4 条（2026年8月是 0 条）",
    )


async def test_more_days_than_lines_are_counted_in_days(ask: Ask) -> None:
    """Folded days count as days where earlier ones are left out."""
    answer: Answered = await ask("今年每天新增线索")
    told = sum(len(run) for run in answer.told)
    assert told == len(answer.rows)
    assert len(answer.told) < 15


async def test_two_things_crossed_are_a_field_of_squares(ask: Ask) -> None:
    """People by source, the largest first; nobody's last, and a nought where nothing came."""
    chart = (await ask("本月各人各来源新增线索")).chart
    assert chart is not None
    assert (chart["kind"], chart["labels"]) == ("heat", ["官网", "抖音"])
    rows = {one["name"]: one["values"] for one in chart["series"]}
    assert rows == {"张三": [1, 0], "李娜": [1, 0], "陈晨": [0, 1], "未分配": [0, 1]}
    assert list(rows)[-1] == "未分配"
    ranked = (await ask("本月各人各来源新增线索排名")).chart
    assert ranked is not None
    assert ranked["kind"] == "bar"
