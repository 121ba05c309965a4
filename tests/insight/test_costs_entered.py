"""A cost that nobody entered is not nought; a crossing of two things says what is in it, not its noughts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

import pytest

from bot.crm.company import Company
from bot.insight import wording
from bot.insight.answers.answer_question import Answered, answer_question
from bot.insight.answers.company_words import asker_of, lexicon_of
from bot.insight.ask.answer import Understood
from bot.insight.ask.conversation import ask as understand
from bot.store import users
from bot.store.reader import open_reader
from tests.insight.reading import closing
from tests.insight.small_company import BY_ID, NOW, ZONE, small_company
from tests.store.metrics_data import pour

Ask = Callable[..., Awaitable[Answered]]


@pytest.fixture
def ask(database_url: str, company: Company) -> Ask:
    """In November 官网 costs 1,000 and 抖音 nought; nothing was entered for October."""
    made = small_company()
    for number, (source, amount) in enumerate((("官网", "1000"), ("抖音", "0")), 1):
        made.put(
            "costs", id=f"K{number}", source=source, campaign="", on=date(2026, 11, 1), amount=Decimal(amount)
        )
    pour(database_url, made)

    async def answered(text: str) -> Answered:
        async with closing(open_reader(database_url)) as reader, reader.read() as tx:
            lexicon = lexicon_of(company, await users.everybody(tx))
            asker = BY_ID["chenli"]
            found = understand([text], asker=asker_of(asker), lexicon=lexicon, now=NOW, tz=ZONE)
            assert isinstance(found, Understood), found
            return await answer_question(
                tx, found.query, asker=asker, company=company, lexicon=lexicon, words=found.words, now=NOW
            )

    return answered


@pytest.mark.parametrize("name", ["渠道花费", "线索成本", "渠道ROI"])
async def test_what_was_never_entered_is_no_nought(ask: Ask, name: str) -> None:
    """No number, and how to bring it in."""
    answer = await ask(f"上月{name}")
    assert answer.lines == (f"{name}：{wording.NO_COST}", wording.COST_WAY)
    assert list(answer.rows[0].values()) == [None]
    assert answer.headline is not None
    assert answer.headline.value == wording.NO_COST
    assert wording.COST_WAY in answer.headline.notes


async def test_what_was_entered_is_said_though_it_be_nought(ask: Ask) -> None:
    """抖音 cost nothing and says so; 展会 was never entered."""
    answer = await ask("本月官网抖音展会花费对比")
    assert set(answer.lines) == {
        "官网：¥1,000", "抖音：¥0", f"展会：{wording.NO_COST}", "合计：¥1,000", wording.COST_WAY,
    }  # fmt: skip
    assert {one["source"]: one["channel_cost"] for one in answer.rows} == {
        "官网": 1000,
        "抖音": 0,
        "展会": None,
    }
    assert (await ask("抖音本月线索成本")).lines == ("线索成本：¥0（共 2 条新增线索）",)
    assert (await ask("抖音本月花费")).lines[0] == "渠道花费：¥0"


async def test_a_list_without_a_single_cost_has_no_sum(ask: Ask) -> None:
    """No ¥0 stands anywhere in it."""
    answer = await ask("上月官网和抖音花费对比")
    assert "¥" not in "".join(answer.lines)
    assert answer.lines[-1] == wording.COST_WAY
    assert "¥" not in "".join((await ask("上月各渠道ROI")).lines)


async def test_a_period_without_costs_is_no_nought_to_compare_with(ask: Ask) -> None:
    """October is not 100 % cheaper."""
    answer = await ask("本月渠道花费环比")
    assert answer.lines[0] == f"渠道花费：¥1,000（上月{wording.NO_COST}）"


async def test_days_crossed_with_sources_say_what_is_in_them(ask: Ask) -> None:
    """Four leads on two days are two lines; the rest is counted, and stays in the rows."""
    answer = await ask("本月每天各渠道新增线索")
    assert answer.lines == (
        "11月2日·官网：2 条", "11月17日·抖音：2 条", wording.empty(len(answer.rows) - 2), "合计：4 条",
    )  # fmt: skip
    assert sum(one["new_leads"] for one in answer.rows) == 4
    assert len(answer.rows) > 30
    assert len((await ask("本月每天新增线索")).rows) == 18
