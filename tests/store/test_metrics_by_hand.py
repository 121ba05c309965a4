"""Numbers small enough to count by hand: who bought again, who is lost, what a channel earned, what was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.crm.company import Company
from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.store.metrics.guard import permit
from bot.store.metrics.read import funnel, read
from bot.store.reader import open_reader
from tests.insight.small_company import deal, lead
from tests.store.metrics_data import Made, pour

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
BOSS = User(id="boss", name="总裁", role=Role.EXECUTIVE, region="", team="")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
Ask = Callable[..., Awaitable[dict[tuple[str, ...], Any]]]


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 9, tzinfo=ZONE).astimezone(timezone.utc)


@pytest.fixture
def made() -> Made:
    return Made(ZONE, NOW)


@pytest.fixture
async def ask(database_url: str, company: Company, made: Made) -> AsyncIterator[Ask]:
    """Pours the company when the first question is asked; by key, the number."""
    readers: list[Any] = []

    async def asked(metric: str, *by: str, period: Period = NOVEMBER, **where: tuple[str, ...]) -> Any:
        if not readers:
            pour(database_url, made)
            readers.append(open_reader(database_url))
        query = Query(metrics=(metric,), by=by, where=where, period=period)
        async with readers[0].read() as tx:
            allowed = await permit(tx, query, BOSS, company)
            if metric == "funnel":
                return await funnel(tx, allowed, period, now=NOW)
            found = await read(tx, allowed, metric, period, now=NOW)
        return {key: one.value for key, one in found.items()}

    yield asked
    for one in readers:
        await one.close()


def order(
    made: Made, order_id: str, when: datetime, *, account: str | None = None, lead_id: str | None = None
) -> None:
    made.put(
        "orders", id=order_id, external_id=None, account_id=account, lead_id=lead_id, product="专业版",
        amount=Decimal(100), ordered_at=when, batch=None, created_at=NOW,
    )  # fmt: skip


def account(made: Made, account_id: str, merged_into: str | None = None) -> None:
    made.put(
        "accounts", id=account_id, name=account_id, name_key=account_id, industry="", city="",
        created_at=at(1, 1), merged_into=merged_into,
    )  # fmt: skip


def won(
    made: Made, deal_id: str, when: datetime, amount: int, *, of: str = "", lead_id: str | None = None
) -> None:
    deal(made, deal_id, "zhangsan", Decimal(amount), closed=when, won=True)
    made["opportunities"][-1].update(account_id=of, lead_id=lead_id)


async def test_deals_without_an_account_are_not_one_customer(made: Made, ask: Ask) -> None:
    """They count as deals; as customers only where a lead says who it is."""
    lead(made, "L1", at(10, 1), owner="zhangsan", source="官网")
    lead(made, "L2", at(10, 1), owner="zhangsan", source="官网")
    won(made, "D1", at(11, 2), 100, lead_id="L1")
    won(made, "D2", at(11, 3), 200, lead_id="L2")
    won(made, "D3", at(11, 4), 300)
    won(made, "D4", at(11, 5), 400)

    assert await ask("won_deals") == {(): 4}
    assert await ask("avg_deal_amount") == {(): Fraction(250)}
    assert await ask("new_customers") == {(): 2}
    assert await ask("repeat_rate") == {(): 0}


async def test_an_order_before_makes_the_next_deal_a_repeat(made: Made, ask: Ask) -> None:
    """Orders and deals are one list; an account that was merged away is the other one."""
    account(made, "A1")
    account(made, "A2", merged_into="A1")
    account(made, "A3")
    order(made, "O1", at(3, 1), account="A2")
    won(made, "D1", at(11, 2), 100, of="A1")
    won(made, "D2", at(11, 3), 100, of="A3")
    order(made, "O2", at(11, 20, 2025), account="A3")
    order(made, "O3", at(11, 9), account=None)

    assert await ask("repeat_rate") == {(): 1}
    assert await ask("new_customers") == {(): 2}


async def test_a_second_purchase_in_the_same_period_is_no_repeat_of_it(made: Made, ask: Ask) -> None:
    """By days it is: the first one lies before that day."""
    account(made, "A1")
    order(made, "O1", at(11, 2), account="A1")
    order(made, "O2", at(11, 5), account="A1")

    assert await ask("repeat_rate") == {(): 0}
    assert await ask("repeat_rate", "day") == {("2026-11-02",): 0, ("2026-11-05",): 1}


async def test_who_was_silent_for_a_year_is_lost_on_that_day(made: Made, ask: Ask) -> None:
    """Of four who ordered in the year before November, one was silent for 365 days within it, and not in October."""
    for number in range(1, 6):
        account(made, f"A{number}")
    order(made, "lost", at(11, 10, 2025), account="A1")
    order(made, "in-time", at(11, 10, 2025), account="A2")
    order(made, "again", at(11, 9), account="A2")
    order(made, "lately", at(6, 1), account="A3")
    order(made, "not-yet", at(11, 25, 2025), account="A4")
    order(made, "long-ago", at(1, 1, 2024), account="A5")

    assert await ask("churn_rate") == {(): Fraction(1, 4)}
    assert (await ask("churn_rate", "week"))[("2026-11-09",)] == Fraction(1, 4)
    assert await ask("churn_rate", period=Period(date(2026, 10, 1), date(2026, 11, 1))) == {(): 0}


async def test_a_won_deal_is_credited_to_the_first_way_the_last_or_all(made: Made, ask: Ask) -> None:
    """The lead keeps the first; a way after the win earned nothing; without ways the lead's own counts."""
    lead(made, "L1", at(10, 1), owner="zhangsan", source="抖音")
    lead(made, "L2", at(10, 1), owner="zhangsan", source="展会")
    for source, when in (("抖音", at(10, 1)), ("官网", at(10, 9)), ("官网", at(11, 1)), ("展会", at(11, 9))):
        made.put(
            "touch_points", lead_id="L1", visitor=None, source=source, medium="", campaign="", term="",
            content="", referrer="", page="", click_id={}, at=when,
        )  # fmt: skip
    won(made, "D1", at(11, 2), 900, lead_id="L1")
    won(made, "D2", at(11, 3), 500, lead_id="L2")
    for source in ("抖音", "官网", "展会"):
        made.put("costs", id=source, source=source, campaign="", on=date(2026, 11, 5), amount=Decimal(100))

    async def gains(**model: tuple[str, ...]) -> dict[str, Fraction]:
        return {key[0]: value for key, value in (await ask("channel_roi", "source", **model)).items()}

    assert await gains() == {"抖音": 8, "官网": -1, "展会": 4}
    assert await gains(attribution=("last",)) == {"抖音": -1, "官网": 8, "展会": 4}
    assert await gains(attribution=("linear",)) == {"抖音": 2, "官网": 5, "展会": 4}
    assert await ask("channel_roi") == {(): Fraction(1400 - 300, 300)}
    assert await ask("channel_roi", source=("官网",), attribution=("last",)) == {(): 8}


