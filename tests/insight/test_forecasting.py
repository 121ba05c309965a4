"""Forecasts of real questions, on both databases: the arithmetic over the asker's own deals, and no other's."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.crm.company import Company
from bot.crm.deal_history import Deal
from bot.crm.query import Period, Query
from bot.insight.answers.answer_question import Answered, answer_question
from bot.insight.answers.company_words import asker_of, lexicon_of
from bot.insight.ask.answer import Understood
from bot.insight.ask.conversation import ask as understand
from bot.insight.ask.times import spans
from bot.insight.forecast import forecasting, spelled
from bot.insight.forecast.backtest import outlook_of
from bot.insight.forecast.model import Model, learn
from bot.store import users
from bot.store.metrics.guard import permit
from bot.store.reader import open_reader
from bot.store.reads.forecast import history
from tests.insight.reading import closing
from tests.insight.selling_company import BY_ID, NOW, TODAY, ZONE, Drawn, draw, selling_company
from tests.insight.small_company import small_company
from tests.store.metrics_data import Made, pour

Ask = Callable[..., Awaitable[Answered]]
QUARTER = spans.quarter(TODAY)


def asking(url: str, company: Company, made: Made) -> Ask:
    """`await ask("本季度预测", "wanglei")`: understood and answered."""
    pour(url, made)

    async def answered(text: str, user_id: str = "chenli") -> Answered:
        async with closing(open_reader(url)) as reader, reader.read() as tx:
            lexicon = lexicon_of(company, await users.everybody(tx))
            found = understand([text], asker=asker_of(BY_ID[user_id]), lexicon=lexicon, now=NOW, tz=ZONE)
            assert isinstance(found, Understood), found
            return await answer_question(
                tx, found.query, asker=BY_ID[user_id], company=company, lexicon=lexicon, words=found.words,
                now=NOW,
            )  # fmt: skip

    return answered


@functools.cache
def learned() -> forecasting.Learned:
    return forecasting.study([one.deal for one in draw(1)], TODAY)


def with_a_night(made: Made) -> Made:
    """As if the night had learned from the drawn deals."""
    known = learned()
    assert isinstance(known.model, Model)
    made.put(
        "forecast_models", id="night", outcome="ready", closed=known.model.closed, won=known.model.won,
        days=known.model.days, model=spelled.spell(known.model),
        trials=[spelled.spell_trial(one) for one in (*known.quarters, *known.months)], at=NOW,
    )  # fmt: skip
    return made


@pytest.fixture
def ask(database_url: str, company: Company) -> Ask:
    return asking(database_url, company, with_a_night(selling_company()))


def number(answer: Answered) -> float:
    return float(answer.rows[0]["forecast_amount"])


async def test_the_number_is_the_arithmetic_over_the_deals(ask: Ask) -> None:
    """Read from the tables, or worked out from what was drawn: the same, and so is its interval."""
    deals = [one.deal for one in draw(1)]
    model = learn(deals, TODAY.toordinal())
    assert isinstance(model, Model)
    begins, ends = QUARTER.begins.toordinal(), QUARTER.ends.toordinal()
    expected = outlook_of(model, deals, today=TODAY.toordinal(), begins=begins, ends=ends)
    answer = await ask("本季度销售预测")
    assert number(answer) == pytest.approx(expected.mean / 100, abs=1)
    assert answer.chart is not None
    assert answer.chart["kind"] == "interval"
    assert answer.chart["low"][0] < number(answer) < answer.chart["high"][0]
    assert answer.chart["done"] == [round(expected.won / 100)]


async def test_before_the_first_night_it_is_worked_out_on_the_spot(sqlite_url: str, company: Company) -> None:
    """The same number, and the same words on how it did."""
    answer = await asking(sqlite_url, company, selling_company())("本季度预测")
    kept = forecasting.amount_of(
        outlook_of(
            learned().model,  # type: ignore[arg-type]
            [one.deal for one in draw(1)],
            today=TODAY.toordinal(),
            begins=QUARTER.begins.toordinal(),
            ends=QUARTER.ends.toordinal(),
        )
    )
    assert number(answer) == float(kept)
    assert answer.footnotes[-2].startswith("过去 6 个季度，期初预测平均偏差 14%")


async def test_it_says_how_sure_it_is_what_it_is_made_of_and_how_it_did(ask: Ask) -> None:
    """How sure stands beside the number, as a card has one line there; the rest is below it."""
    answer = await ask("本季度预测")
    assert answer.headline is not None
    (sure,) = answer.headline.notes
    assert sure.startswith("八成把握在 ¥")
    made_of, past, basis = answer.footnotes[-3:]
    assert "已赢单 ¥477,214 + 在跟商机预计 ¥" in made_of
    assert "全公司 406 个已关闭的商机" in basis
    assert past.startswith("过去 6 个季度，期初预测平均偏差 14%（照上季度的日均推 ")
    assert {sure, made_of, basis, past} <= set(answer.reply.splitlines())


async def test_a_month_that_is_over_was_what_was_won(ask: Ask) -> None:
    """To the cent, with a word that it is no forecast."""
    over, won = await ask("上个月销售预测"), await ask("上个月赢单金额")
    assert over.rows[0]["forecast_amount"] == won.rows[0]["won_amount"] > 0
    assert over.headline is not None
    assert over.headline.notes == ()
    assert "已经过完" in over.footnotes[-1]


async def test_regions_months_stages_and_products_add_up_to_the_whole(ask: Ask) -> None:
    """Each cut of the same quarter, apart from the rounding of its lines."""
    whole = number(await ask("本季度销售预测"))
    for cut in ("各大区", "按月", "各阶段", "各产品", "按负责人", "各组"):
        answer = await ask(f"本季度{cut}销售预测")
        assert len(answer.rows) > 1, cut
        assert sum(row["forecast_amount"] for row in answer.rows) == pytest.approx(
            whole, abs=len(answer.rows)
        )


@pytest.mark.parametrize("cut", ["按负责人", "各组", "各大区", "按月"])
async def test_a_split_ends_with_what_the_undivided_question_says(ask: Ask, cut: str) -> None:
    """The same number, to the yuan, and how sure that is; months share deals, and their chances do not add up."""
    whole, split = await ask("本季度销售预测"), await ask(f"本季度{cut}销售预测")
    assert whole.headline is not None
    sure = "" if cut == "按月" else f"，{whole.headline.notes[0]}"
    assert split.lines[-1] == f"合计：{whole.headline.value}{sure}"


async def test_the_total_of_what_is_over_is_sure_and_a_top_list_has_none(ask: Ask) -> None:
    """What was won has no interval; the best two are not everybody."""
    whole, split = await ask("上个月销售预测"), await ask("上个月各组销售预测")
    assert whole.headline is not None
    assert split.lines[-1] == f"合计：{whole.headline.value}"
    assert not any(line.startswith("合计") for line in (await ask("本季度销售预测前2名")).lines)
    alone = await ask("本季度李娜的销售预测按负责人", "lina")
    assert not any(line.startswith("合计") for line in alone.lines)


async def test_a_manager_and_a_rep_are_told_their_own(ask: Ask) -> None:
    """Which is what the executive is told of them, by name or among the others."""
    regions = {row["region"]: row["forecast_amount"] for row in (await ask("本季度各大区销售预测")).rows}
    people = {row["owner"]: row["forecast_amount"] for row in (await ask("本季度按负责人销售预测")).rows}
    for text, user_id in (("本季度预测", "wanglei"), ("华东本季度预测", "chenli")):
        assert number(await ask(text, user_id)) == regions["华东大区"]
    for text, user_id in (("本季度预测", "lina"), ("李娜本季度预测", "wanglei")):
        assert number(await ask(text, user_id)) == people["lina"]
    said = (await ask("本季度预测", "lina")).reply
    assert not any(one.name in said for one in BY_ID.values() if one.id != "lina")


async def test_a_colleagues_open_deals_change_nothing_of_mine(
    sqlite_url: str, tmp_path: Path, company: Company
) -> None:
    """A hundred of them, worth a fortune each: the company's number moves, mine and my picture do not."""
    drawn = draw(1)
    rich = [
        Drawn(BY_ID["chenchen"], "专业版", 10**8, ((TODAY - timedelta(days=1), "商务谈判"),), None, won=False)
    ] * 100
    other = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    shutil.copy(sqlite_url.removeprefix("sqlite+aiosqlite:///"), tmp_path / "other.db")
    poor, full = (
        asking(sqlite_url, company, with_a_night(selling_company(drawn=drawn))),
        asking(other, company, with_a_night(selling_company(drawn=[*drawn, *rich]))),
    )
    one, two = await poor("本月销售预测", "lina"), await full("本月销售预测", "lina")
    assert (number(two), two.chart) == (number(one), one.chart)
    assert number(await full("本月销售预测")) > 10 * number(await poor("本月销售预测"))


