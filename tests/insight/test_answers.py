"""What somebody reads when he asks: the number, what it means, of when it is; and never a guess."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

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
def ask(sqlite_url: str, company: Company) -> Ask:
    """`await ask("本月新增线索", "wanglei")`: understood and answered."""
    pour(sqlite_url, small_company())

    async def answered(text: str, user_id: str = "chenli") -> Answered:
        async with closing(open_reader(sqlite_url)) as reader, reader.read() as tx:
            lexicon = lexicon_of(company, await users.everybody(tx))
            asker = BY_ID[user_id]
            found = understand([text], asker=asker_of(asker), lexicon=lexicon, now=NOW, tz=ZONE)
            assert isinstance(found, Understood), found
            return await answer_question(
                tx, found.query, asker=asker, company=company, lexicon=lexicon, words=found.words, now=NOW
            )

    return answered


async def test_a_single_number_says_what_it_counts_of_when_and_how_fresh_it_is(ask: Ask) -> None:
    """The whole reply, word for word."""
    answer = await ask("本月新增多少线索")
    assert answer.reply.splitlines() == [
        "2026年11月，新增线索",
        "新增线索：4 条",
        "口径：新增线索＝时间段内新建的线索数，并入已有线索的重复提交不算（不含再次咨询，也不是现在在手的线索）",
        "2026-11-01 至 2026-11-30（还没结束）",
        "数据截至 2026-11-18 10:00",
    ]
    assert answer.rows == ({"new_leads": 4},)
    assert answer.chart is None
    assert answer.headline is not None
    assert (answer.headline.name, answer.headline.value) == ("新增线索", "4 条")


async def test_money_has_its_sign_and_thousands(ask: Ask) -> None:
    """Cents are shown where there are some."""
    assert (await ask("本月业绩")).lines == ("赢单金额：¥240,001",)
    assert (await ask("李娜本月业绩")).lines == ("赢单金额：¥60,000.50",)
    assert (await ask("本月客单价")).lines == ("客单价：¥80,000.33（共 3 个赢单）",)


async def test_a_rate_says_what_it_stands_on(ask: Ask) -> None:
    """Three of four closed deals were won."""
    assert (await ask("本月赢单率")).lines == ("赢单率：75%（共 4 个关闭的商机）",)
    assert (await ask("本月赢单率")).rows == ({"win_rate": 0.75},)


async def test_a_rate_of_nothing_is_no_number(ask: Ask) -> None:
    """Nothing was closed in September, so there is neither 0 % nor 100 %."""
    answer = await ask("9月赢单率")
    assert answer.lines == ("赢单率：算不出（这段时间没有关闭的商机）",)
    assert answer.rows == ({"win_rate": None},)


async def test_nothing_found_is_said_plainly(ask: Ask) -> None:
    """A nought is one that was counted, and says so."""
    assert (await ask("9月新增线索")).lines == ("新增线索：0 条", "2026年9月，全部：没有符合条件的记录。")


async def test_a_comparison_shows_both_and_the_difference(ask: Ask) -> None:
    """Four after two, in words; how the number was understood names both."""
    answer = await ask("本月新增线索环比")
    assert answer.lines == ("新增线索：4 条（比上月的 2 条多 100%）",)
    assert answer.rows == ({"new_leads": 4, "new_leads_before": 2},)
    assert "对比期 2026-10-01 至 2026-10-31" in answer.footnotes[1]


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("10月新增线索环比", "新增线索：2 条（2026年9月是 0 条）"),
        ("本月新增线索同比", "新增线索：4 条（去年同期是 0 条）"),
        ("本周新增线索环比", "新增线索：2 条（上周是 0 条）"),
        ("本月业绩环比", "赢单金额：¥240,001（上月是 ¥0）"),
        ("昨天新增线索环比", "新增线索：2 条（2026-11-16是 0 条）"),
        ("本月赢单率环比", "赢单率：75%（共 4 个关闭的商机；上月算不出）"),
        ("10月线索转MQL率环比", "线索转MQL率：0%（共 2 条新增线索；2026年9月算不出）"),
        ("本月线索转MQL率环比", "线索转MQL率：50%（共 4 条新增线索；比上月的 0% 高 50 个百分点）"),
        ("11月2日新增线索环比", "新增线索：2 条（2026-11-01是 0 条）"),
        ("近2天新增线索环比", "新增线索：2 条（2026-11-15至2026-11-16是 0 条）"),
    ],
)
async def test_what_it_is_set_against_is_named(ask: Ask, question: str, line: str) -> None:
    """By the word people use, with its number, and how much more or less in words."""
    assert (await ask(question)).lines[0] == line


async def test_a_ranking_names_people_and_counts_those_with_nothing(ask: Ask) -> None:
    """By value; equals by id; namesakes with their team."""
    answer = await ask("本月业绩排名")
    assert answer.lines == (
        "1. 张三：¥120,000", "2. 陈晨：¥60,000.50", "3. 李娜：¥60,000.50", "4. 王伟（杭州组）：¥0",
        "5. 王伟（广州组）：¥0", "合计：¥240,001",
    )  # fmt: skip
    assert answer.rows[0] == {"owner": "zhangsan", "owner_name": "张三", "won_amount": 120000.0}
    assert answer.chart is not None
    assert answer.chart["kind"] == "bar"
    assert answer.chart["labels"][:2] == ["张三", "陈晨"]
    assert answer.chart["series"][0]["values"][:2] == [120000.0, 60000.5]


async def test_a_cut_off_ranking_says_that_others_are_equal(ask: Ask) -> None:
    """The second place is shared."""
    answer = await ask("本月业绩前2名")
    assert answer.lines == ("1. 张三：¥120,000", "2. 陈晨：¥60,000.50", "另有 1 个并列。")


async def test_the_last_one_is_he_who_has_nothing(ask: Ask) -> None:
    """Not the lowest of those who have something."""
    answer = await ask("谁本月业绩最低")
    assert answer.rows == ({"owner": "wangwei1", "owner_name": "王伟（杭州组）", "won_amount": 0.0},)
    assert answer.lines[-1] == "另有 1 个并列。"


async def test_leads_without_an_owner_show_as_such(ask: Ask) -> None:
    """They stand last, and belong to the sum."""
    answer = await ask("本月各销售新增线索")
    assert answer.lines[-2:] == ("未分配：1 条", "合计：4 条")
    assert answer.rows[-1]["owner"] == "未分配"


async def test_a_trend_has_a_line_for_each_day_so_far(ask: Ask) -> None:
    """Days without leads are noughts; days to come are not there."""
    answer = await ask("本月新增线索走势")
    assert answer.chart is not None
    assert answer.chart["kind"] == "line"
    assert answer.chart["labels"][0] == "11月1日"
    assert answer.chart["labels"][-1] == "11月18日"
    assert answer.chart["series"][0]["values"] == [0, 2, *[0] * 14, 2, 0]
    assert answer.chart["so_far"] == "今日至今"
    assert answer.lines[:2] == ("11月1日：0 条", "11月2日：2 条")
    assert answer.lines[-3:] == ("11月17日：2 条", "11月18日：0 条", "合计：4 条")


async def test_named_values_are_all_shown(ask: Ask) -> None:
    """One of the two has nothing, and that is the answer."""
    answer = await ask("官网和转介绍本月新增线索对比")
    assert answer.lines == ("官网：2 条", "转介绍：0 条", "合计：2 条")


async def test_the_funnel_shows_counts_and_step_rates(ask: Ask) -> None:
    """The lead that became a deal without being sales-qualified has passed that step."""
    answer = await ask("本月漏斗")
    assert answer.lines == (
        "线索 4 → MQL 2（50%） → SQL 1（50%） → 商机 1（100%） → 报价 1（100%） → 成交 1（100%）",
    )
    assert answer.chart is not None
    assert answer.chart["series"][0]["values"] == [4, 2, 1, 1, 1, 1]
    assert answer.rows[1] == {"step": "MQL", "count": 2, "rate": 0.5}


async def test_attainment_shows_the_target_and_says_when_there_is_none(ask: Ask) -> None:
    """120,000 of 200,000."""
    assert (await ask("张三本月业绩达成率")).lines == ("业绩达成率：60%（目标 ¥200,000）",)
    assert (await ask("李娜本月业绩达成率")).lines == ("业绩达成率：没有目标",)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("本月邮件打开率", "打开率：算不出（这段时间没有送达）"),
        ("本月渠道ROI", "渠道ROI：还没有录入花费"),
        ("本月满意度", "满意度：算不出（这段时间没有问卷）"),
    ],
)
async def test_a_share_of_nothing_says_of_what(ask: Ask, question: str, line: str) -> None:
    """There is no number, and no nought in its place."""
    answer = await ask(question)
    assert answer.lines[0] == line
    assert list(answer.rows[0].values()) == [None]


async def test_a_forecast_on_thin_history_is_refused_politely(ask: Ask) -> None:
    """Four closed deals tell nothing of the next month."""
    answer = await ask("下个月销售预测")
    assert "历史还不够" in answer.lines[0]
    assert answer.rows == ()
    assert answer.chart is None


async def test_a_metric_without_a_number_does_not_hide_the_other(ask: Ask) -> None:
    """Both were asked; one can be told."""
    answer = await ask("本月新增线索和渠道ROI")
    assert answer.lines == ("新增线索：4 条", "渠道ROI：还没有录入花费", wording.COST_WAY)


async def test_a_snapshot_is_as_of_now(ask: Ask) -> None:
    """No period, only the moment."""
    answer = await ask("现在管道金额")
    assert answer.lines == ("在跟商机金额：¥80,000",)
    assert answer.footnotes[-1] == "数据截至 2026-11-18 10:00"
    assert (await ask("公海线索")).lines == ("公海线索：1 条",)


async def test_a_manager_and_a_rep_see_their_own(ask: Ask) -> None:
    """The same words, three answers."""
    assert (await ask("本月业绩", "chenli")).rows == ({"won_amount": 240001.0},)
    assert (await ask("本月业绩", "wanglei")).rows == ({"won_amount": 180000.5},)
    assert (await ask("本月业绩", "lina")).rows == ({"won_amount": 60000.5},)


async def test_the_rows_of_a_manager_name_his_people_alone(ask: Ask) -> None:
    """Not even with a nought beside it is somebody of another region named."""
    answer = await ask("本月业绩排名", "wanglei")
    assert [row["owner"] for row in answer.rows] == ["zhangsan", "lina", "wangwei1"]
    assert [row["team"] for row in (await ask("各组本月业绩", "wanglei")).rows] == [
        "上海组",
        "南京组",
        "杭州组",
    ]


async def test_several_metrics_stand_side_by_side(ask: Ask) -> None:
    """Each with its name and its unit."""
    answer = await ask("华东和华南本月的赢单数和业绩分别是多少")
    assert {row["region"]: (row["won_deals"], row["won_amount"]) for row in answer.rows} == {
        "华东大区": (2, 180000.5), "华南大区": (1, 60000.5),
    }  # fmt: skip


def test_the_lexicon_is_built_once_for_the_same_people(company: Company) -> None:
    """Asking again costs nothing; a new colleague makes a new one."""
    people: Any = list(BY_ID.values())
    assert lexicon_of(company, people) is lexicon_of(company, list(people))
    assert lexicon_of(company, people[:-1]) is not lexicon_of(company, people)