async def test_where_nothing_was_spent_there_is_no_return(made: Made, ask: Ask) -> None:
    """A sale without a cost has no ROI, not an endless one."""
    won(made, "D1", at(11, 2), 900)

    assert await ask("channel_roi", "source") == {("官网",): None}


async def test_rates_of_touches_count_each_moment_on_its_own_day(made: Made, ask: Ask) -> None:
    """Sent in October and opened in November is an opening of November."""
    lead(made, "L1", at(10, 1), owner="zhangsan", source="官网")
    moments = ("sent", "failed", "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained")
    for number, own in enumerate(
        (
            {"sent": at(10, 31), "delivered": at(11, 1), "opened": at(11, 2)},
            {"sent": at(11, 3), "delivered": at(11, 3)},
            {"sent": at(11, 3), "bounced": at(11, 3)},
            {"failed": at(11, 4)},
            {},
        )
    ):
        made.put(
            "touches", id=f"t{number}", lead_id="L1", channel="短信" if number else "邮件", campaign="",
            content="a", failure="", owner_id="zhangsan", team="上海组", region="华东大区",
            **{f"{one}_at": own.get(one) for one in moments},
        )  # fmt: skip

    assert await ask("touches_sent") == {(): 2}
    assert await ask("delivery_rate") == {(): 1}
    assert await ask("open_rate", "channel") == {("邮件",): 1, ("短信",): 0}
    assert await ask("failure_rate") == {(): Fraction(1, 3)}
    assert await ask("unsubscribe_rate") == {(): 0}