async def test_too_little_history_is_said_instead_of_a_number(sqlite_url: str, company: Company) -> None:
    """With what is needed and what there is; what is over is told all the same."""
    ask = asking(sqlite_url, company, small_company())
    answer = await ask("下个月销售预测")
    assert answer.rows == ()
    assert answer.chart is None
    (line,) = answer.lines
    assert line.startswith(
        "历史还不够，先不预测：至少要 30 个已关闭的商机（其中赢单 10 个）、90 天的历史，现在是 4 个（赢单 3 个）"
    )
    assert (await ask("上个月销售预测")).lines[0] == "销售预测：¥0"
    both = await ask("本月赢单金额和销售预测")
    assert both.lines == ("赢单金额：¥240,001", line)


async def test_beyond_a_year_nothing_is_said(ask: Ask) -> None:
    """Nobody's history tells."""
    assert (await ask("2028年销售预测")).lines == ("只预测一年以内的业绩，再远历史就说明不了什么了。",)


async def test_a_list_tells_nothing_of_where_a_deal_stood(sqlite_url: str) -> None:
    """Deals brought by a list: no stage and no amount from before its end is believed."""
    made, drawn = selling_company(), draw(1)
    for row in made["opportunities"]:
        row["external_id"] = f"X{row['id']}"
    pour(sqlite_url, made)
    async with closing(open_reader(sqlite_url)) as reader, reader.read() as tx:
        found = await history(tx, ZONE)
    assert {deal.stages[0][1] for deal in found} == {""}
    won = next(deal for deal in found if deal.won)
    assert won.closed is not None
    before = won.as_of(won.closed)
    assert before is not None
    assert (won.amount is not None, before.amount) == (True, None)
    assert len(found) == len(drawn)


