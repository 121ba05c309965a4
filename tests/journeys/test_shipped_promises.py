"""The shipped journeys keep what their texts promise: the white paper comes, a won deal is left alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from bot.crm.touch_commands import ExplainTouches
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.handlers.explain_touches import on_explain
from bot.store import enrollments
from bot.store.tables.sales import opportunities, quotes, tasks
from tests.journeys.fleet import Fleet
from tests.journeys.walking import DAY, did, said

BOSS = User(id="boss", name="总", role=Role.EXECUTIVE, region="", team="")


@pytest.fixture
async def fleet(lite, company, now):
    """Everything that ships."""
    found = Fleet(lite, company, now)
    await found.define()
    return found


async def ways(fleet):
    rows = await fleet.do(lambda desk: enrollments.of_leads(desk.tx, ["L1"]))
    return {row.journey: (row.ended_how, row.n) for row in rows}


async def test_the_white_paper_comes_at_once_however_keen_he_is(fleet):
    """Past the goal at the door: he gets what he asked for, nothing more, and who asks is told why."""
    await fleet.lead("L1", score=80)
    await did(fleet, "form", "whitepaper")
    at_once = said(fleet)
    await fleet.pass_until(fleet.now + 5 * DAY)

    async def told(desk):
        return (await on_explain(ExplainTouches("L1"), Scope(desk, BOSS))).text

    assert at_once == ["whitepaper"]
    assert said(fleet) == ["whitepaper"]
    assert (await ways(fleet))["whitepaper"] == ("goal", 1)
    assert "旅程「白皮书跟进」：进来时目标已经达到，所以一条都没发" in await fleet.do(told)


async def test_everybody_else_hears_of_the_product_a_day_later(fleet):
    """The white paper first."""
    await fleet.lead("L1", score=5)
    await did(fleet, "form", "whitepaper")
    await fleet.pass_until(fleet.now + 2 * DAY)

    assert said(fleet)[:2] == ["whitepaper", "product_intro"]


async def test_a_deal_that_was_won_is_not_followed_up(fleet):
    """The mail after the quote goes; when he has signed, nobody is told to call him about it."""
    await fleet.lead("L1")
    deal = {
        "id": "D1", "account_id": "A1", "lead_id": "L1", "name": "x", "product": "专业版", "stage": "quote",
        "currency": "CNY", "source": "", "campaign": "", "industry": "", "created_at": fleet.now,
        "stage_since": fleet.now, "created_team": "", "created_region": "", "closed_team": "",
        "closed_region": "", "amount": Decimal(800),
    }  # fmt: skip
    await fleet.do(lambda desk: desk.tx.insert(opportunities, deal))
    quote = {
        "id": "Q1", "opportunity_id": "D1", "amount": Decimal(800), "discount": Decimal(0),
        "product": "专业版", "by": "lina", "at": fleet.now,
    }  # fmt: skip
    await fleet.do(lambda desk: desk.tx.insert(quotes, quote))
    await fleet.settle()
    asked = said(fleet)
    won = update(opportunities).values(won=True, closed_at=fleet.now, stage="won")
    await fleet.do(lambda desk: desk.tx.run(won))
    await fleet.pass_until(fleet.now + 8 * DAY)

    assert asked == ["quote_follow_up"]
    assert (await ways(fleet))["quote"][0] == "goal"
    assert await fleet.do(lambda desk: desk.tx.all(select(tasks))) == []
