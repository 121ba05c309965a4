"""The shipped journeys keep what their texts promise: the white paper comes, a won deal is left alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from bot.crm.cadence_words import read_cadence
from bot.crm.company.journey_steps import Touch
from bot.crm.company.journey_walk import walk_steps
from bot.crm.touch_commands import ExplainTouches
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.handlers.explain_touches import on_explain
from bot.journeys.course import course
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


async def quoted(fleet):
    """He gets an offer."""
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


async def times(fleet, journey, kind):
    """When steps of a kind were done in a journey, over all ways through it."""
    graph = course(journey, 1, fleet.company.journeys[journey]).graph
    return [
        at
        for name, _, steps in await fleet.ways()
        for at, place, _, outcome, _ in steps
        if name == journey and graph[place].kind == kind and outcome != "waits"
    ]


async def days(fleet, number):
    """Day after day, as dates and schedules come."""
    for _ in range(number):
        await fleet.pass_until(fleet.now + DAY)


async def alone(lite, company, now, key, **values):
    """One shipped journey and one lead."""
    fleet = Fleet(lite, replace(company, journeys={key: company.journeys[key]}), now)
    await fleet.lead("L1", **values)
    await fleet.define()
    await fleet.settle()
    return fleet


async def test_a_deal_that_was_won_is_not_followed_up(fleet):
    """The mail after the quote goes; when he has signed, nobody is told to call him about it."""
    await fleet.lead("L1")
    await quoted(fleet)
    asked = said(fleet)
    won = update(opportunities).values(won=True, closed_at=fleet.now, stage="won")
    await fleet.do(lambda desk: desk.tx.run(won))
    await fleet.pass_until(fleet.now + 8 * DAY)

    assert asked == ["quote_follow_up"]
    assert (await ways(fleet))["quote"][0] == "goal"
    assert await fleet.do(lambda desk: desk.tx.all(select(tasks))) == []


async def test_a_quote_is_followed_up_three_days_later(fleet):
    """Whichever way it took; that he opened the mail is told at once and moves nothing."""
    await fleet.lead("L1", owner_id="lina")
    await quoted(fleet)
    begun = fleet.now
    await fleet.pass_until(begun + DAY)
    await did(fleet, "event", "mail_opened", object="报价后说明")
    told = fleet.now
    await fleet.pass_until(begun + 8 * DAY)

    assert await times(fleet, "quote", "task") == [begun + 3 * DAY]
    assert await times(fleet, "quote_opened", "notify") == [told]


async def test_another_mail_that_he_opened_is_no_quote(fleet):
    """And who has signed is left alone."""
    await fleet.lead("L1", owner_id="lina")
    await did(fleet, "event", "mail_opened", object="产品介绍")
    await did(fleet, "order", "专业版", value=Decimal(800))
    await did(fleet, "event", "mail_opened", object="报价后说明")

    assert await times(fleet, "quote_opened", "notify") == []


def test_what_is_waited_for_is_sent_where_it_can_be_seen(company):
    """An opening, a click: by mail first, for a 企业群发 never says whose it was."""
    for key in ("whitepaper", "win_back", "quote"):
        touches = [one for one in walk_steps(company.journeys[key].steps) if isinstance(one, Touch)]
        assert touches[0].channels[0] == "email", key


async def test_who_did_not_renew_is_called_a_week_before(lite, company, now):
    """The customer hears of it thirty days before, the owner seven."""
    end = (now + 40 * DAY).date()
    fleet = await alone(lite, company, now, "renewal", custom={"contract_end": end.isoformat()})
    await days(fleet, 41)

    assert said(fleet) == ["renewal"]
    (called,) = await times(fleet, "renewal", "task")
    assert called.astimezone(company.org.zone).date() == end - 7 * DAY


@pytest.mark.parametrize("how", ["date", "order"])
async def test_who_renewed_is_not_called_and_hears_of_it_next_year(lite, company, now, how):
    """A later date or a new order ends it; the year after he is told again."""
    end = (now + 40 * DAY).date()
    fleet = await alone(lite, company, now, "renewal", custom={"contract_end": end.isoformat()})
    await days(fleet, 20)
    if how == "order":
        await did(fleet, "order", "专业版", value=Decimal(800))
        await days(fleet, 30)
    await did(fleet, "set", "contract_end", value=end + 365 * DAY)
    await days(fleet, 30)
    assert said(fleet) == ["renewal"]
    assert await times(fleet, "renewal", "task") == []

    fleet.now += 290 * DAY
    await fleet.settle()
    await days(fleet, 60)

    assert said(fleet) == ["renewal", "renewal"]
    (called,) = await times(fleet, "renewal", "task")
    assert called.astimezone(company.org.zone).date() == end + 358 * DAY


@pytest.mark.parametrize(
    ("owned", "followed", "reminded"), [(8, None, True), (6, None, False), (30, 8, True), (30, 6, False)]
)
async def test_who_was_never_followed_up_is_brought_to_mind_too(
    lite, company, now, owned, followed, reminded
):
    """A week after he was given to somebody, as a week after the last follow-up."""
    workday = company.working_time.calendar.is_working_day
    monday = read_cadence("每周一 09:30").after(now, company.org.zone, workday)
    at = {"owned_at": monday - owned * DAY, "last_follow_up_at": followed and monday - followed * DAY}
    fleet = await alone(lite, company, now, "long_silent", owner_id="lina", status="assigned", **at)
    fleet.now = monday
    await fleet.settle()

    assert bool(await times(fleet, "long_silent", "notify")) is reminded


async def test_the_way_of_a_shop_is_the_one_it_names(lite, company, now):
    """First visit, follower, second visit, member, purchase, and a word a month later; never one too early."""
    shop = company.journeys["store_member"].model_copy(update={"live": True})
    fleet = Fleet(lite, replace(company, journeys={"store_member": shop}), now)
    await fleet.lead("L1")
    await fleet.define()
    await fleet.settle()
    await did(fleet, "form", "checkin")
    await days(fleet, 1)
    await did(fleet, "tag", "已关注公众号")
    await days(fleet, 5)
    await did(fleet, "event", "event_attended")
    await did(fleet, "tag", "会员")
    assert said(fleet) == ["store_thanks"]
    await did(fleet, "order", "基础版", value=Decimal(80))
    await days(fleet, 29)
    assert said(fleet) == ["store_thanks"]
    await days(fleet, 2)

    assert said(fleet) == ["store_thanks", "store_again"]


async def test_who_never_came_back_hears_of_no_purchase(lite, company, now):
    """One invitation; then it is over."""
    shop = company.journeys["store_member"]
    fleet = Fleet(
        lite, replace(company, journeys={"store_member": shop.model_copy(update={"live": True})}), now
    )
    await fleet.lead("L1")
    await fleet.define()
    await fleet.settle()
    await did(fleet, "form", "checkin")
    await days(fleet, 80)

    assert said(fleet) == ["store_thanks", "store_invite"]
    assert await times(fleet, "store_member", "task") == []


def test_no_form_promises_what_nothing_does(company):
    """A reminder of an event would need its date."""
    assert not any("提醒" in form.thank_you.text for form in company.forms.forms)


def test_a_mail_greets(company):
    """With the name and a word, not the bare name."""
    for key, content in company.content.items():
        if content.channels.email is not None:
            assert "，您好：" in content.channels.email.text.splitlines()[0], key