async def test_history_is_read_as_it_happened(database_url: str) -> None:
    """Stages, days, amounts and ends of each deal come back as they were drawn."""
    pour(database_url, selling_company())
    async with closing(open_reader(database_url)) as reader, reader.read() as tx:
        found = await history(tx, ZONE)
        latest = await history(tx, ZONE, most=10)

    def told(deals: Iterable[Deal]) -> list[tuple[object, ...]]:
        return sorted((one.created, one.stages, one.closed or 0, one.won, one.amount) for one in deals)

    assert told(found) == told(one.deal for one in draw(1))
    assert len(latest) == 10
    assert min(one.created for one in latest) >= sorted(one.created for one in found)[-11]


async def test_an_amount_that_was_changed_is_known_from_that_day(sqlite_url: str) -> None:
    """Its row says what was believed before."""
    made = selling_company(drawn=draw(1)[:1])
    row = made["opportunities"][0]
    row.update(closed_at=None, won=None, stage="初步接触", amount=Decimal(500))
    made.tables["stage_changes"] = []
    at = row["created_at"] + timedelta(days=10)
    made.put(
        "opportunity_changes",
        opportunity_id=row["id"],
        field="amount",
        before=None,
        after="500",
        by="lina",
        at=at,
    )
    made.tables = {name: rows for name, rows in made.tables.items() if rows}
    pour(sqlite_url, made)
    async with closing(open_reader(sqlite_url)) as reader, reader.read() as tx:
        (deal,) = await history(tx, ZONE)
    first = deal.created
    assert deal.amounts == ((first, None), (first + 10, 50_000))
    assert deal.stages == ((first, "初步接触"),)


async def test_what_is_won_and_what_is_ahead_lie_in_their_own_months(ask: Ask) -> None:
    """A month that is over has what was won in it, the running one more, the next one what is ahead."""
    answer = await ask("2026年按月销售预测")
    by_month = {row["month"]: row["forecast_amount"] for row in answer.rows}
    won = {row["month"]: row["won_amount"] for row in (await ask("2026年按月赢单金额")).rows}
    assert by_month["2026-10-01"] == won["2026-10-01"]
    assert by_month["2026-11-01"] > won["2026-11-01"]
    assert by_month["2026-12-01"] > 0


async def test_a_forecast_without_a_period_is_an_error(ask: Ask, database_url: str, company: Company) -> None:
    """Nothing that the grammar makes; a defect of ours is not answered with a number."""
    async with closing(open_reader(database_url)) as reader, reader.read() as tx:
        query = Query(metrics=(forecasting.METRIC,), period=Period(TODAY, TODAY + timedelta(days=1)))
        allowed = await permit(tx, query, BY_ID["chenli"], company)
        with pytest.raises(ValueError, match="belongs to a period"):
            await forecasting.figures(tx, allowed, forecasting.NOTHING_NEEDED, None, now=NOW)