async def test_marks_are_averaged_and_complaints_count_from_their_opening(made: Made, ask: Ask) -> None:
    """5, 4 and 4 are 13 thirds; a complaint of October is none of November, whenever it was closed."""
    for number, mark in enumerate((5, 4, 4)):
        made.put(
            "surveys", id=f"s{number}", lead_id=None, account_id=None, survey="service", mark=mark, product="",
            text=None, answered_at=at(11, 2 + number), owner_id=None, team="", region="",
        )  # fmt: skip
    for number, opened in enumerate((at(10, 30), at(11, 2))):
        made.put(
            "complaints", id=f"c{number}", lead_id=None, account_id=None, reason="", product="", text=None,
            opened_at=opened, closed_at=at(11, 5), owner_id=None, team="", region="",
        )  # fmt: skip

    assert await ask("satisfaction") == {(): Fraction(13, 3)}
    assert await ask("complaints") == {(): 1}


async def test_a_lead_with_two_tags_stands_under_both_and_counts_once(made: Made, ask: Ask) -> None:
    """Cut by tag the lines overlap; filtered by both tags he is one."""
    lead(made, "L1", at(11, 2), owner="zhangsan", source="官网")
    lead(made, "L2", at(11, 3), owner="zhangsan", source="官网")
    for tag in ("价格敏感", "决策人"):
        made.put("lead_tags", lead_id="L1", tag=tag, by="zhangsan", reason="", at=at(11, 2))

    assert await ask("new_leads", "tag") == {("",): 1, ("价格敏感",): 1, ("决策人",): 1}
    assert await ask("new_leads", tag=("价格敏感", "决策人")) == {(): 1}


async def test_a_deal_that_went_back_has_been_where_it_was(made: Made, ask: Ask) -> None:
    """The funnel follows the history: an offer lay with the customer, though no quote was written down."""
    lead(made, "L1", at(11, 2), owner="zhangsan", source="官网")
    deal(made, "D1", "zhangsan", Decimal(1), closed=None, won=None)
    made["opportunities"][-1].update(lead_id="L1", created_at=at(11, 3), stage="初步接触")
    for after, day in (("初步接触", 3), ("商务谈判", 4), ("初步接触", 5)):
        made.put(
            "stage_changes", opportunity_id="D1", lead_id="L1", before="", after=after, reason="", by="zhangsan",
            at=at(11, day), owner_id="zhangsan", team="上海组", region="华东大区",
        )  # fmt: skip

    assert await ask("funnel") == {(): (1, 1, 1, 1, 1, 0)}


async def test_a_target_of_a_part_of_a_month_is_a_part_of_it(made: Made, ask: Ask) -> None:
    """Fifteen of thirty days are half of 300; a week is seven of them; December has none."""
    made.put("targets", scope="owner", name="zhangsan", month=date(2026, 11, 1), amount=Decimal(300))
    won(made, "D1", at(11, 2), 75)
    who = {"owner": ("zhangsan",)}

    assert await ask("quota_attainment", **who) == {(): Fraction(1, 4)}
    half = Period(date(2026, 11, 1), date(2026, 11, 16))
    assert await ask("quota_attainment", period=half, **who) == {(): Fraction(1, 2)}
    week = await ask("quota_attainment", "week", period=half, **who)
    assert week[("2026-11-02",)] == Fraction(75, 70)
    beyond = Period(date(2026, 11, 1), date(2026, 12, 1) + timedelta(days=1))
    assert await ask("quota_attainment", period=beyond, **who) == {(): None}
