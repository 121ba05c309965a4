"""Somebody who is nobody's lead adds a colleague: he becomes one, so that caps and «why» hold for him, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.outbound import ReadContact
from bot.crm.company.content import Content
from bot.crm.signals import CustomerHasAdded
from bot.crm.touching import Purpose
from bot.handlers import customer_added
from bot.store import consents, external_contacts, leads, touch_plans
from bot.store.desk import Desk
from bot.touch import explain
from tests.intake.world import TEAM, act, counted, hire, queued
from tests.touch.house import company_of

CUSTOMER = "wmEXTERNAL0009"
GREETING = {"name": "问候", "purpose": Purpose.ADDED, "channels": {"wecom": {"text": "{{ words.greeting }}"}}}


@pytest.fixture
def company(company):
    """Customers are written to over 客户联系."""
    company = company_of(company)
    greeting = Content.model_validate({**GREETING, "words": {"greeting": "欢迎语"}})
    return replace(company, content={**company.content, "wechat_greeting": greeting})


@pytest.fixture
async def hired(unit: Any) -> None:
    await unit(lambda desk: hire(desk, *TEAM))


def added(desk: Desk, **more: str) -> CustomerHasAdded:
    fields = {"account": "wx-lina", "welcome_code": "W1", "at": desk.now.isoformat(), "state": "", **more}
    return CustomerHasAdded(platform="wecom", external_id=CUSTOMER, **fields)


async def test_he_becomes_her_lead_and_the_greeting_stands_in_the_ledger(unit, hired, clock) -> None:
    """Half event and whole one: one lead, one greeting by the ledger and none beside it, and it says why."""

    async def half(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, half="yes"))

    async def whole(desk: Desk) -> None:
        await act(desk, customer_added.router, added(desk, welcome_code=""))
        tie = await external_contacts.find(desk.tx, "wecom", CUSTOMER, "lina")
        lead = await leads.get(desk.tx, tie.lead_id)
        assert (lead.id, lead.owner_id, lead.source) == ("L1", "lina", "企业微信")
        assert await consents.holds(desk.tx, "L1", "wechat")
        assert await queued(desk, "welcome") == []
        (plan,) = await touch_plans.of_lead(desk.tx, "L1", most=10)
        assert (plan.purpose, plan.content, plan.way) == (Purpose.ADDED, "wechat_greeting", "wecom.welcome")
        assert (await explain.explain(desk, plan)).title != ""
        assert ReadContact(external_id=CUSTOMER) in await queued(desk, "contact_read")
        assert await counted(desk, "customer.unbound") == {}

    await unit(half)
    clock.push(timedelta(seconds=3))
    await unit(whole)


async def test_who_is_to_be_nobody_is_not_greeted_beside_the_ledger(unit, hired, company) -> None:
    """`unknown_contacts: nobody`: no lead, no greeting, and it is counted."""
    channels = company.channels.model_copy(update={"unknown_contacts": "nobody"})

    async def add(desk: Desk) -> None:
        desk = replace(desk, company=replace(company, channels=channels))
        await act(desk, customer_added.router, added(desk))
        tie = await external_contacts.find(desk.tx, "wecom", CUSTOMER, "lina")
        assert (tie.lead_id, tie.welcome) == (None, "missed")
        assert await queued(desk, "welcome") == []
        assert await counted(desk, "welcome.missed") == {"no_lead": 1}

    await unit(add)
