"""Opportunities in the store: every change leaves a row, and what is closed stays closed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bot.crm.opportunity import Opportunity
from bot.store import accounts, opportunities, payments, quotes
from bot.store.desk import Desk
from bot.store.opportunities import Plan
from bot.store.tables.sales import opportunities as table
from bot.store.tables.sales import opportunity_changes, stage_changes
from tests.intake.world import HE, LINA, ZHAO, enquire, hire


@pytest.fixture
async def deal(unit: Any) -> Opportunity:
    """D1 of L1, Lina's."""

    async def prepare(desk: Desk) -> Opportunity:
        await hire(desk)
        lead = await enquire(desk)
        account = await accounts.open(desk, name="云帆科技", name_key="云帆", owner_id="lina")
        plan = Plan(name="云帆科技", amount=Decimal(50000))
        return await opportunities.begin(desk, plan, lead=lead, account_id=account.id, owner=LINA, by="lina")

    return await unit(prepare)


async def test_it_is_found_as_it_was_begun(unit, deal):
    assert await unit(lambda desk: opportunities.find(desk.tx, "D1")) == deal
    assert await unit(lambda desk: opportunities.of_lead(desk.tx, deal.lead_id)) == [deal]
    assert await unit(lambda desk: opportunities.find(desk.tx, "D9")) is None


async def test_it_moves_only_from_where_it_was_seen(unit, deal):
    async def work(desk: Desk) -> None:
        assert await opportunities.move(desk, deal, "需求确认", by="lina")
        assert not await opportunities.move(desk, deal, "方案报价", by="lina")
        rows = await desk.tx.all(select(stage_changes).order_by(stage_changes.c.id))
        assert [(row.before, row.after, row.team) for row in rows] == [
            ("", "初步接触", "上海组"),
            ("初步接触", "需求确认", "上海组"),
        ]

    await unit(work)


async def test_closed_is_closed(unit, deal):
    async def work(desk: Desk) -> None:
        assert await opportunities.win(desk, deal, by="lina")
        assert not await opportunities.win(desk, deal, by="lina")
        assert not await opportunities.lose(desk, deal, reason="价格", by="lina")
        assert not await opportunities.move(desk, deal, "需求确认", by="lina")
        assert not await opportunities.change(desk, deal, "amount", Decimal(1), by="lina")
        row = await desk.tx.first(select(table))
        assert (row.won, row.stage, row.amount, row.closed_team) == (True, "赢单", Decimal(50000), "上海组")

    await unit(work)


async def test_changes_are_remembered_and_none_is_no_change(unit, deal):
    async def work(desk: Desk) -> None:
        assert await opportunities.change(desk, deal, "expected_close_on", date(2026, 12, 31), by="he")
        assert await opportunities.change(desk, deal, "amount", Decimal(50000), by="he")
        (row,) = await desk.tx.all(select(opportunity_changes))
        assert (row.field, row.before, row.after, row.by) == ("expected_close_on", None, "2026-12-31", "he")

    await unit(work)


async def test_it_follows_its_lead_and_its_beginning_stays(unit, deal):
    async def work(desk: Desk) -> None:
        moved = await opportunities.pass_on_of_lead(desk, deal.lead_id, to=ZHAO, by=HE.id)
        assert [one.id for one in moved] == ["D1"]
        row = await desk.tx.first(select(table))
        assert (row.owner_id, row.created_owner_id) == ("zhao", "lina")

    await unit(work)


async def test_the_last_quote_holds_and_payments_add_up(unit, deal, clock):
    async def quote(desk: Desk, amount: int, discount: str) -> None:
        await quotes.add(desk, deal, amount=Decimal(amount), discount=Decimal(discount), by="lina")

    await unit(lambda desk: quote(desk, 50000, "0"))
    clock.push(timedelta(minutes=1))
    await unit(lambda desk: quote(desk, 48000, "7.5"))

    async def look(desk: Desk) -> None:
        for amount in ("10000.50", "20000"):
            await payments.add(
                desk, deal, amount=Decimal(amount), on=date(2026, 11, 18), by="lina", owner=LINA
            )
        facts = await opportunities.facts(desk.tx, deal)
        assert (facts.quoted, facts.discount) == (Decimal(48000), Decimal("7.5"))
        assert facts.paid == Decimal("30000.50")
        assert (facts.account, facts.owner) == ("云帆科技", "李娜")

    await unit(look)


async def test_an_account_is_found_by_its_comparable_name(unit, deal):
    async def work(desk: Desk) -> None:
        found = await accounts.of_name(desk.tx, "云帆")
        assert found is not None
        assert found.id == "A1"
        assert await accounts.of_name(desk.tx, "") is None

    await unit(work)
